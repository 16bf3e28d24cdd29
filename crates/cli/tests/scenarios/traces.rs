//! OpenTelemetry: what a collector is sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::routing::post;
use rustix::process::Signal;
use tokio::net::TcpListener;

use crate::kit::{Api, Browser, Place, Server};
use crate::rules;

type Received = Arc<Mutex<Vec<Bytes>>>;

/// A collector that keeps what it is sent.
async fn collector() -> (String, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let received = Received::default();
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let router = Router::new().route(path, post(take)).with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    (endpoint, received)
}

async fn take(State(received): State<Received>, body: Bytes) -> HeaderMap {
    received.lock().expect("no panic").push(body);
    let taken = [("content-type", "application/grpc"), ("grpc-status", "0")];
    taken.into_iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
}

fn has(received: &Received, text: &str) -> bool {
    let all = received.lock().expect("no panic");
    all.iter().any(|body| body.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_a_span_with_its_route_and_outcome() {
    let (endpoint, received) = collector().await;
    let api = Api::start().await;
    let place =
        Place::with(&format!("{}\n[otel]\nendpoint = \"{endpoint}\"\nservice = \"the door\"\n", rules(&api.base)));
    let mut server = Server::start(&place);
    let browser = Browser::at(&server.base);
    let seen = browser.get("/open?secret=7").await.json();
    assert!(seen["headers"]["traceparent"].as_str().is_some_and(|parent| parent.starts_with("00-")), "{seen}");
    assert_eq!(browser.get("/me").await.status, 401);
    // The last ones are sent at the end.
    server.signal(Signal::TERM);
    assert_eq!(server.end(), 0);
    for text in
        ["the door", "* /open", "GET,POST /me", "http.response.status_code", "not_logged_in", "doorward.request_id"]
    {
        assert!(has(&received, text), "{text}");
    }
    assert!(!has(&received, "secret"));
    assert!(!server.lines().iter().any(|line| line.contains("http.route")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_before_anybody_is_asked_is_one_span() {
    let (endpoint, received) = collector().await;
    let api = Api::start().await;
    let place = Place::with(&format!("{}\n[otel]\nendpoint = \"{endpoint}\"\n", rules(&api.base)));
    let mut server = Server::start(&place);
    let browser = Browser::at(&server.base);
    assert_eq!(browser.send(browser.request(reqwest::Method::TRACE, "/open")).await.status, 405);
    server.signal(Signal::TERM);
    assert_eq!(server.end(), 0);
    let all = received.lock().expect("no panic").concat();
    let name = b"doorward.request_id";
    assert_eq!(all.windows(name.len()).filter(|window| window == name).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_choose_the_trace_and_trusted_proxies_do() {
    let (endpoint, received) = collector().await;
    let api = Api::start().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let text = format!("{}\n[otel]\nendpoint = \"{endpoint}\"\n", rules(&api.base));
    for trusted in [false, true] {
        let proxies = if trusted { "trusted_proxies = [\"127.0.0.1\"]\n" } else { "" };
        let place = Place::with(&format!("{proxies}{text}"));
        let mut server = Server::start(&place);
        let browser = Browser::at(&server.base);
        let parent = format!("00-{trace}-00f067aa0ba902b7-01");
        let request = browser.request(reqwest::Method::GET, "/open").header("traceparent", parent);
        let seen = browser.send(request).await.json();
        let went = seen["headers"]["traceparent"].as_str().expect("a parent").to_owned();
        assert_eq!(went.contains(trace), trusted, "{went}");
        assert!(!went.contains("00f067aa0ba902b7"), "{went}");
        server.signal(Signal::TERM);
        assert_eq!(server.end(), 0);
    }
    assert!(has(&received, "* /open"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_is_no_hindrance() {
    let api = Api::start().await;
    let place = Place::with(&format!("{}\n[otel]\nendpoint = \"http://127.0.0.1:1\"\n", rules(&api.base)));
    let mut server = Server::start(&place);
    assert_eq!(Browser::at(&server.base).get("/open").await.status, 200);
    server.signal(Signal::TERM);
    assert_eq!(server.end(), 0);
}

#[test]
fn an_address_that_cannot_be_a_collectors_is_refused() {
    let place = Place::with("[otel]\nendpoint = \"https://collector.example:4317\"\n");
    let error = place.run("serve").failed(1);
    assert!(error.contains("is no address of a collector"), "{error}");
}
