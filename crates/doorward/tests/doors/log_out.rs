//! Logging out.

use serde_json::json;

use crate::house::{House, SHOP};

const EXPIRED: &str = "__Host-doorward-default=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0";

#[tokio::test]
async fn logging_out_ends_the_session_before_the_answer() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let mut copy = browser.clone();

    let reply = browser.delete("/user/sessions").await;

    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(reply.set_cookies(), [EXPIRED]);
    assert_eq!(reply.header("content-type"), None);
    assert_eq!(copy.get("/orders").await.status, 401);
}

#[tokio::test]
async fn logging_out_twice_is_answered_alike() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let mut dead = browser.clone();
    let mut stranger = house.browser();

    let replies = [
        browser.delete("/user/sessions/current").await,
        dead.delete("/user/sessions/current").await,
        browser.delete("/user/sessions").await,
        stranger.delete("/user/sessions?scope=all").await,
    ];

    for reply in replies {
        assert_eq!((reply.status, reply.set_cookies()), (204, vec![EXPIRED]));
    }
}

#[tokio::test]
async fn logging_out_needs_proof_that_it_was_meant() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let token = browser.token.take();

    assert_eq!(browser.delete("/user/sessions").await.refusal(), (403, "csrf".into()));
    assert_eq!(browser.get("/orders").await.status, 200);

    browser.token = token;
    assert_eq!(browser.delete("/user/sessions").await.status, 204);
}

#[tokio::test]
async fn the_other_sessions_end_and_this_one_stays() {
    let house = House::with_anna().await;
    let mut browsers = [house.browser(), house.browser(), house.browser()];
    for browser in &mut browsers {
        browser.log_in("anna").await;
    }
    let [here, second, third] = &mut browsers;

    let reply = here.delete("/user/sessions?scope=others").await;

    assert_eq!((reply.status, reply.set_cookies().len()), (204, 0));
    assert_eq!(here.get("/orders").await.status, 200);
    assert_eq!(second.get("/orders").await.status, 401);
    assert_eq!(third.get("/orders").await.status, 401);
}

#[tokio::test]
async fn all_sessions_end_with_this_one() {
    let house = House::with_anna().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.log_in("anna").await;
    there.log_in("anna").await;

    let reply = here.delete("/user/sessions?scope=all").await;

    assert_eq!((reply.status, reply.set_cookies()), (204, vec![EXPIRED]));
    assert_eq!(there.get("/orders").await.status, 401);
    assert_eq!(here.log_in("anna").await.status, 201);
    assert_eq!(here.get("/orders").await.status, 200);
}

#[tokio::test]
async fn a_scope_that_is_none_ends_nothing() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    for query in ["scope=everything", "scope=all&scope=others", "scope=", "what=all"] {
        assert_eq!(
            browser.delete(&format!("/user/sessions?{query}")).await.refusal(),
            (400, "invalid".into()),
            "{query}"
        );
    }
    assert_eq!(browser.get("/orders").await.status, 200);
}

#[tokio::test]
async fn a_token_from_before_the_log_out_is_worth_nothing_after_the_next_log_in() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let old = browser.token.clone();
    browser.delete("/user/sessions").await;
    browser.log_in("anna").await;
    browser.token = old;

    assert_eq!(browser.post("/orders", json!({})).await.refusal(), (403, "csrf".into()));
}

#[tokio::test]
async fn below_a_mount_everything_is_where_it_is_said_to_be() {
    let house = House::open(&format!("mount = \"/auth\"\n{SHOP}")).await;
    house.add("default", "anna", &[]).await;
    let mut browser = house.browser();
    assert_eq!(browser.log_in("anna").await.status, 404);

    let claim = json!({ "login": "anna", "password": crate::house::PASSWORD });
    let reply = browser.post("/auth/user/sessions", claim).await;

    assert_eq!(reply.status, 201);
    let location = reply.header("location").expect("a location").to_owned();
    assert!(location.starts_with("/auth/user/sessions/"), "{location}");
    browser.token = reply.json()["csrf_token"].as_str().map(str::to_owned);
    assert_eq!(browser.get("/auth/user/me/").await.status, 200);
    assert_eq!(browser.get("/auth/%75ser/me").await.status, 200);
    assert_eq!(browser.delete(&location).await.status, 204);
    assert_eq!(browser.get("/auth/user/me").await.status, 401);
}
