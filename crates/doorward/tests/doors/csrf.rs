//! CSRF tokens, of users and of guests.

use serde_json::json;

use crate::house::{House, SHOP};

#[tokio::test]
async fn a_user_gets_a_token_for_their_session() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let reply = browser.get("/user/csrf").await;

    assert_eq!((reply.status, reply.set_cookies().len()), (200, 0));
    let token = reply.json()["csrf_token"].as_str().expect("a token").to_owned();
    browser.token = Some(token.clone());
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
    assert_ne!(browser.get("/user/csrf").await.json()["csrf_token"], json!(token), "each token is masked anew");
}

#[tokio::test]
async fn a_guest_gets_a_token_and_a_cookie_that_no_store_knows() {
    let house = House::with_anna().await;
    let mut browser = house.browser();

    let reply = browser.get("/user/csrf").await;

    let cookies = reply.set_cookies();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].starts_with("__Host-doorward-guest="), "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/; HttpOnly; Secure; SameSite=Strict"), "{cookies:?}");
    let again = browser.get("/user/csrf").await;
    assert_eq!(again.set_cookies().len(), 0, "the cookie is good for a while");
    house.clock.advance(2 * 3_600);
    assert_eq!(browser.get("/user/csrf").await.set_cookies().len(), 1);
}

#[tokio::test]
async fn a_page_shows_everybody_a_token_of_their_own() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let page = browser.get("/page").await;
    assert!(page.text.starts_with("guest ") && page.text.len() > 40, "{}", page.text);
    assert_eq!(page.set_cookies().len(), 1, "what the token is bound to");
    assert_eq!(browser.get("/page").await.set_cookies().len(), 0);
    browser.log_in("anna").await;

    let page = browser.get("/page").await.text;

    let (name, token) = page.split_once(' ').expect("name and token");
    assert_eq!(name, "anna");
    browser.token = Some(token.into());
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_guests_token_is_worth_nothing_in_a_session() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let guest = browser.get("/user/csrf").await.json()["csrf_token"].as_str().expect("a token").to_owned();
    browser.log_in("anna").await;
    browser.token = Some(guest);

    assert_eq!(browser.post("/orders", json!({})).await.refusal(), (403, "csrf".into()));
}

#[tokio::test]
async fn over_plain_http_where_no_cookie_is_given_there_is_no_token_for_guests() {
    let house = House::open(&format!("public_url = [\"https://shop.example\"]\n{SHOP}")).await;

    assert_eq!(house.plain_browser().get("/user/csrf").await.refusal(), (403, "https_required".into()));
}

#[tokio::test]
async fn strangers_get_no_cookie_anywhere_else() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for path in ["/countries", "/welcome", "/orders", "/nothing", "/user/me", "/user/sessions"] {
        assert_eq!(browser.get(path).await.set_cookies(), Vec::<&str>::new(), "{path}");
    }
}

#[tokio::test]
async fn forged_requests_pass_where_they_are_only_counted_and_own_resources_are_not_among_them() {
    let house = House::open(&format!("{SHOP}\n[csrf]\nreport_only = true\n")).await;
    house.add("default", "anna", &[]).await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    browser.token = None;
    let mut forged = browser.with("origin", "https://evil.example");

    assert_eq!(forged.post("/orders", json!({})).await.status, 200);
    assert_eq!(forged.delete("/user/sessions").await.refusal(), (403, "csrf".into()));
    let tallies = house.engine.tallies();
    assert!(tallies.iter().any(|tally| tally.outcome == "csrf_foreign_origin"), "what passed was counted");
}
