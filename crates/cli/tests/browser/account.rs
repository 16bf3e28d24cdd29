//! `/login`, `/account` and `/logout`, as people use them: with scripts and without.

use super::site::Site;
use crate::peers::{Client, PASSWORD, Page, Session};

const NEW: &str = "a spoon, a cloud and a ladder";
/// A name that does harm where it is taken for markup.
const TRAP: &str = "<b>Anna&amp;\"Co</b>";
/// The button that a form is there for.
const SUBMIT: &str = "main form button:not(.quiet)";

/// A telephone and a screen.
const WIDTHS: [u32; 2] = [390, 1_440];

#[test]
fn somebody_logs_in_looks_after_the_account_and_logs_out() {
    WIDTHS.into_iter().for_each(|width| use_the_pages(width, true));
}

#[test]
fn the_pages_work_without_scripts() {
    WIDTHS.into_iter().for_each(|width| use_the_pages(width, false));
}

fn use_the_pages(width: u32, with_scripts: bool) {
    let site = Site::open_for(TRAP);
    let page = site.browser.page();
    page.resize(width, 844);
    page.let_scripts_run(with_scripts);
    log_in(&site, &page, with_scripts);
    look_after_sessions(&site, &page);
    change_name_and_address(&site, &page);
    change_the_password(&site, &page);
    log_out(&site, &page);
    assert_eq!(complaints(&page), Vec::<String>::new());
}

/// What the console says, but for the statuses that are provoked here.
pub fn complaints(page: &Page<'_>) -> Vec<String> {
    let provoked = |line: &String| {
        line.contains("Failed to load resource")
            && ["401", "403", "422", "429"].iter().any(|status| line.contains(status))
    };
    page.console().into_iter().filter(|line| !provoked(line)).collect()
}

fn log_in(site: &Site, page: &Page<'_>, with_scripts: bool) {
    // Whoever is not logged in is sent to log in, and comes back.
    page.open(&format!("{}/account", site.base));
    assert!(page.url().starts_with(&format!("{}/login?", site.base)), "{}", page.url());
    page.open(&format!("{}/login?return_to=%2Fwelcome%3Fa%3D1%26b", site.base));
    assert_eq!(page.title(), "Log in");
    page.write("#login", "Anna");
    page.write("#password", "not the right one");
    page.follow(SUBMIT);
    assert_eq!(page.text_at("[role=alert]"), "Login and password do not match.");
    page.write("#password", PASSWORD);
    assert_eq!(page.count(".revealing button"), usize::from(with_scripts));
    if with_scripts {
        page.click(".revealing button");
        assert_eq!(page.count("#password[type=text]"), 1);
        page.click(".revealing button");
        assert_eq!(page.count("#password[type=password]"), 1);
    }
    page.follow(SUBMIT);
    assert_eq!(page.url(), format!("{}/welcome?a=1&b", site.base));
    assert_eq!(page.text(), "GET /welcome?a=1&b");

    // Nobody is sent elsewhere.
    for elsewhere in ["https://example.com/", "//example.com", "/%5Cexample.com", "javascript:alert(1)"] {
        page.forget();
        page.open(&format!("{}/login?return_to={elsewhere}", site.base));
        page.write("#login", "anna");
        page.write("#password", PASSWORD);
        page.follow(SUBMIT);
        assert!(page.url().starts_with(&site.base), "{elsewhere}: {}", page.url());
    }
}

fn look_after_sessions(site: &Site, page: &Page<'_>) {
    let other = log_in_elsewhere(site, PASSWORD);
    page.open(&format!("{}/account", site.base));
    assert_eq!(page.text_at("h1"), TRAP, "a name is text");
    assert!(page.text().contains("anna@example.com"));
    let before = page.count(".sessions li");
    assert_eq!(page.text_at(".badge"), "this one");
    assert_eq!(page.count(".sessions script, .sessions img, h1 b"), 0);
    // The newest stands below the one that is asked with, or above it: found by what it is not.
    let end = ".sessions li:not(:has(.badge)) button";
    while page.count(end) > 0 && other.status(site.server.address()) == 200 {
        page.follow(end);
        assert_eq!(page.text_at("[role=status]"), "The session has ended.");
    }
    assert!(page.count(".sessions li") < before);
    assert_eq!(other.status(site.server.address()), 401);

    let (one, two) = (log_in_elsewhere(site, PASSWORD), log_in_elsewhere(site, PASSWORD));
    page.open(&format!("{}/account", site.base));
    page.follow("form:has([value=others]) button");
    assert_eq!(page.text_at("[role=status]"), "You are logged out everywhere else.");
    assert_eq!(page.count(".sessions li"), 1);
    assert_eq!((one.status(site.server.address()), two.status(site.server.address())), (401, 401));
}

