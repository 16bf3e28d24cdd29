//! Name and address, altered by the person whose they are.

use doorward::store::{EventFilter, Page};
use doorward::{OwnUpdate, UserUpdate};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Browser, House, OTHER, PASSWORD};

async fn patch(browser: &mut Browser, body: Value) -> crate::house::Reply {
    browser.send(Method::PATCH, "/user/me", Some(body)).await
}

async fn details(house: &House) -> Vec<(String, Option<String>)> {
    house.engine.maintain().await.expect("written");
    let filter = EventFilter { kind: Some("user_updated".into()), ..EventFilter::default() };
    let listed = house.engine.store().events(filter, Page::default()).await.expect("events");
    listed.items.into_iter().map(|stored| (stored.event.outcome, stored.event.detail)).collect()
}

#[tokio::test]
async fn a_name_is_altered_by_whoever_is_logged_in() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let reply = patch(&mut browser, json!({ "name": "Anna Berg" })).await;

    assert_eq!(
        (reply.status, &reply.json()["name"], &reply.json()["login"]),
        (200, &json!("Anna Berg"), &json!("anna"))
    );
    assert_eq!(browser.get("/user/me").await.json()["name"], "Anna Berg");
    assert_eq!(details(&house).await, [("ok".to_owned(), Some("own name".to_owned()))]);
    // What is as it was is not written again.
    assert_eq!(patch(&mut browser, json!({ "name": "Anna Berg" })).await.status, 200);
    assert_eq!(patch(&mut browser, json!({})).await.status, 200);
    assert_eq!(details(&house).await.len(), 1);
}

#[tokio::test]
async fn another_address_needs_the_current_password() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let email = "anna@example.com";

    let without = patch(&mut browser, json!({ "email": email })).await;
    let wrong = patch(&mut browser, json!({ "email": email, "current": OTHER })).await;
    let nothing = browser.get("/user/me").await.json()["email"].clone();
    let right = patch(&mut browser, json!({ "email": email, "current": PASSWORD })).await;

    assert_eq!((without.refusal(), wrong.refusal()), ((400, "invalid".into()), (403, "wrong_password".into())));
    assert_eq!((nothing, right.status), (Value::Null, 200));
    assert_eq!((&right.json()["email"], &right.json()["login"]), (&json!(email), &json!("anna")), "the login stays");
    let told = [("bad_credentials".to_owned(), None), ("ok".to_owned(), Some("own e-mail".to_owned()))];
    assert_eq!(details(&house).await, told);
    assert_eq!(patch(&mut browser, json!({ "email": null })).await.status, 400, "none is another one");
    assert_eq!(patch(&mut browser, json!({ "email": null, "current": PASSWORD })).await.json()["email"], Value::Null);
}

#[tokio::test]
async fn the_password_for_an_address_cannot_be_guessed() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(patch(&mut browser, json!({ "email": "a@b", "current": OTHER })).await.status);
    }

    assert_eq!(statuses, [403, 403, 403, 403, 403, 429]);
    assert_eq!(patch(&mut browser, json!({ "email": "a@b", "current": PASSWORD })).await.status, 429);
}

#[tokio::test]
async fn no_answer_tells_what_others_have() {
    let house = House::with_anna().await;
    house.add("default", "ben@example.com", &[]).await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let taken = patch(&mut browser, json!({ "email": "ben@example.com", "current": PASSWORD })).await;
    let free = patch(&mut browser, json!({ "email": "nobody@example.com", "current": PASSWORD })).await;

    assert_eq!((taken.status, free.status), (200, 200));
    // And nobody becomes anybody by it.
    patch(&mut browser, json!({ "email": "ben@example.com", "current": PASSWORD })).await;
    assert_eq!(browser.get("/user/me").await.json()["login"], "anna");
    let mut other = house.browser();
    assert_eq!(other.log_in("ben@example.com").await.json()["user"]["email"], Value::Null);
}

#[tokio::test]
async fn what_fits_nowhere_or_misleads_is_refused() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let long = "x".repeat(201);
    for body in [
        json!({ "name": long }),
        json!({ "name": "a\nb" }),
        json!({ "name": "a\u{202E}b" }),
        json!({ "name": "\u{2066}Root" }),
        json!({ "name": null, "login": "root" }),
        json!({ "login": "root" }),
        json!({ "roles": ["analyst"] }),
        json!({ "email": "none", "current": PASSWORD }),
        json!({ "email": "a b@c", "current": PASSWORD }),
        json!({ "email": "a@b\u{202E}", "current": PASSWORD }),
        json!({ "email": "a@b\r\nBcc: c@d", "current": PASSWORD }),
        json!([]),
    ] {
        assert_eq!(patch(&mut browser, body.clone()).await.refusal(), (400, "invalid".into()), "{body}");
    }
    assert_eq!(details(&house).await, []);
}

#[tokio::test]
async fn it_needs_a_session_and_proof() {
    use base64ct::{Base64, Encoding as _};
    let house = House::with_anna().await;
    let text = Base64::encode_string(format!("anna:{PASSWORD}").as_bytes());
    let mut server = house.browser().with("authorization", &format!("Basic {text}"));
    assert_eq!(server.get("/user/me").await.status, 200);
    assert_eq!(
        patch(&mut server, json!({ "name": "x" })).await.status,
        401,
        "not for whoever sends a password each time"
    );
    assert_eq!(patch(&mut house.browser(), json!({ "name": "x" })).await.status, 401);

    let mut browser = house.browser();
    browser.log_in("anna").await;
    browser.token = None;
    assert_eq!(patch(&mut browser, json!({ "name": "x" })).await.refusal(), (403, "csrf".into()));
    let mut elsewhere = browser.clone().with("origin", "https://evil.example");
    assert_eq!(patch(&mut elsewhere, json!({ "name": "x" })).await.refusal(), (403, "csrf".into()));
    assert_eq!(details(&house).await, []);
}

#[tokio::test]
async fn what_somebody_else_has_altered_meanwhile_is_not_undone() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let update = UserUpdate { name: Some("Benjamin".into()), ..UserUpdate::default() };
    house.engine.update_user(&doorward::Actor::console(), &ben, update).await.expect("altered");
    let headers = Default::default();
    let client = doorward::client::Client { address: [127, 0, 0, 1].into(), secure: true, by_proxy: false };
    let visit =
        doorward::Visit { client, headers: &headers, request_id: None, profile: &doorward::policy::Profile::DOORWARD };

    let update = OwnUpdate { name: Some("Ben".into()), ..OwnUpdate::default() };
    let late = house.engine.update_own(&ben, update, &visit).await;

    assert_eq!(late.map(|user| user.name).map_err(|refusal| refusal.code()), Err("user_changed"));
    let stored = house.engine.store().user(ben.number).await.expect("an answer").expect("ben");
    assert_eq!(stored.name, "Benjamin");
}
