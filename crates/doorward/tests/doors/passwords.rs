//! New passwords.

use doorward::Actor;
use serde_json::json;

use crate::house::{House, OTHER, PASSWORD};

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_gives_this_one_a_new_token() {
    let house = House::with_anna().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.log_in("anna").await;
    there.log_in("anna").await;
    let mut stolen = here.clone();
    house.clock.advance(60);

    let reply = here.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;

    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(there.get("/orders").await.status, 401);
    assert_eq!(stolen.get("/orders").await.status, 401);
    assert_eq!(here.get("/orders").await.status, 200);
    assert_eq!(house.browser().log_in("anna").await.refusal(), (401, "bad_credentials".into()));
    assert_eq!(house.browser().claim(json!({ "login": "anna", "password": OTHER })).await.status, 201);
}

#[tokio::test]
async fn the_session_that_goes_on_ends_when_it_would_have_ended() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let before = browser.log_in("anna").await.json()["session"].clone();
    house.clock.advance(600);

    browser.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;

    let after = browser.get("/user/sessions/current").await.json()["session"].clone();
    assert_ne!(after["id"], before["id"]);
    assert_eq!(after["ends_at"], before["ends_at"]);
    assert_eq!(after["created_at"], before["created_at"]);
}

#[tokio::test]
async fn the_token_from_before_the_new_password_is_worth_nothing() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    browser.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;

    assert_eq!(browser.post("/orders", json!({})).await.refusal(), (403, "csrf".into()));
    let fresh = browser.get("/user/csrf").await.json()["csrf_token"].clone();
    browser.token = fresh.as_str().map(str::to_owned);
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_proof() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let wrong = browser.put("/user/me/password", json!({ "current": "wrong", "new": OTHER })).await;
    assert_eq!(wrong.refusal(), (403, "wrong_password".into()));
    let mut unproven = browser.clone();
    unproven.token = None;
    let unproven = unproven.put("/user/me/password", json!({ "current": PASSWORD, "new": OTHER })).await;
    assert_eq!(unproven.refusal(), (403, "csrf".into()));
    assert_eq!(house.browser().log_in("anna").await.status, 201);
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_reason() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    for weak in ["short", "anna anna anna anna", "passwordpassword", "aaaaaaaaaaaaaaaaaaaa", &"x".repeat(1_025)] {
        let reply = browser.put("/user/me/password", json!({ "current": PASSWORD, "new": weak })).await;
        assert_eq!(reply.refusal(), (422, "bad_password".into()), "{weak}");
        assert!(!reply.text.contains(weak) || weak.len() < 6, "{}", reply.text);
    }
    assert_eq!(house.browser().log_in("anna").await.status, 201);
}

#[tokio::test]
async fn a_new_password_is_another_one() {
    let house = House::with_anna().await;
    let (mut browser, mut other) = (house.browser(), house.browser());
    browser.log_in("anna").await;
    other.log_in("anna").await;

    let same = browser.put("/user/me/password", json!({ "current": PASSWORD, "new": PASSWORD })).await;
    assert_eq!(same.refusal(), (422, "bad_password".into()));
    assert!(same.text.contains("the one that is in use"), "{}", same.text);
    // Whoever guesses is told nothing but that the guess is wrong.
    let guess = browser.put("/user/me/password", json!({ "current": OTHER, "new": OTHER })).await;
    assert_eq!(guess.refusal(), (403, "wrong_password".into()));
    assert_eq!(other.get("/orders").await.status, 200);
}

#[tokio::test]
async fn a_password_of_1024_bytes_is_accepted_and_none_of_them_is_ignored() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let long: String =
        ('a'..='z').cycle().zip(0..).map(|(c, n)| if n % 7 == 0 { '-' } else { c }).take(1_024).collect();

    let reply = browser.put("/user/me/password", json!({ "current": PASSWORD, "new": long })).await;

    assert_eq!(reply.status, 204, "{}", reply.text);
    assert_eq!(house.browser().claim(json!({ "login": "anna", "password": long })).await.status, 201);
    let almost = &long[..1_023];
    assert_eq!(house.browser().claim(json!({ "login": "anna", "password": almost })).await.status, 401);
}