fn change_name_and_address(site: &Site, page: &Page<'_>) {
    page.open(&format!("{}/account", site.base));
    // All that stands there is marked, and written over.
    let replace = |field: &str, text: &str| page.write(field, &format!("\u{E009}a\u{E000}{text}"));
    replace("#name", "Anna <i>Berg</i>");
    page.follow("form:has(#name) button");
    assert_eq!(page.text_at("[role=status]"), "The name is saved.");
    assert_eq!(page.text_at("h1"), "Anna <i>Berg</i>");
    replace("#name", TRAP);
    page.follow("form:has(#name) button");

    replace("#email", "anna@example.org");
    page.write("#email-current", "not the right one");
    page.follow("form:has(#email) button:not(.quiet)");
    assert_eq!(page.text_at("[role=alert]"), "The current password is wrong.");
    assert_eq!(page.count("#email[value='anna@example.org']"), 1, "it need not be typed again");
    page.write("#email-current", PASSWORD);
    page.follow("form:has(#email) button:not(.quiet)");
    assert_eq!(page.text_at("[role=status]"), "The e-mail is saved.");
    assert!(page.text().contains("You go on logging in as anna."), "{}", page.text());
}

fn change_the_password(site: &Site, page: &Page<'_>) {
    let other = log_in_elsewhere(site, PASSWORD);
    let before = page.cookie("doorward-default").expect("a cookie");
    let fill = |current: &str, new: &str, again: &str| {
        page.write("#current", current);
        page.write("#new", new);
        page.write("#again", again);
        page.follow("form:has(#new) button:not(.quiet)");
    };
    fill(PASSWORD, NEW, "a spoon, a cloud and a leader");
    assert_eq!(page.text_at("[role=alert]"), "The new password was not typed the same twice.");
    fill("not the right one", NEW, NEW);
    assert_eq!(page.text_at("[role=alert]"), "The current password is wrong.");
    fill(PASSWORD, "passwordpassword", "passwordpassword");
    assert!(page.text_at("[role=alert]").starts_with("The new password is not good enough"), "{}", page.text());
    assert_eq!(other.status(site.server.address()), 200);
    fill(PASSWORD, NEW, NEW);
    assert!(page.text_at("[role=status]").starts_with("The new password is set."), "{}", page.text());
    assert_eq!(other.status(site.server.address()), 401);
    assert_ne!(page.cookie("doorward-default").expect("a cookie")["value"], before["value"]);
    let mut client = Client::tcp(site.server.address());
    assert_eq!(Session::try_log_in(&mut client, "anna", PASSWORD).status, 401);
    assert_eq!(Session::try_log_in(&mut client, "anna", NEW).status, 201);
}

fn log_out(site: &Site, page: &Page<'_>) {
    page.open(&format!("{}/account", site.base));
    page.follow("header a");
    assert_eq!(page.text_at("h1"), "Log out?");
    page.follow("main form button");
    assert_eq!(page.text_at("h1"), "Logged out");
    assert!(page.cookie("doorward-default").is_none());
    page.open(&format!("{}/account", site.base));
    assert!(page.url().starts_with(&format!("{}/login?", site.base)), "{}", page.url());
}

/// A session of the same user, from a device whose name is a trap.
fn log_in_elsewhere(site: &Site, password: &str) -> Session {
    let body = serde_json::json!({ "login": "anna", "password": password }).to_string();
    let lines = ["Content-Type: application/json", "User-Agent: <script>alert(1)</script><img src=x onerror=alert(1)>"];
    let answer = Client::tcp(site.server.address()).request_with("POST", "/user/sessions", &lines, &body).answer();
    assert_eq!(answer.status, 201, "{}", answer.text());
    Session::read(&answer)
}
