//! What somebody reads whose session has ended, or who was not the first, and how they go on.

use serde_json::json;

use crate::office::{Office, WIDTHS};
use crate::peers::{PASSWORD, Page, until};

/// Ends the session of the page, as another tab does.
fn end_session(page: &Page<'_>) {
    page.run(
        "const place = '/user/sessions/current?realm=admin'; \
         const { csrf_token: token } = await (await fetch(place)).json(); \
         await fetch(place, { method: 'DELETE', headers: { 'x-csrf': token } })",
    );
}

/// Logs in, as another tab does.
fn log_in(page: &Page<'_>) {
    let body = json!({ "realm": "admin", "login": "root", "password": PASSWORD });
    page.run(&format!(
        "await fetch('/user/sessions', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }}, \
         body: JSON.stringify({body}) }})"
    ));
}

/// What an element says, as soon as it says something.
#[track_caller]
fn said(page: &Page<'_>, selector: &str) -> String {
    until("it says something", || Some(page.text_at(selector)).filter(|text| !text.is_empty()))
}

#[test]
fn figures_that_stand_still_say_so() {
    for width in WIDTHS {
        let mut office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        assert_eq!(page.count("#live:not([hidden])"), 0);
        end_session(&page);
        until("that is said", || page.text_at("#live").contains("Your session has ended").then_some(()));
        assert_eq!(page.count("#live a[href*='/login?realm=admin']"), 1);
        log_in(&page);
        office.show(&page, "/panel");
        let before = page.text_at("[data-live=requests]");
        office.log_in("customer", "anna");
        until("they move", || (page.text_at("[data-live=requests]") != before).then_some(()));
        office.server.kill();
        let text = said(&page, "#live");
        assert!(text.contains("stand still") && text.contains("Waiting for Doorward"), "{text}");
    }
}

#[test]
fn a_search_that_is_refused_leaves_no_rows_of_another() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/users");
        assert!(page.count("#rows tr") > 1);
        end_session(&page);
        page.write("#search", "an");
        until("it is refused", || page.text_at("#count").contains("Your session has ended").then_some(()));
        assert_eq!((page.count("#rows tr"), page.count("#count a[target=_blank]")), (0, 1));
        log_in(&page);
        page.write("#search", "n");
        until("it is found again", || (page.text_at("#count") == "one user").then_some(()));
        assert_eq!(page.text_at("#rows a"), "anna");
    }
}

#[test]
fn what_was_typed_outlives_a_session_that_has_ended() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/users/2?realm=customer");
        page.write("#name", " the second");
        page.click("form[data-changes] button");
        end_session(&page);
        page.click("#ask-do");
        let text = said(&page, "#ask-wrong");
        assert_eq!(text, "Your session has ended. Log in in a new tab, then press “Save” again.");
        assert_eq!(page.count("#ask-wrong a[target=_blank][href*='return_to=%2Fpanel']"), 1);
        log_in(&page);
        page.follow("#ask-do");
        assert!(page.text_at("h1").ends_with(" the second"), "{}", page.text());
    }
}

#[test]
fn whoever_was_not_the_first_sees_what_they_wanted_and_what_is_there() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/users/2?realm=customer");
        // Somebody else, who has the same page open.
        page.run(
            "const { csrf_token: token } = await (await fetch('/user/sessions/current?realm=admin')).json(); \
         await fetch('/admin/users/2?realm=customer', { method: 'PATCH', body: JSON.stringify({ name: 'Anna' }), \
         headers: { 'x-csrf': token, 'content-type': 'application/json' } })",
        );
        page.write("#name", " the second");
        page.click("form[data-changes] button");
        page.click("#ask-do");
        until("that is told", || (page.text_at("dialog h2") == "Somebody else was faster").then_some(()));
        let text = page.text_at("#ask-text");
        assert!(text.contains("The last change was made by root"), "{text}");
        assert!(page.text_at("#ask-changes").contains(" the second"), "{}", page.text());
        assert_eq!(page.text_at("#ask-do"), "Show it as it is now");
        page.follow("#ask-do");
        let name = page.run("return document.querySelector('#name').value");
        assert_eq!((page.text_at("h1"), name), ("Anna".into(), json!("Anna")));
    }
}

#[test]
fn a_file_that_is_refused_does_not_lead_away() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/audit");
        end_session(&page);
        page.click("[data-file*=csv]");
        page.click("#ask-do");
        let text = said(&page, "#ask-wrong");
        assert!(text.starts_with("Your session has ended."), "{text}");
        assert!(page.url().ends_with("/panel/audit"), "{}", page.url());
    }
}

#[test]
fn the_focus_stays_in_the_dialog_and_is_never_on_what_cannot_be_taken_back() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        let focus = || page.run("return document.activeElement.id");
        office.enter(&page);
        office.show(&page, "/panel/users/2?realm=customer");
        page.click("[data-then='/panel/users']");
        assert_eq!((page.text_at("dialog[open] h2"), focus()), ("Remove anna for good?".into(), json!("ask-not")));
        page.click("#ask-not");
        page.run("document.querySelector('#login').value = 'ben'");
        page.click("form[data-changes] button");
        assert_eq!(focus(), "ask-do");
        page.click("#ask-do");
        said(&page, "#ask-wrong");
        assert_eq!(focus(), "ask-do", "after a refusal");
    }
}
