//! One-time codes, as whoever issues one sees it.

use crate::office::{Office, WIDTHS, done};
use crate::peers::until;

#[test]
fn a_code_says_for_whom_it_is_and_where_and_until_when() {
    for width in WIDTHS {
        let office = Office::at("http://localhost:8000");
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        for is_secure in [true, false] {
            office.show(&page, "/panel/users/3?realm=customer");
            if !is_secure {
                // As at a plain http address, where a page may not write to the clipboard.
                page.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
            }
            page.click("[data-target*=codes]");
            page.click("#ask-do");
            until("the code is shown", || (page.text_at("dialog h2") == "Code for ben").then_some(()));
            let text = page.text_at("#ask-text");
            assert!(text.starts_with("Good until ") && text.contains("at http://localhost:8000/login/code."), "{text}");
            assert_eq!(page.count("#ask-said span"), 6, "in groups to be read out");
            let code = page.run("return document.getElementById('ask-said').textContent");
            let code = code.as_str().expect("a code");
            assert!(code.len() == 22 && !code.contains(' '), "marked, it is the code alone: {code}");
            assert_eq!(page.count("#ask-copy:not([hidden])"), usize::from(is_secure));
            if is_secure {
                let copied =
                    "window.copied = undefined; navigator.clipboard.writeText = async (text) => (window.copied = text)";
                page.run(copied);
                page.click("#ask-copy");
                until("it is copied", || (page.text_at("#ask-copy") == "Copied").then_some(()));
                assert_eq!(page.run("return window.copied"), code);
            }
            page.follow("#ask-not");
            assert_eq!(done(&page), "A one-time code is issued.");
        }
        office.show(&page, "/panel/new-user");
        assert!(page.text_at("main").contains("on the next page you issue a one-time code"), "{}", page.text());
        assert_eq!(page.console(), Vec::<String>::new());
    }
}
