//! The pages by keyboard alone.

use super::account::complaints;
use super::site::Site;
use crate::peers::{PASSWORD, Page, Session};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
/// More stops than any page has.
const STOPS: usize = 40;

#[test]
fn somebody_logs_in_and_ends_a_session_by_keyboard_alone() {
    let site = Site::open();
    let other = Session::log_in(site.server.address(), "anna");
    let page = site.browser.page();
    page.open(&format!("{}/login?return_to=/account", site.base));
    // The first field has the focus from the start, and the second one is next.
    page.press("anna");
    page.press(TAB);
    page.press(PASSWORD);
    page.press_on(ENTER);
    assert_eq!(page.url(), format!("{}/account", site.base));
    reach(&page, "End the session of");
    page.press_on(ENTER);
    assert_eq!(page.text_at("[role=status]"), "The session has ended.");
    assert_eq!(other.status(site.server.address()), 401);
    reach(&page, "Log out");
    page.press_on(ENTER);
    // The question has its answer in focus.
    page.press_on(ENTER);
    assert_eq!(page.text_at("h1"), "Logged out");
    assert_eq!(complaints(&page), Vec::<String>::new());
}

/// Goes from stop to stop until the one that is called so. Whoever does not see where the focus is, is lost.
#[track_caller]
fn reach(page: &Page<'_>, name: &str) {
    for _ in 0..STOPS {
        page.press(TAB);
        let found = page.run(
            "const active = document.activeElement; const style = getComputedStyle(active);
             return [active.getAttribute('aria-label') ?? active.textContent, style.outlineStyle, style.outlineWidth];",
        );
        assert_eq!((&found[1], &found[2]), (&"solid".into(), &"3px".into()), "the focus is not seen: {found}");
        if found[0].as_str().is_some_and(|label| label.starts_with(name)) {
            return;
        }
    }
    panic!("no stop is called {name:?}");
}
