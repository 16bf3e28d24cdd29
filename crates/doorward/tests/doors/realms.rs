//! Several realms.

use serde_json::json;

use crate::house::{House, PASSWORD};

const TWO: &str = r#"
[realm.customer]
session = { idle = "30m" }

[realm.admin]
session = { idle = "15m" }

[admin]
realm = "admin"

[[route]]
match = "GET,POST /orders"
access = "self"
realm = "customer"

[[route]]
match = "GET /reports"
access = "self"
realm = "admin"

[[route]]
match = "GET /welcome"
access = "anonymous"
identify = true
realm = ["admin", "customer"]
"#;

async fn two() -> House {
    let house = House::open(TWO).await;
    house.add("customer", "anna", &[]).await;
    house.add("admin", "anna", &[]).await;
    house
}

#[tokio::test]
async fn a_log_in_names_its_realm() {
    let house = two().await;
    let mut browser = house.browser();

    let without = browser.claim(json!({ "login": "anna", "password": PASSWORD })).await;
    let unknown = browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": "staff" })).await;
    let named = browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": "admin" })).await;

    assert_eq!(without.refusal(), (400, "realm_required".into()));
    assert_eq!(unknown.refusal(), (400, "realm_unknown".into()));
    assert_eq!(named.json()["user"]["realm"], "admin");
}

#[tokio::test]
async fn two_realms_are_logged_in_side_by_side_and_log_out_one_by_one() {
    let house = two().await;
    let mut browser = house.browser();
    for realm in ["customer", "admin"] {
        let reply = browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": realm })).await;
        assert_eq!(reply.status, 201);
    }
    assert_eq!(browser.get("/orders").await.status, 200);
    assert_eq!(browser.get("/reports").await.status, 200);
    for realm in ["customer", "admin"] {
        let me = browser.get(&format!("/user/me?realm={realm}")).await.json();
        assert_eq!(me["realm"], realm);
    }
    let token = browser.get("/user/csrf?realm=customer").await.json()["csrf_token"].clone();
    browser.token = token.as_str().map(str::to_owned);

    let reply = browser.delete("/user/sessions?realm=customer").await;

    assert_eq!(reply.status, 204, "{}", reply.text);
    assert_eq!(reply.set_cookies(), ["__Host-doorward-customer=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"]);
    assert_eq!(browser.get("/orders").await.status, 401);
    assert_eq!(browser.get("/reports").await.status, 200);
}

#[tokio::test]
async fn a_realm_that_is_not_there_is_not_asked() {
    let house = two().await;

    assert_eq!(house.browser().get("/user/me?realm=staff").await.refusal(), (400, "realm_unknown".into()));
    assert_eq!(house.browser().get("/user/me?realm=admin&realm=customer").await.status, 401);
}

#[tokio::test]
async fn each_realm_has_its_own_idle_time() {
    let house = two().await;
    let mut browser = house.browser();
    for realm in ["customer", "admin"] {
        browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": realm })).await;
    }
    house.clock.advance(15 * 60);

    assert_eq!(browser.get("/reports").await.status, 401);
    assert_eq!(browser.get("/orders").await.status, 200);
}

#[tokio::test]
async fn the_first_live_session_decides_where_both_count() {
    let house = two().await;
    let mut browser = house.browser();
    browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": "customer" })).await;
    assert_eq!(browser.get("/welcome").await.text, "welcome anna");
    browser.claim(json!({ "login": "anna", "password": PASSWORD, "realm": "admin" })).await;
    house.clock.advance(15 * 60);

    let reply = browser.get("/welcome").await;

    assert_eq!(reply.text, "welcome anna");
    assert_eq!(reply.set_cookies().len(), 1, "the dead cookie expires: {:?}", reply.set_cookies());
}
