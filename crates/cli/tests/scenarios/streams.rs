//! What does not end at once: events, a socket, an upload.

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::kit::{Browser, Demo, Place};

async fn anna(demo: &Demo) -> Browser {
    let mut browser = Browser::at(&demo.base);
    let answer = browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await;
    assert_eq!(answer.status, 201);
    browser
}

#[tokio::test]
async fn events_come_one_by_one_and_end_with_the_session() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let browser = anna(&demo).await;
    let response = browser.request(Method::GET, "/events").send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.bytes_stream();
    let first = events.next().await.expect("an event").expect("no failure");
    assert!(String::from_utf8_lossy(&first).contains("data: 0 for anna@example.com"));
    browser.change(Method::DELETE, "/user/sessions/current", serde_json::Value::Null).await;
    // The stream is judged again each second; it ends without anybody asking.
    while let Some(Ok(_)) = events.next().await {}
}

#[tokio::test]
async fn a_socket_echoes_and_ends_with_the_session() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let browser = anna(&demo).await;
    let mut request = demo.base.replace("http://", "ws://").into_client_request_at("/echo");
    request.headers_mut().insert("cookie", browser.cookies().parse().expect("a header"));
    request.headers_mut().insert("origin", demo.base.parse().expect("a header"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("a socket");
    socket.send(Message::text("hello")).await.expect("sent");
    assert_eq!(socket.next().await.expect("an answer").expect("no failure"), Message::text("hello"));
    browser.change(Method::DELETE, "/user/sessions/current", serde_json::Value::Null).await;
    while let Some(Ok(message)) = socket.next().await {
        assert!(!matches!(message, Message::Text(_)), "{message:?}");
    }
}

#[tokio::test]
async fn a_socket_that_another_site_opens_is_refused() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let browser = anna(&demo).await;
    let mut request = demo.base.replace("http://", "ws://").into_client_request_at("/echo");
    request.headers_mut().insert("cookie", browser.cookies().parse().expect("a header"));
    request.headers_mut().insert("origin", "https://evil.example".parse().expect("a header"));
    assert!(tokio_tungstenite::connect_async(request).await.is_err());
}

#[tokio::test]
async fn an_upload_is_streamed_up_to_its_limit() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let browser = anna(&demo).await;
    let send = async |megabytes: usize| {
        let chunks = (0..megabytes).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 1 << 20]));
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let request = browser.request(Method::POST, "/uploads").header("X-CSRF", &browser.token).body(body);
        request.send().await
    };
    let answer = send(20).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 201);
    let body: serde_json::Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    assert_eq!(body["files"][0]["bytes"], 20 << 20);
    // Too much is refused, or cut off while it comes.
    assert!(send(60).await.map_or(true, |answer| answer.status().as_u16() == 413));
}

/// A request for a socket at a path below an address.
trait AtPath {
    fn into_client_request_at(self, path: &str) -> tokio_tungstenite::tungstenite::http::Request<()>;
}

impl AtPath for String {
    fn into_client_request_at(self, path: &str) -> tokio_tungstenite::tungstenite::http::Request<()> {
        format!("{self}{path}").into_client_request().expect("an address")
    }
}
