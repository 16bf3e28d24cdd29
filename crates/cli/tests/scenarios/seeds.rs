//! The examples of the documents that Doorward was made after, with host and user adapted.

use base64ct::{Base64, Encoding as _};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::kit::{Browser, Demo, Place};

/// Sends bytes, and reads what comes back until the other side closes.
async fn raw(base: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

// eZ Platform

/// "Raw HTTP request with basic authentication".
fn ez_basic(base: &str, login: &str, password: &str) -> String {
    let host = base.trim_start_matches("http://");
    let credentials = Base64::encode_string(format!("{login}:{password}").as_bytes());
    format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\nAccept: application/vnd.ez.api.Root+json\r\n\
         Authorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn ez_a_raw_request_with_basic_authentication() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let answer = raw(&demo.base, &ez_basic(&demo.base, "anna@example.com", "anna-drinks-green-tea")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"method\":\"basic\"") && answer.contains("anna@example.com"), "{answer}");
    // Stateless: no cookie.
    assert!(!answer.to_lowercase().contains("set-cookie"), "{answer}");
    let answer = raw(&demo.base, &ez_basic(&demo.base, "Aladdin", "open sesame")).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.to_lowercase().contains("www-authenticate: basic realm="), "{answer}");
}

#[tokio::test]
async fn ez_the_credentials_of_the_document_as_they_stand() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let host = demo.base.trim_start_matches("http://").to_owned();
    let answer = raw(
        &demo.base,
        &format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nAccept: application/vnd.ez.api.Root+json\r\n\
             Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nConnection: close\r\n\r\n"
        ),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn ez_a_session_is_created_by_post_and_ended_by_delete() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    // "Add it as a cookie to your REST requests, and the user will be authenticated."
    let created = browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await;
    assert_eq!(created.status, 201);
    assert!(created.headers.contains_key("location") && created.headers.contains_key("set-cookie"));
    assert_eq!(browser.get("/").await.json()["caller"]["method"], "session");
    // "Logging out is done using a DELETE request on the same resource."
    let ended = browser.change(Method::DELETE, "/user/sessions", json!(null)).await;
    assert_eq!(ended.status, 204);
    assert_eq!(browser.get("/rest/V1/customers/me").await.status, 401);
}

// Kirby

#[tokio::test]
async fn kirby_a_script_sends_the_token_with_every_request() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    browser.log_in(Some("admin"), "kim@example.com", "kim-writes-each-page").await;
    // The page embeds what `csrf()` gives in the document.
    let page = browser.get("/site/example").await;
    let csrf = page.body.split("name=csrf content=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    // fetch("/api/pages/example", { method: "GET", headers: { "X-CSRF" : csrf } })
    let fetch = browser.request(Method::GET, "/api/pages/example").header("X-CSRF", csrf);
    let answer = browser.send(fetch).await;
    assert_eq!(answer.status, 200);
    // const page = response.data;
    assert_eq!(answer.json()["data"]["title"], "Example");
    let without = browser.get("/api/pages/example").await;
    assert_eq!((without.status, without.problem().as_str()), (403, "csrf"));
}

#[tokio::test]
async fn kirby_a_remote_request_with_basic_needs_no_token() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    // Remote::get('https://yoursite.com/api/pages/example', ['headers' => ['Authorization: Basic ' . base64_encode(…)]])
    let browser = Browser::at(&demo.base);
    let remote = browser.request(Method::GET, "/api/pages/example");
    let answer = browser.send(remote.basic_auth("kim@example.com", Some("kim-writes-each-page"))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["data"]["id"], "example");
}

#[tokio::test]
async fn kirby_basic_over_plain_http_is_refused_unless_it_is_allowed() {
    use crate::kit::{Api, Server};
    let api = Api::start().await;
    let place = Place::with(&crate::rules(&api.base).replace("allow_insecure = true", "allow_insecure = false"));
    let server = Server::start(&place);
    let browser = Browser::at(&server.base);
    let remote = browser.request(Method::GET, "/me").basic_auth("anna", Some("whatever it may be"));
    let answer = browser.send(remote).await;
    assert_eq!((answer.status, answer.problem().as_str()), (403, "https_required"));
}

// Magento

#[tokio::test]
async fn magento_a_customer_fetches_their_own_details() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await;
    // GET /rest/V1/customers/me
    let me = browser.get("/rest/V1/customers/me").await;
    assert_eq!((me.status, me.json()["id"].as_u64()), (200, Some(7)));
}

#[tokio::test]
async fn magento_an_admin_has_what_the_profile_assigns() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let (mut support, mut editor) = (Browser::at(&demo.base), Browser::at(&demo.base));
    support.log_in(Some("admin"), "sam@example.com", "sam-answers-the-phone").await;
    editor.log_in(Some("admin"), "kim@example.com", "kim-writes-each-page").await;
    // The resource Magento_Customer::group.
    assert_eq!(support.get("/rest/V1/customerGroups/1").await.json()["code"], "General");
    assert_eq!(editor.get("/rest/V1/customerGroups/1").await.status, 403);
}

#[tokio::test]
async fn magento_whoever_is_not_authenticated_is_a_guest() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let guest = Browser::at(&demo.base);
    assert_eq!(guest.get("/rest/V1/directory/countries").await.status, 200);
    assert_eq!(guest.get("/rest/V1/customers/me").await.status, 401);
    // A cookie that nobody issued is no different.
    let stale =
        guest.request(Method::GET, "/rest/V1/directory/countries").header("Cookie", "doorward-customer=nonsense");
    assert_eq!(guest.send(stale).await.status, 200);
}
