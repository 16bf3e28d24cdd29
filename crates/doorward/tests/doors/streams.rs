//! Open responses end when their caller may no longer have them.

use std::time::Duration;

use doorward::password::PasswordPolicy;
use doorward::policy::{Draft, Policy, Settings};
use reqwest::{Method, Response};

use crate::house::{Browser, House};

async fn open(browser: &mut Browser, path: &str) -> Response {
    let mut response = browser.open(Method::GET, path, None).await;
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.expect("a line").is_some());
    response
}

/// Whether the response is cut off within some seconds: with an error, not with an end.
async fn is_cut_off(mut response: Response) -> bool {
    let read = async {
        loop {
            match response.chunk().await {
                Ok(Some(_)) => {}
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap_or(false)
}

#[tokio::test]
async fn a_stream_is_cut_off_when_its_session_ends() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let response = open(&mut browser, "/stream").await;

    browser.delete("/user/sessions").await;

    assert!(is_cut_off(response).await);
}

#[tokio::test]
async fn a_stream_is_cut_off_when_its_session_is_over() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let response = open(&mut browser, "/stream").await;

    house.clock.advance(31 * 60);

    assert!(is_cut_off(response).await);
}

/// A stream of one section, for readers of another one or the same.
fn of_section(section: &str) -> String {
    format!(
        "[[acl]]\nid = \"Shop::news\"\n[[route]]\nmatch = \"GET /stream\"\naccess = \"Shop::news\"\n\
         limitations = {{ section = \"?section\" }}\n\
         [role.reader]\nlimited = [{{ allow = \"Shop::news\", to = {{ section = \"{section}\" }} }}]\n"
    )
}

#[tokio::test]
async fn a_stream_goes_on_within_the_limitations_it_began_in_and_is_cut_off_when_those_change() {
    let house = House::open(&of_section("1")).await;
    house.add("default", "anna", &["reader"]).await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    assert_eq!(browser.open(Method::GET, "/stream?section=2", None).await.status(), 403);
    let mut response = open(&mut browser, "/stream?section=1").await;
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(2_300) {
        assert!(response.chunk().await.expect("a line").is_some());
    }

    let (settings, rules) = Settings::parse("doorward.toml", &of_section("2"), &|_| None).expect("rules");
    let rules = [rules];
    let draft = Draft { own: doorward::axum::own_routes(), ..Draft::new(&settings, &rules) };
    let policy = Policy::compile(&draft).unwrap_or_else(|complaints| panic!("{complaints}"));
    house.engine.reload(policy, PasswordPolicy::default()).await.expect("reloads");

    assert!(is_cut_off(response).await);
}

#[tokio::test]
async fn an_outage_does_not_cut_streams_off() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let mut response = open(&mut browser, "/stream").await;
    house.store.set_broken(true);
    let begun = std::time::Instant::now();

    // Over two questions, each of which finds what it asks for in memory.
    while begun.elapsed() < Duration::from_millis(2_300) {
        assert!(response.chunk().await.expect("a line").is_some());
    }
}

#[tokio::test]
async fn a_guests_stream_goes_on() {
    let house = House::with_anna().await;
    let mut response = open(&mut house.browser(), "/open-stream").await;
    let begun = std::time::Instant::now();

    while begun.elapsed() < Duration::from_millis(1_300) {
        assert!(response.chunk().await.expect("a line").is_some());
    }
}
