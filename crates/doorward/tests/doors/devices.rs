//! A device that logged in before: strangers cannot lock its owner out.

use serde_json::json;

use crate::house::{House, OTHER};

#[tokio::test]
async fn a_known_device_gets_in_while_strangers_wait() {
    let house = House::with_anna().await;
    let mut owner = house.browser();
    owner.log_in("anna").await;
    owner.delete("/user/sessions").await;
    assert!(owner.cookies.contains_key("__Host-doorward-device"), "the device cookie outlives the session");
    let mut stranger = house.browser();
    for _ in 0..5 {
        stranger.post("/user/sessions", json!({ "login": "anna", "password": OTHER })).await;
    }
    assert_eq!(stranger.log_in("anna").await.status, 429);

    assert_eq!(owner.log_in("anna").await.status, 201);
}

#[tokio::test]
async fn a_known_device_has_a_budget_too() {
    let house = House::with_anna().await;
    let mut device = house.browser();
    device.log_in("anna").await;
    device.delete("/user/sessions").await;
    for _ in 0..5 {
        device.post("/user/sessions", json!({ "login": "anna", "password": OTHER })).await;
    }

    assert_eq!(device.log_in("anna").await.status, 429);
    assert_eq!(house.browser().log_in("anna").await.status, 201);
}

#[tokio::test]
async fn a_device_of_somebody_else_is_a_stranger() {
    let house = House::with_anna().await;
    house.add("default", "ben", &[]).await;
    let mut bens = house.browser();
    bens.log_in("ben").await;
    bens.delete("/user/sessions").await;
    let mut stranger = house.browser();
    for _ in 0..5 {
        stranger.post("/user/sessions", json!({ "login": "anna", "password": OTHER })).await;
    }

    assert_eq!(bens.log_in("anna").await.status, 429);
}

#[tokio::test]
async fn a_device_cookie_that_was_altered_is_none() {
    let house = House::with_anna().await;
    let mut owner = house.browser();
    owner.log_in("anna").await;
    owner.delete("/user/sessions").await;
    let cookie = owner.cookies.get_mut("__Host-doorward-device").expect("a device cookie");
    let first = if cookie.starts_with('A') { "B" } else { "A" };
    cookie.replace_range(..1, first);
    let mut stranger = house.browser();
    for _ in 0..5 {
        stranger.post("/user/sessions", json!({ "login": "anna", "password": OTHER })).await;
    }

    assert_eq!(owner.log_in("anna").await.status, 429);
}
