//! What stands between a click and a change: the password, the token, and a word that is written.

use crate::office::{Office, WIDTHS};
use crate::peers::{PASSWORD, until};

#[test]
fn a_password_that_was_given_long_ago_is_asked_for_again() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        let anna = office.log_in("customer", "anna");
        office.enter(&page);
        office.show(&page, "/panel/sessions?realm=customer");
        // To the page it is as if it had been open for weeks.
        page.run("performance.now = () => 1e9");
        page.click("td button");
        page.write("#ask-password", "not the right one");
        page.click("#ask-do");
        until("it is refused", || Some(page.text_at("#ask-wrong")).filter(|text| !text.is_empty()));
        assert_eq!(anna.status(office.server.address()), 200);
        page.run("document.querySelector('#ask-password').value = ''");
        page.write("#ask-password", PASSWORD);
        page.follow("#ask-do");
        assert_eq!(anna.status(office.server.address()), 401);
    }
}

#[test]
fn a_password_that_was_typed_is_gone_when_the_dialog_closes() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.log_in("customer", "anna");
        office.enter(&page);
        office.show(&page, "/panel/sessions?realm=customer");
        page.run("performance.now = () => 1e9");
        let typed = || page.run("return document.getElementById('ask-password').value");
        for leave in ["button", "key"] {
            page.click("td button");
            page.write("#ask-password", "not the right one");
            assert_eq!(typed(), "not the right one");
            match leave {
                "button" => page.click("#ask-not"),
                _ => page.write("#ask-do", "\u{E00C}"),
            }
            until("it is closed", || (page.count("dialog[open]") == 0).then_some(()));
            assert_eq!(typed(), "", "{leave}");
        }
    }
}

#[test]
fn changes_are_made_with_whatever_header_carries_the_token() {
    for width in WIDTHS {
        let office = Office::with("\n[csrf]\nheader = \"X-Token\"\nproof = \"token\"\n");
        let page = office.browser.page();
        page.resize(width, 844);
        let anna = office.log_in("customer", "anna");
        office.enter(&page);
        office.show(&page, "/panel/sessions?realm=customer");
        page.click("td button");
        page.follow("#ask-do");
        assert_eq!(anna.status(office.server.address()), 401);
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn nobody_locks_themselves_out_by_a_slip() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/users?search=root");
        page.follow("#rows a");
        let own = page.url();
        for button in ["[data-body*=disabled]", "[data-method=DELETE][data-then]"] {
            page.click(button);
            assert_eq!(page.text_at("dialog[open] #ask-words label"), "To go on, write root");
            for word in ["", "roo"] {
                page.write("#ask-word", word);
                page.click("#ask-do");
                assert_eq!(page.text_at("#ask-wrong"), "Write root, or cancel.");
            }
            page.click("#ask-not");
        }
        page.click("[name=roles][value=administrator]");
        page.click("form[data-changes] button");
        page.text_at("dialog[open] #ask-words:not([hidden])");
        page.click("#ask-do");
        assert_eq!(page.text_at("#ask-wrong"), "Write root, or cancel.");
        page.click("#ask-not");
        office.show(&page, &own[office.base.len()..]);
        assert_eq!(page.count(".head .badge.bad"), 0, "nothing has changed");

        // Of others no word is asked for, and whoever writes it means it.
        office.show(&page, "/panel/users/2?realm=customer");
        office.log_in("customer", "anna");
        page.click("[data-body*=disabled]");
        until("the sessions are counted", || {
            page.text_at("#ask-text").starts_with("One session will end. ").then_some(())
        });
        assert_eq!(page.count("#ask-words:not([hidden])"), 0);
        page.follow("#ask-do");
        assert_eq!(page.text_at(".head .badge"), "disabled");
        office.show(&page, &own[office.base.len()..]);
        page.click("[data-body*=disabled]");
        page.write("#ask-word", "root");
        page.click("#ask-do");
        let refused = until("it is refused", || Some(page.text_at("#ask-wrong")).filter(|text| !text.is_empty()));
        assert!(refused.contains("Nobody would be left who can administer"), "{refused}");
    }
}
