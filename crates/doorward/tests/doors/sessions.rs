//! Seeing one's sessions, and staying logged in.

use serde_json::json;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    house.clock.advance(30 * 60 - 1);
    assert_eq!(browser.get("/orders").await.status, 200);
    house.clock.advance(30 * 60 - 1);
    assert_eq!(browser.get("/orders").await.status, 200);
    house.clock.advance(30 * 60);

    let reply = browser.get("/orders").await;

    assert_eq!(reply.refusal(), (401, "not_logged_in".into()));
    assert_eq!(reply.set_cookies(), ["__Host-doorward-default=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"]);
}

#[tokio::test]
async fn a_session_ends_after_its_absolute_time_however_often_it_is_used() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    for _ in 0..71 {
        house.clock.advance(600);
        assert_eq!(browser.get("/orders").await.status, 200);
        assert_eq!(browser.post("/user/sessions/current/refresh", json!({})).await.status, 200);
    }
    house.clock.advance(600);

    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn refreshing_moves_the_idle_end_and_never_past_the_absolute_one() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    house.clock.advance(20 * 60);

    let session = browser.post("/user/sessions/current/refresh", json!({})).await.json()["session"].clone();

    assert_eq!(session["idle_ends_at"], "2023-11-14T23:03:20Z");
    assert_eq!(session["last_seen_at"], "2023-11-14T22:33:20Z");
    assert_eq!(session["ends_at"], "2023-11-15T10:13:20Z");
    assert_eq!(session["current"], true);
    for _ in 0..68 {
        house.clock.advance(600);
        browser.get("/orders").await;
    }
    let session = browser.post("/user/sessions/current/refresh", json!({})).await.json()["session"].clone();
    assert_eq!(session["idle_ends_at"], session["ends_at"]);
}

#[tokio::test]
async fn a_session_may_be_refreshed_by_its_handle_and_without_a_body() {
    let house = House::with_anna().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.log_in("anna").await;
    let other = there.log_in("anna").await.json()["session"]["id"].as_str().expect("an id").to_owned();
    house.clock.advance(60);

    let reply = here.send(reqwest::Method::POST, &format!("/user/sessions/{other}/refresh"), None).await;

    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["session"]["idle_ends_at"], "2023-11-14T22:44:20Z");
    assert_eq!(reply.json()["session"]["current"], false);
    assert!(reply.json().get("csrf_token").is_none());
    assert_eq!(here.post("/user/sessions/nonsense/refresh", json!({})).await.refusal(), (404, "not_found".into()));
    assert_eq!(here.post("/user/sessions/current/refresh", json!({ "x": 1 })).await.refusal(), (400, "invalid".into()));
}

#[tokio::test]
async fn a_user_sees_their_own_sessions_newest_first_and_nobody_elses() {
    let house = House::with_anna().await;
    house.add("default", "ben", &[]).await;
    house.browser().log_in("ben").await;
    let mut phone = house.browser().with("user-agent", "Phone");
    phone.log_in("anna").await;
    house.clock.advance(10);
    let mut laptop = house.browser().with("user-agent", "Laptop");
    laptop.log_in("anna").await;

    let list = laptop.get("/user/sessions").await.json();

    let items = list["items"].as_array().expect("a list");
    let devices: Vec<_> = items.iter().map(|item| (&item["device"], &item["current"])).collect();
    assert_eq!(devices, [(&json!("Laptop"), &json!(true)), (&json!("Phone"), &json!(false))]);
    assert_eq!(list["next"], json!(null));
    assert!(!list.to_string().contains(laptop.session().expect("a token")));
}

#[tokio::test]
async fn a_session_that_is_over_is_not_listed() {
    let house = House::with_anna().await;
    let mut forgotten = house.browser();
    forgotten.log_in("anna").await;
    house.clock.advance(1_799);
    let mut browser = house.browser();
    browser.log_in("anna").await;
    assert_eq!(browser.get("/user/sessions").await.json()["items"].as_array().map(Vec::len), Some(2));
    house.clock.advance(1);

    assert_eq!(browser.get("/user/sessions").await.json()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_current_session_comes_with_a_fresh_token_that_works() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let first = browser.log_in("anna").await.json();

    let current = browser.get("/user/sessions/current").await.json();

    assert_eq!(current["session"], first["session"]);
    assert_eq!(current["user"], first["user"]);
    assert_ne!(current["csrf_token"], first["csrf_token"]);
    browser.token = current["csrf_token"].as_str().map(str::to_owned);
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
    assert_eq!(house.browser().get("/user/sessions/current").await.refusal(), (401, "not_logged_in".into()));
}

#[tokio::test]
async fn one_session_of_several_is_ended_by_its_handle() {
    let house = House::with_anna().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.log_in("anna").await;
    let other = there.log_in("anna").await.json()["session"]["id"].as_str().expect("an id").to_owned();

    let reply = here.delete(&format!("/user/sessions/{other}")).await;

    assert_eq!((reply.status, reply.set_cookies().len()), (204, 0));
    assert_eq!(there.get("/orders").await.status, 401);
    assert_eq!(here.get("/orders").await.status, 200);
    assert_eq!(here.delete(&format!("/user/sessions/{other}")).await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn nobody_ends_or_refreshes_somebody_elses_session() {
    let house = House::with_anna().await;
    house.add("default", "ben", &[]).await;
    let (mut anna, mut ben) = (house.browser(), house.browser());
    anna.log_in("anna").await;
    let handle = ben.log_in("ben").await.json()["session"]["id"].as_str().expect("an id").to_owned();

    assert_eq!(anna.delete(&format!("/user/sessions/{handle}")).await.refusal(), (404, "not_found".into()));
    let refreshed = anna.post(&format!("/user/sessions/{handle}/refresh"), json!({})).await;
    assert_eq!(refreshed.refusal(), (404, "not_found".into()));
    assert_eq!(ben.get("/orders").await.status, 200);
}

#[tokio::test]
async fn ending_the_own_session_by_its_handle_expires_the_cookie() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let handle = browser.log_in("anna").await.json()["session"]["id"].as_str().expect("an id").to_owned();

    let reply = browser.delete(&format!("/user/sessions/{handle}")).await;

    assert_eq!(reply.status, 204);
    assert_eq!(browser.session(), None);
}

#[tokio::test]
async fn confirming_asks_for_the_password_and_leaves_the_session_as_it_is() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    house.clock.advance(60);

    let wrong = browser.post("/user/sessions/current/confirm", json!({ "password": "wrong" })).await;
    let right = browser.post("/user/sessions/current/confirm", json!({ "password": PASSWORD })).await;

    assert_eq!(wrong.refusal(), (403, "wrong_password".into()));
    assert_eq!(right.status, 200, "{}", right.text);
    assert_eq!(right.json()["session"]["current"], true);
    assert_eq!(right.set_cookies().len(), 0);
    assert_eq!(browser.get("/orders").await.status, 200);
    let strange = house.browser().post("/user/sessions/current/confirm", json!({ "password": PASSWORD })).await;
    assert_eq!(strange.refusal(), (401, "not_logged_in".into()));
}

#[tokio::test]
async fn what_somebody_may_is_listed() {
    let house = House::with_anna().await;
    house.add("default", "ben", &["trader"]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;

    let permissions = browser.get("/user/me/permissions").await.json();

    assert_eq!(
        permissions,
        json!({ "realm": "default", "roles": ["trader"], "resources": ["Shop::all", "Shop::reports"] })
    );
}
