//! Bodies: their size, their type, and what is not read of them.

use reqwest::Client;
use serde_json::json;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn a_body_longer_than_the_route_allows_is_refused_at_once_or_breaks_off() {
    let house = House::with_anna().await;
    let url = format!("{}/upload", house.browser().url());
    let client = Client::builder().no_proxy().build().expect("a client");

    let fits = client.post(&url).body(vec![b'x'; 1_024]).send().await.expect("an answer");
    assert_eq!(fits.text().await.expect("a body"), "1024");
    let stated = client.post(&url).body(vec![b'x'; 1_025]).send().await.expect("an answer");
    assert_eq!(stated.status(), 413);
    let chunks = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    let streamed = client.post(&url).body(reqwest::Body::wrap_stream(chunks)).send().await.expect("an answer");
    assert_eq!(streamed.status(), 413);
}

#[tokio::test]
async fn own_resources_read_json_and_nothing_else() {
    let house = House::with_anna().await;
    let url = format!("{}/user/sessions", house.browser().url());
    let client = Client::builder().no_proxy().build().expect("a client");
    let claim = json!({ "login": "anna", "password": PASSWORD }).to_string();

    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"]
    {
        let reply = client.post(&url).header("content-type", kind).body(claim.clone()).send().await.expect("an answer");
        assert_eq!(reply.status(), 415, "{kind}");
        assert!(reply.text().await.expect("a body").contains("unsupported_media_type"));
    }
    let untyped = client.post(&url).body(claim.clone()).send().await.expect("an answer");
    assert_eq!(untyped.status(), 415);
    let typed = client.post(&url).header("content-type", "application/json; charset=UTF-8").body(claim).send().await;
    assert_eq!(typed.expect("an answer").status(), 201);
}

#[tokio::test]
async fn a_body_that_is_not_what_is_asked_for_is_refused_without_being_repeated() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for body in [
        json!({}),
        json!([]),
        json!("anna"),
        json!({ "login": "anna" }),
        json!({ "login": 7, "password": "hunter2hunter2" }),
        json!({ "login": "anna", "password": ["hunter2hunter2"] }),
        json!({ "login": "anna", "password": "hunter2hunter2", "hunter2hunter2": 1 }),
        json!({ "login": "anna", "password": "hunter2hunter2", "remember": "hunter2hunter2" }),
    ] {
        let reply = browser.post("/user/sessions", body.clone()).await;
        assert_eq!(reply.refusal(), (400, "invalid".into()), "{body}");
        assert!(!reply.text.contains("hunter2"), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_log_in_is_at_most_8_kib() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let claim = |length: usize| {
        let empty = json!({ "login": "anna", "password": "" }).to_string().len();
        json!({ "login": "anna", "password": "x".repeat(length - empty) })
    };

    assert_eq!(browser.post("/user/sessions", claim(8_192)).await.refusal(), (401, "bad_credentials".into()));
    assert_eq!(browser.post("/user/sessions", claim(8_193)).await.refusal(), (413, "body_too_large".into()));
}

#[tokio::test]
async fn every_answer_has_a_name_and_a_client_cannot_choose_it() {
    let house = House::with_anna().await;
    let mut browser = house.browser().with("x-request-id", "mine");

    let served = browser.get("/countries").await;
    let refused = browser.get("/orders").await;

    let names = [&served, &refused].map(|reply| reply.header("x-request-id").expect("a name").to_owned());
    assert!(names[0] != names[1] && !names.contains(&"mine".to_owned()), "{names:?}");
    assert_eq!(refused.json()["request_id"], json!(names[1]));
}
