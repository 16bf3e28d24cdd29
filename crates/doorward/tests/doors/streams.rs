//! Open responses end when their caller may no longer have them.

use std::time::Duration;

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
