//! Logging in.

use serde_json::json;

use crate::house::{House, PASSWORD, SHOP};

#[tokio::test]
async fn a_log_in_answers_with_session_user_and_token_and_sets_cookies_for_https() {
    let house = House::with_anna().await;
    let mut browser = house.browser().with("user-agent", "Lynx/2.9");

    let reply = browser.log_in("anna").await;

    assert_eq!(reply.status, 201, "{}", reply.text);
    let body = reply.json();
    let id = body["session"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(reply.header("location"), Some(format!("/user/sessions/{id}").as_str()));
    assert_eq!(
        body["session"],
        json!({
            "id": id, "realm": "default",
            "created_at": "2023-11-14T22:13:20Z", "last_seen_at": "2023-11-14T22:13:20Z",
            "idle_ends_at": "2023-11-14T22:43:20Z", "ends_at": "2023-11-15T10:13:20Z",
            "remember": false, "current": true, "address": "127.0.0.1", "device": "Lynx/2.9",
        })
    );
    assert_eq!(
        body["user"],
        json!({
            "id": body["user"]["id"], "realm": "default", "login": "anna", "name": "anna of default",
            "email": null, "roles": [], "state": "active",
        })
    );
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let cookies = reply.set_cookies();
    let session = cookies.iter().find(|line| line.starts_with("__Host-doorward-default=")).expect("a session cookie");
    assert!(session.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"), "{session}");
    let device = cookies.iter().find(|line| line.starts_with("__Host-doorward-device=")).expect("a device cookie");
    assert!(device.ends_with("; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=31536000"), "{device}");
    assert_eq!(cookies.len(), 2);
    let token = browser.session().expect("a token");
    assert!(!reply.text.contains(token) && !reply.header("location").is_some_and(|text| text.contains(token)));
}

#[tokio::test]
async fn over_plain_http_at_home_the_cookie_has_no_prefix_and_is_not_secure() {
    let house = House::with_anna().await;
    let mut browser = house.plain_browser();

    let reply = browser.log_in("anna").await;

    assert_eq!(reply.status, 201);
    let cookies = reply.set_cookies();
    assert!(
        cookies.iter().any(|line| {
            line.starts_with("doorward-default=") && line.ends_with("; Path=/; HttpOnly; SameSite=Lax")
        })
    );
    assert!(cookies.iter().all(|line| !line.contains("Secure")), "{cookies:?}");
    assert_eq!(browser.get("/orders").await.text, "orders of anna by GET,POST /orders");
    assert_eq!(reply.header("strict-transport-security"), None);
}

#[tokio::test]
async fn a_cookie_of_the_plain_kind_says_nothing_over_https() {
    let house = House::with_anna().await;
    let mut plain = house.plain_browser();
    plain.log_in("anna").await;

    let mut browser = house.browser();
    browser.cookies = plain.cookies.clone();

    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn a_cookie_of_the_encrypted_kind_that_comes_over_plain_http_ends_its_session() {
    let rules = format!("public_url = [\"https://shop.example\"]\n{SHOP}");
    let house = House::open(&rules).await;
    house.add("default", "anna", &[]).await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let mut plain = house.plain_browser();
    plain.cookies = browser.cookies.clone();
    assert_eq!(plain.get("/orders").await.status, 401);

    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn every_log_in_begins_a_fresh_session_and_ends_the_one_that_was_shown() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let mut earlier = browser.clone();

    browser.log_in("anna").await;

    assert_ne!(browser.session(), earlier.session());
    assert_eq!(browser.get("/orders").await.status, 200);
    assert_eq!(earlier.get("/orders").await.status, 401);
}

#[tokio::test]
async fn a_planted_token_is_never_adopted() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let planted = "A".repeat(43);
    browser.cookies.insert("__Host-doorward-default".into(), planted.clone());

    browser.log_in("anna").await;

    assert_ne!(browser.session(), Some(planted.as_str()));
    let mut attacker = house.browser();
    attacker.cookies.insert("__Host-doorward-default".into(), planted);
    assert_eq!(attacker.get("/orders").await.status, 401);
}

#[tokio::test]
async fn logging_in_as_somebody_else_carries_nothing_over() {
    let house = House::with_anna().await;
    house.add("default", "ben", &["trader"]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;
    let mut ben = browser.clone();

    browser.log_in("anna").await;

    assert_eq!(browser.get("/user/me").await.json()["login"], "anna");
    assert_eq!(browser.get("/reports").await.status, 403);
    assert_eq!(ben.get("/orders").await.status, 401);
}

#[tokio::test]
async fn a_log_in_that_fails_leaves_the_session_alone() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    let reply = browser.claim(json!({ "login": "anna", "password": "wrong" })).await;

    assert_eq!(reply.refusal(), (401, "bad_credentials".into()));
    assert_eq!(browser.get("/orders").await.status, 200);
}

#[tokio::test]
async fn unknown_disabled_and_wrong_are_answered_alike() {
    let house = House::with_anna().await;
    let dan = house.add("default", "dan", &[]).await;
    house.engine.set_state(&doorward::Actor::console(), &dan, doorward::UserState::Disabled).await.expect("disabled");

    let claims = [("anna", "wrong"), ("nobody", PASSWORD), ("dan", PASSWORD), ("a:b", PASSWORD), ("", PASSWORD)];
    let mut answers = Vec::new();
    for (login, password) in claims {
        let reply = house.browser().post("/user/sessions", json!({ "login": login, "password": password })).await;
        let mut body = reply.json();
        body.as_object_mut().expect("an object").remove("request_id");
        let mut headers: Vec<_> = reply.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers.retain(|line| !line.starts_with("date") && !line.starts_with("x-request-id"));
        answers.push((reply.status, body.to_string(), headers));
    }

    assert_eq!(answers[0].0, 401);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn who_asks_to_stay_logged_in_stays_for_as_long_as_the_realm_says() {
    let house = House::with_anna().await;
    let mut browser = house.browser();

    let reply = browser.claim(json!({ "login": "anna", "password": PASSWORD, "remember": true })).await;

    let month = 30 * 86_400;
    assert!(
        reply.set_cookies().iter().any(|line| {
            line.starts_with("__Host-doorward-default=") && line.ends_with(&format!("; Max-Age={month}"))
        })
    );
    let session = &reply.json()["session"];
    assert_eq!((&session["remember"], &session["idle_ends_at"]), (&json!(true), &json!(null)));
    assert_eq!(session["ends_at"], "2023-12-14T22:13:20Z");
    house.clock.advance(month - 1);
    assert_eq!(browser.get("/orders").await.status, 200);
    house.clock.advance(1);
    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn where_the_realm_does_not_remember_asking_has_no_effect() {
    let house = House::open(&SHOP.replace(", remember = \"30d\"", "")).await;
    house.add("default", "anna", &[]).await;

    let reply = house.browser().claim(json!({ "login": "anna", "password": PASSWORD, "remember": true })).await;

    assert_eq!(reply.json()["session"]["remember"], false);
    assert!(
        reply
            .set_cookies()
            .iter()
            .all(|line| !line.starts_with("__Host-doorward-default=") || !line.contains("Max-Age"))
    );
}

#[tokio::test]
async fn past_the_greatest_number_of_sessions_the_oldest_ends() {
    let house = House::open(&format!("{SHOP}\n[realm.default.sessions]\nmax = 2\n")).await;
    house.add("default", "anna", &[]).await;
    let mut browsers = [house.browser(), house.browser(), house.browser()];
    for browser in &mut browsers {
        house.clock.advance(1);
        assert_eq!(browser.log_in("anna").await.status, 201);
    }

    let [first, second, third] = &mut browsers;
    assert_eq!(first.get("/orders").await.status, 401);
    assert_eq!(second.get("/orders").await.status, 200);
    assert_eq!(third.get("/orders").await.status, 200);
}

#[tokio::test]
async fn where_the_file_says_so_a_log_in_past_the_greatest_number_is_refused() {
    let house = House::open(&format!("{SHOP}\n[realm.default.sessions]\nmax = 1\npolicy = \"deny_new\"\n")).await;
    house.add("default", "anna", &[]).await;
    let mut first = house.browser();
    first.log_in("anna").await;

    assert_eq!(house.browser().log_in("anna").await.refusal(), (403, "too_many_sessions".into()));

    // The browser that has the one session may log in again: its own ends for it.
    assert_eq!(first.log_in("anna").await.status, 201);
}

#[tokio::test]
async fn fifty_parallel_log_ins_leave_no_more_sessions_than_allowed() {
    let house = House::open(&format!("{SHOP}\n[realm.default.sessions]\nmax = 3\n")).await;
    house.add("default", "anna", &[]).await;
    let log_ins = (0..50).map(|_| {
        let mut browser = house.browser();
        async move {
            browser.log_in("anna").await;
            browser
        }
    });
    let browsers = futures_util::future::join_all(log_ins).await;

    let mut live = 0;
    for mut browser in browsers {
        live += usize::from(browser.get("/orders").await.status == 200);
    }
    assert_eq!(live, 3);
}
