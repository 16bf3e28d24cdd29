//! HTTP Basic at the speed of a session, and with its revocation.

use doorward::{Actor, UserState};
use serde_json::json;

use crate::house::{Browser, House, OTHER, PASSWORD};

fn basic(house: &House, login: &str, password: &str) -> Browser {
    use base64ct::{Base64, Encoding as _};
    let text = Base64::encode_string(format!("{login}:{password}").as_bytes());
    house.browser().with("authorization", &format!("Basic {text}"))
}

#[tokio::test]
async fn basic_needs_no_session_and_makes_none() {
    let house = House::with_anna().await;
    let mut client = basic(&house, "anna", PASSWORD);

    let reply = client.get("/orders").await;

    assert_eq!((reply.status, reply.set_cookies().len()), (200, 0));
    assert_eq!(client.post("/orders", json!({})).await.status, 200);
    assert_eq!(client.get("/user/me").await.json()["login"], "anna");
    let sessions = house.engine.store().sessions(Default::default(), u32::MAX - 1, Default::default()).await;
    assert_eq!(sessions.expect("a list").items.len(), 0);
}

#[tokio::test]
async fn a_new_password_holds_at_once() {
    let house = House::with_anna().await;
    let mut client = basic(&house, "anna", PASSWORD);
    assert_eq!(client.get("/orders").await.status, 200);
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let changed = browser.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;

    assert_eq!(changed.status, 204);
    assert_eq!(client.get("/orders").await.refusal(), (401, "bad_credentials".into()));
    assert_eq!(basic(&house, "anna", OTHER).get("/orders").await.status, 200);
}

#[tokio::test]
async fn disabling_and_enabling_hold_at_once() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut client = basic(&house, "ben", PASSWORD);
    assert_eq!(client.get("/orders").await.status, 200);

    house.engine.set_state(&Actor::console(), &ben, UserState::Disabled).await.expect("disabled");
    assert_eq!(client.get("/orders").await.status, 401);
    house.engine.set_state(&Actor::console(), &ben, UserState::Active).await.expect("enabled");
    assert_eq!(client.get("/orders").await.status, 200);
}

#[tokio::test]
async fn a_role_that_is_given_holds_at_once() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut client = basic(&house, "ben", PASSWORD);
    assert_eq!(client.get("/reports").await.status, 403);

    house.engine.change_roles(&Actor::console(), &ben, &["analyst".into()], &[]).await.expect("given");

    assert_eq!(client.get("/reports").await.status, 200);
}

#[tokio::test]
async fn a_login_that_was_unknown_works_as_soon_as_somebody_has_it() {
    let house = House::with_anna().await;
    let mut client = basic(&house, "ben", PASSWORD);
    assert_eq!(client.get("/orders").await.status, 401);

    house.add("default", "ben", &[]).await;

    assert_eq!(client.get("/orders").await.status, 200);
}

#[tokio::test]
async fn the_same_wrong_password_counts_once_a_minute() {
    let house = House::with_anna().await;
    let mut client = basic(&house, "anna", OTHER);
    for _ in 0..20 {
        assert_eq!(client.get("/orders").await.refusal(), (401, "bad_credentials".into()));
    }

    assert_eq!(house.browser().log_in("anna").await.status, 201);
}

#[tokio::test]
async fn different_wrong_passwords_count_each() {
    let house = House::with_anna().await;
    for number in 0..5 {
        assert_eq!(basic(&house, "anna", &format!("wrong {number}")).get("/orders").await.status, 401);
    }

    let reply = basic(&house, "anna", PASSWORD).get("/orders").await;

    assert_eq!(reply.refusal(), (429, "throttled".into()));
    assert_eq!(reply.header("retry-after"), Some("30"));
}

#[tokio::test]
async fn credentials_that_were_verified_are_believed_while_strangers_are_throttled() {
    let house = House::with_anna().await;
    let mut client = basic(&house, "anna", PASSWORD);
    assert_eq!(client.get("/orders").await.status, 200);
    for number in 0..6 {
        basic(&house, "anna", &format!("wrong {number}")).get("/orders").await;
    }

    assert_eq!(client.get("/orders").await.status, 200);
}

#[tokio::test]
async fn parallel_requests_with_the_same_credentials_are_all_answered() {
    let house = House::with_anna().await;
    let requests = (0..50).map(|_| {
        let mut client = basic(&house, "anna", PASSWORD);
        async move { client.get("/orders").await.status }
    });

    let statuses = futures_util::future::join_all(requests).await;

    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

#[tokio::test]
async fn in_an_outage_nobody_knows() {
    let house = House::with_anna().await;
    house.store.set_broken(true);

    assert_eq!(basic(&house, "anna", PASSWORD).get("/orders").await.refusal(), (503, "unavailable".into()));
}