#[tokio::test]
async fn a_one_time_code_sets_a_password_once_and_logs_nobody_in() {
    let house = House::with_anna().await;
    let anna = house.add("default", "anja", &[]).await;
    let mut session = house.browser();
    session.log_in("anja").await;
    let code = house.engine.issue_code(&Actor::console(), &anna).await.expect("a code");
    let redeem = json!({ "code": code.code.as_str(), "password": OTHER });

    let mut browser = house.browser();
    let first = browser.post("/user/password-reset", redeem.clone()).await;
    let second = browser.post("/user/password-reset", redeem).await;

    assert_eq!((first.status, first.set_cookies().len()), (204, 0));
    assert_eq!(second.refusal(), (400, "bad_code".into()));
    assert_eq!(session.get("/orders").await.status, 401);
    assert_eq!(house.browser().claim(json!({ "login": "anja", "password": OTHER })).await.status, 201);
}

#[tokio::test]
async fn a_code_is_void_after_a_day_and_when_a_newer_one_was_issued() {
    let house = House::with_anna().await;
    let anja = house.add("default", "anja", &[]).await;
    let old = house.engine.issue_code(&Actor::console(), &anja).await.expect("a code");
    let new = house.engine.issue_code(&Actor::console(), &anja).await.expect("a code");
    let mut browser = house.browser();

    let reply = browser.post("/user/password-reset", json!({ "code": old.code.as_str(), "password": OTHER })).await;
    assert_eq!(reply.refusal(), (400, "bad_code".into()));
    house.clock.advance(86_400);
    let reply = browser.post("/user/password-reset", json!({ "code": new.code.as_str(), "password": OTHER })).await;
    assert_eq!(reply.refusal(), (400, "bad_code".into()));
}

#[tokio::test]
async fn a_code_says_nothing_about_the_password_in_use() {
    let house = House::with_anna().await;
    let anja = house.add("default", "anja", &[]).await;
    let mut browser = house.browser();
    let code = house.engine.issue_code(&Actor::console(), &anja).await.expect("a code");
    // Whoever issues codes would learn the password by trying, if it were refused.
    let redeem = json!({ "code": code.code.as_str(), "password": PASSWORD });
    assert_eq!(browser.post("/user/password-reset", redeem).await.status, 204);
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_code_up() {
    let house = House::with_anna().await;
    let anja = house.add("default", "anja", &[]).await;
    let code = house.engine.issue_code(&Actor::console(), &anja).await.expect("a code");
    let mut browser = house.browser();

    let weak = browser.post("/user/password-reset", json!({ "code": code.code.as_str(), "password": "short" })).await;
    assert_eq!(weak.refusal(), (422, "bad_password".into()));
    let strong = browser.post("/user/password-reset", json!({ "code": code.code.as_str(), "password": OTHER })).await;
    assert_eq!(strong.status, 204);
}

#[tokio::test]
async fn the_password_of_a_code_is_not_the_name_of_its_user() {
    let house = House::with_anna().await;
    let draft =
        doorward::UserDraft { name: "Philippa of the Lighthouse".into(), ..doorward::UserDraft::new("philippa") };
    let user = house.engine.create_user(&Actor::console(), draft).await.expect("added");
    let code = house.engine.issue_code(&Actor::console(), &user).await.expect("a code");
    let mut browser = house.browser();

    let body = json!({ "code": code.code.as_str(), "password": "philippa of the lighthouse" });
    assert_eq!(browser.post("/user/password-reset", body).await.refusal(), (422, "bad_password".into()));
    let body = json!({ "code": "a code that is none", "password": "short" });
    assert_eq!(browser.post("/user/password-reset", body).await.refusal(), (400, "bad_code".into()));
}

#[tokio::test]
async fn a_code_is_not_issued_for_somebody_who_was_altered_meanwhile() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    house.engine.change_roles(&Actor::console(), &ben, &["analyst".into()], &[]).await.expect("given");

    let issued = house.engine.issue_code(&Actor::console(), &ben).await;

    assert_eq!(issued.map(|_| ()).map_err(|refusal| refusal.code()), Err("user_changed"));
}

#[tokio::test]
async fn parallel_wrong_codes_are_stopped_like_others() {
    let house = House::with_anna().await;
    let guesses = (0..80).map(|number| {
        let mut browser = house.browser();
        let body = json!({ "code": format!("{number:022}"), "password": OTHER });
        async move { browser.post("/user/password-reset", body).await.status }
    });

    let statuses = futures_util::future::join_all(guesses).await;

    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 50);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 30);
}

#[tokio::test]
async fn many_wrong_codes_bring_a_wait() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let mut refusals = Vec::new();
    for number in 0..51 {
        let reply =
            browser.post("/user/password-reset", json!({ "code": format!("{number:022}"), "password": OTHER })).await;
        refusals.push(reply.refusal());
    }

    assert!(refusals[..50].iter().all(|refusal| *refusal == (400, "bad_code".into())), "{refusals:?}");
    assert_eq!(refusals[50], (429, "throttled".into()));
}
