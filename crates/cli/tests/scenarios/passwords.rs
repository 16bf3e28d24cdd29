//! `doorward user passwd` and `doorward user reset`.

use reqwest::Method;
use serde_json::json;

use crate::kit::{Api, Browser, Place, Server, Terminal, eventually};
use crate::rules;

const OLD: &str = "the old long secret";
const NEW: &str = "the new long secret";

fn with_anna(upstream: &str) -> Place {
    let place = Place::with(&rules(upstream));
    place.run_with("user add anna --password-stdin", &format!("{OLD}\n")).ok();
    place
}

#[tokio::test]
async fn whoever_knows_the_current_password_sets_a_new_one() {
    let api = Api::start().await;
    let place = with_anna(&api.base);
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.log_in(None, "anna", OLD).await.status, 201);
    let said = place.run_with("user passwd anna --password-stdin", &format!("{OLD}\n{NEW}\n")).ok();
    assert_eq!(said, "The password of anna (default) is changed; all their sessions have ended.\n");
    // They have set a password, and have neither logged in nor out by that.
    let kinds = |line: &str| -> Vec<String> {
        let items = place.run(line).json()["items"].clone();
        items
            .as_array()
            .expect("items")
            .iter()
            .map(|event| event["kind"].as_str().expect("a kind").to_owned())
            .collect()
    };
    assert_eq!(kinds("audit --json --login anna --since 1h"), ["password_set", "log_in", "user_created"]);
    eventually("the session has ended", async || (browser.get("/me").await.status == 401).then_some(())).await;
    assert_eq!(browser.log_in(None, "anna", OLD).await.status, 401);
    assert_eq!(browser.log_in(None, "anna", NEW).await.status, 201);
    assert_eq!(place.run("session list --json").json()["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_wrong_or_a_weak_password_changes_nothing() {
    let place = with_anna("http://127.0.0.1:9000");
    let wrong = place.run_with("user passwd anna --password-stdin", &format!("not it at all\n{NEW}\n")).failed(1);
    assert!(wrong.contains("login and password do not match"), "{wrong}");
    let weak = place.run_with("user passwd anna --password-stdin", &format!("{OLD}\nshort\n")).failed(1);
    assert!(weak.contains("at least 15 characters"), "{weak}");
    place.run_with("user passwd anna --password-stdin", &format!("{OLD}\n")).failed(2);
    let events = place.run("audit --json --outcome bad_credentials").json();
    assert_eq!(events["items"].as_array().map(Vec::len), Some(1), "{events}");
    assert_eq!(place.run("session list --json").json()["items"], json!([]));
    place.run_with("user passwd anna --password-stdin", &format!("{OLD}\n{NEW}\n")).ok();
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let place = with_anna("http://127.0.0.1:9000");
    let error = place.run("user passwd anna").failed(2);
    assert!(error.contains("add --password-stdin"), "{error}");
}

#[tokio::test]
async fn a_code_sets_a_password_once() {
    let api = Api::start().await;
    let place = with_anna(&api.base);
    let server = Server::start(&place);
    let earlier = place.run("user reset anna --json").json()["code"].as_str().expect("a code").to_owned();
    let said = place.run("user reset anna").ok();
    let code = said.lines().next().and_then(|line| line.strip_prefix("One-time code: ")).expect("a code").to_owned();
    // Not within an address: those are kept in histories and logs.
    assert_eq!(said.matches(&code).count(), 1, "{said}");
    assert!(said.contains(": /login/code\n"), "{said}");
    let mut browser = Browser::at(&server.base);
    let redeem = async |code: &str| {
        let body = json!({ "code": code, "password": NEW });
        Browser::at(&server.base).change(Method::POST, "/user/password-reset", body).await.status
    };
    assert_eq!(redeem(&earlier).await, 400);
    assert_eq!(redeem(&code).await, 204);
    assert_eq!(redeem(&code).await, 400);
    assert_eq!(browser.log_in(None, "anna", OLD).await.status, 401);
    assert_eq!(browser.log_in(None, "anna", NEW).await.status, 201);
}

#[test]
fn where_a_code_is_redeemed_is_an_address_when_one_is_known() {
    let place = Place::with("public_url = \"https://api.example.com\"\nmount = \"/auth\"\n");
    let said = place.run("user add anna").ok();
    assert!(said.contains("https://api.example.com/auth/login/code\n"), "{said}");
    assert!(said.contains("POST https://api.example.com/auth/user/password-reset\n"), "{said}");
}

#[test]
fn a_line_may_end_as_on_windows_and_hold_spaces() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.run_with("user add anna --password-stdin", &format!("  {OLD} \r\n")).ok();
    place.run_with("user passwd anna --password-stdin", &format!("{OLD}\n{NEW}\n")).failed(1);
    place.run_with("user passwd anna --password-stdin", &format!("  {OLD} \n{NEW}\n")).ok();
}

#[test]
fn at_a_terminal_one_is_asked_for_passwords() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    let mut terminal = Terminal::run(&place, "user add anna");
    terminal.answer("Password (nothing for a one-time code): ", OLD);
    terminal.answer("The same again: ", OLD);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    let mut terminal = Terminal::run(&place, "user passwd anna");
    terminal.answer("Current password of anna (default): ", OLD);
    terminal.answer("New password: ", NEW);
    terminal.answer("The same again: ", NEW);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    place.run_with("user passwd anna --password-stdin", &format!("{NEW}\n{OLD}\n")).ok();
}

#[test]
fn at_a_terminal_nothing_typed_is_a_code_and_two_that_differ_are_nothing() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    let mut terminal = Terminal::run(&place, "user add anna");
    terminal.answer("Password (nothing for a one-time code): ", "");
    let (code, shown) = terminal.end();
    assert!(code == 0 && shown.contains("One-time code: "), "{shown}");
    let mut terminal = Terminal::run(&place, "user add ben");
    terminal.answer("Password (nothing for a one-time code): ", OLD);
    terminal.answer("The same again: ", NEW);
    let (code, shown) = terminal.end();
    assert!(code == 1 && shown.contains("the two passwords differ; nothing was changed"), "{shown}");
    place.run("user show ben").failed(1);
}
