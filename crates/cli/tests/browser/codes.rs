//! A one-time code becomes a password in a browser, with scripts and without.

use super::account::complaints;
use super::site::Site;
use crate::peers::{Client, Session};

const NEW: &str = "a spoon, a cloud and a ladder";
const SUBMIT: &str = "main form button:not(.quiet)";

#[test]
fn somebody_who_mistypes_the_password_need_not_type_the_code_again_and_logs_in_next() {
    for with_scripts in [true, false] {
        let mut code = String::new();
        let site = Site::prepared(|place| {
            code = place.run("user add ben --json").json()["code"].as_str().expect("a code").to_owned();
        });
        let page = site.browser.page();
        page.let_scripts_run(with_scripts);
        page.open(&format!("{}/login/code", site.base));
        let fill = |new: &str, again: &str| {
            page.write("#new", new);
            page.write("#again", again);
            page.follow(SUBMIT);
        };
        page.write("#code", &code);
        fill(NEW, "a spoon, a cloud and a leader");
        assert_eq!(page.text_at("#again-error"), "The new password was not typed the same twice.");
        assert_eq!(page.count("#again[aria-invalid=true][aria-describedby=again-error][autofocus]"), 1);
        fill("passwordpassword", "passwordpassword");
        assert!(page.text_at("#new-error").starts_with("The new password is not good enough"), "{}", page.text());
        fill(NEW, NEW);
        assert_eq!(page.text_at("[role=status]"), "The password is set. Log in with it.");
        // Neither is in the address, which histories keep.
        assert!(!page.url().contains(&code) && !page.url().contains("ben"), "{}", page.url());
        assert_eq!(page.count("#login[value=ben]"), 1);
        assert_eq!(page.count("#password[autofocus]"), 1);
        page.write("#password", NEW);
        page.follow(SUBMIT);
        assert_eq!(page.text_at("h1"), "ben");
        let mut client = Client::tcp(site.server.address());
        assert_eq!(Session::try_log_in(&mut client, "ben", NEW).status, 201);
        assert_eq!(complaints(&page), Vec::<String>::new());
    }
}
