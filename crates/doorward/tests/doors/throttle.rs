//! Guessing passwords.

use serde_json::json;

use crate::house::{Browser, House, OTHER, PASSWORD};

async fn guess(browser: &mut Browser, login: &str) -> (u16, Option<String>) {
    let reply = browser.post("/user/sessions", json!({ "login": login, "password": OTHER })).await;
    (reply.status, reply.header("retry-after").map(str::to_owned))
}

#[tokio::test]
async fn after_five_failures_the_right_password_waits_too() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for _ in 0..5 {
        assert_eq!(guess(&mut browser, "anna").await, (401, None));
    }

    let reply = browser.log_in("anna").await;

    assert_eq!(reply.refusal(), (429, "throttled".into()));
    assert_eq!(reply.header("retry-after"), Some("30"));
    house.clock.advance(30);
    assert_eq!(browser.log_in("anna").await.status, 201);
}

#[tokio::test]
async fn a_failure_after_the_wait_doubles_it_and_a_success_forgets_it() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for _ in 0..5 {
        guess(&mut browser, "anna").await;
    }
    house.clock.advance(30);
    assert_eq!(guess(&mut browser, "anna").await, (401, None));
    assert_eq!(guess(&mut browser, "anna").await, (429, Some("60".into())));
    house.clock.advance(60);

    assert_eq!(house.browser().log_in("anna").await.status, 201);

    for _ in 0..5 {
        assert_eq!(guess(&mut browser, "anna").await, (401, None));
    }
}

#[tokio::test]
async fn a_login_that_nobody_has_is_throttled_alike() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        known.push(guess(&mut browser, "anna").await);
        unknown.push(guess(&mut browser, "nobody").await);
    }

    assert_eq!(known, unknown);
    assert_eq!(known[5], (429, Some("30".into())));
}

#[tokio::test]
async fn every_spelling_of_a_login_counts_for_one_account() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for spelling in ["anna", "ANNA", "Anna", "aNNa", "annA"] {
        assert_eq!(guess(&mut browser, spelling).await.0, 401);
    }

    assert_eq!(guess(&mut browser, "AnNa").await.0, 429);
}

#[tokio::test]
async fn fifty_failures_stop_a_network_and_not_its_open_sessions() {
    let house = House::with_anna().await;
    house.add("default", "ben", &[]).await;
    let mut open = house.browser();
    open.log_in("ben").await;
    let mut browser = house.browser();
    for number in 0..50 {
        assert_eq!(guess(&mut browser, &format!("user{number}")).await.0, 401);
    }

    assert_eq!(browser.log_in("anna").await.refusal(), (429, "throttled".into()));
    assert_eq!(open.get("/orders").await.status, 200);
}

#[tokio::test]
async fn two_hundred_parallel_guesses_are_not_verified_more_than_five_times() {
    let house = House::with_anna().await;
    let guesses = (0..200).map(|_| {
        let mut browser = house.browser();
        async move { guess(&mut browser, "anna").await.0 }
    });

    let statuses = futures_util::future::join_all(guesses).await;

    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 195);
}

#[tokio::test]
async fn confirming_and_changing_count_like_logging_in() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    // The device is known: it has a budget of its own, which is spent here.
    for _ in 0..5 {
        let reply = browser.post("/user/sessions/current/confirm", json!({ "password": OTHER })).await;
        assert_eq!(reply.refusal(), (403, "wrong_password".into()));
    }

    let reply = browser.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;

    assert_eq!(reply.refusal(), (429, "throttled".into()));
}
