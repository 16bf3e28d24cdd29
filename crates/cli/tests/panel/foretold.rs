//! What a dialog foretells before a change is made: what somebody loses, who is logged out, and what a role shuts.

use serde_json::{Value, json};

use crate::office::{Office, WIDTHS, done};
use crate::peers::{PASSWORD, Page, until};

/// Asks the API, as another tab does.
fn call(page: &Page<'_>, method: &str, place: &str, body: &Value) {
    let answer = page.run(&format!(
        "const {{ csrf_token: token }} = await (await fetch('/user/sessions/current?realm=admin')).json(); \
         const headers = {{ 'x-csrf': token, 'content-type': 'application/json' }}; \
         return (await fetch('{place}', {{ method: '{method}', headers, body: JSON.stringify({body}) }})).status;"
    ));
    assert!(answer.as_u64().is_some_and(|status| status < 300), "{method} {place}: {answer}");
}

/// What the dialog lists, as soon as it is open.
#[track_caller]
fn foretold(page: &Page<'_>) -> String {
    page.text_at("dialog[open] #ask-changes")
}

#[test]
fn roles_of_a_user_are_given_with_what_that_does_to_them() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        let ben = office.log_in("customer", "ben");
        office.enter(&page);
        office.show(&page, "/panel/users/3?realm=customer");
        page.click("[name=roles][value=clerk]");
        page.click("form[data-changes] button");
        let text = foretold(&page);
        for line in ["Gives clerk", "They gain: Shop::orders", "One session ends"] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(!text.contains("It opens"), "the route is for another realm: {text}");
        assert_eq!(page.count("#ask-words:not([hidden])"), 0);
        page.follow("#ask-do");
        assert_eq!(done(&page), "The changes are saved.");
        assert_eq!(ben.status(office.server.address()), 401);
        page.write("#name", " Smith");
        page.click("form[data-changes] button");
        assert!(!foretold(&page).contains("session"), "a name ends none: {}", page.text());
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn whoever_gives_themselves_a_role_that_denies_reads_what_they_lose_and_writes_their_login() {
    for width in WIDTHS {
        let office =
            Office::with("\n[role.off]\ndeny = [\"Doorward::all\"]\n[role.idle]\nallow = [\"Shop::orders\"]\n");
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/users/1?realm=admin");
        page.click("[name=roles][value=idle]");
        page.click("form[data-changes] button");
        let text = foretold(&page);
        assert!(text.contains("One session ends: you will be logged out") && !text.contains("You lose"), "{text}");
        assert_eq!(page.count("#ask-words:not([hidden])"), 0);
        page.click("#ask-not");
        page.click("[name=roles][value=off]");
        page.click("form[data-changes] button");
        page.text_at("dialog[open] #ask-words:not([hidden])");
        assert!(foretold(&page).contains("You lose: Doorward::"), "{}", page.text());
        page.click("#ask-do");
        assert_eq!(page.text_at("#ask-wrong"), "Write root, or cancel.");
    }
}

#[test]
fn a_role_says_what_it_denies_and_shuts() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/new-role");
        page.write("#name", "ban");
        page.click("[data-side=deny][value='Shop::orders']");
        page.click("main form button");
        let text = foretold(&page);
        assert!(text.contains("It denies, whatever other roles allow: Shop::orders"), "{text}");
        assert!(text.contains("That shuts: GET /orders/:id"), "{text}");
        page.follow("#ask-do");
        page.click("[data-side=deny][value='Shop::orders']");
        page.click("main form button");
        assert!(foretold(&page).contains("It no longer denies: Shop::orders"), "{}", page.text());
        page.click("#ask-not");
        call(&page, "PATCH", "/admin/users/3?realm=customer", &json!({ "roles": { "add": ["ban"] } }));
        page.click("[data-method=DELETE]");
        let text = until("people are counted", || Some(page.text_at("#ask-text")).filter(|text| !text.is_empty()));
        assert_eq!(text, "One person has this role. It is taken from whoever has it.");
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn whoever_takes_something_from_themselves_by_a_role_writes_its_name() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        call(&page, "POST", "/admin/roles", &json!({ "name": "own", "allow": ["Shop::orders"] }));
        call(&page, "PATCH", "/admin/users/1?realm=admin", &json!({ "roles": { "add": ["own"] } }));
        // Whose roles have changed logs in again.
        let body = json!({ "realm": "admin", "login": "root", "password": PASSWORD });
        page.run(&format!(
            "await fetch('/user/sessions', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }}, \
         body: JSON.stringify({body}) }})"
        ));
        office.show(&page, "/panel/roles/own");
        page.click("[data-side=deny][value='Shop::refund']");
        page.click("main form button");
        assert!(foretold(&page).contains("You lose: Shop::refund"), "{}", page.text());
        assert!(page.text_at("#ask-text").starts_with("One person has this role. You take rights from yourself"));
        page.click("#ask-do");
        assert_eq!(page.text_at("#ask-wrong"), "Write own, or cancel.");
        page.write("#ask-word", "own");
        page.follow("#ask-do");
        assert_eq!(done(&page), "The role is saved.");

        // Somebody else, who has the same page open.
        page.click("[data-side=allow][value='Shop::orders']");
        call(&page, "PUT", "/admin/roles/own", &json!({ "allow": [], "deny": ["Shop::refund"] }));
        page.click("main form button");
        until("that is told", || (page.text_at("dialog h2") == "Somebody else was faster").then_some(()));
        assert!(page.text_at("#ask-changes").contains("You allowed no longer: Shop::orders"), "{}", page.text());
        page.follow("#ask-do");
        assert_eq!(page.count("[data-side=allow]:checked"), 0);
    }
}

#[test]
fn ones_own_session_is_named_among_those_that_end() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.log_in("admin", "sam");
        office.show(&page, "/panel/sessions?realm=admin");
        page.click("[data-count]");
        let text = until("they are counted", || Some(page.text_at("#ask-text")).filter(|text| !text.is_empty()));
        assert_eq!(text, "2 sessions will end, yours among them: you will be logged out.");
        page.click("#ask-not");
        office.show(&page, "/panel/users/1?realm=admin");
        page.click("[data-body*=disabled]");
        let text = until("it is counted", || Some(page.text_at("#ask-text")).filter(|text| !text.is_empty()));
        assert!(text.starts_with("One session will end. It is your own: you will be logged out. Nobody"), "{text}");
    }
}
