//! Forced parameters on their way through.

use crate::kit::{House, Upstream, ok};

const RULES: &str = "[[route]]\nmatch = \"* /orders\"\naccess = \"self\"\nforce = { customerId = \"%user_id%\" }\n";

fn open(upstream: &Upstream) -> (House, Vec<String>, String) {
    let house = House::before(upstream, RULES);
    let session = house.somebody();
    let id = house.user("ada").id.to_string();
    (house, vec![session.cookie, session.proof], id)
}

#[test]
fn a_json_body_says_what_it_must() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let (house, lines, id) = open(&upstream);
    let lines: Vec<&str> = lines.iter().map(String::as_str).chain(["Content-Type: application/json"]).collect();
    let body = "{\"customer_id\":99,\"CustomerId\":98,\"note\":\"n\"}";
    let answer = house.client().request_with("POST", "/orders?customerId=97&x=1", &lines, body).answer();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(sent, serde_json::json!({ "customerId": id.parse::<u64>().expect("a number"), "note": "n" }));
    let seen = upstream.last();
    assert_eq!(seen.target, "/orders?x=1");
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()));
}

#[test]
fn a_form_says_what_it_must_and_an_empty_body_says_it_alone() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let (house, lines, id) = open(&upstream);
    let form: Vec<&str> =
        lines.iter().map(String::as_str).chain(["Content-Type: application/x-www-form-urlencoded"]).collect();
    let answer = house.client().request_with("POST", "/orders", &form, "a=b&customerId=1&customer_id=2").answer();
    assert_eq!(answer.text(), format!("a=b&customerId={id}"));
    let plain: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = house.client().request("POST", "/orders", &plain).answer();
    assert_eq!(answer.text(), format!("{{\"customerId\":{id}}}"));
    assert_eq!(upstream.last().header("content-type"), Some("application/json"));
}

#[test]
fn a_query_says_what_it_must() {
    let upstream = Upstream::echo();
    let (house, lines, id) = open(&upstream);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = house.client().request("GET", "/orders?customerId=1&customer_id=2&x=3", &lines).answer();
    assert_eq!(answer.text(), format!("/orders?x=3&customerId={id}"));
    let answer = house.client().request_with("DELETE", "/orders", &lines, "{\"customerId\":1}").answer();
    assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"));
}

#[test]
fn what_cannot_be_read_is_not_forwarded() {
    let upstream = Upstream::echo();
    let (house, lines, _) = open(&upstream);
    let post = |more: &[&str], body: &str| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).chain(more.iter().copied()).collect();
        house.client().request_with("POST", "/orders", &lines, body).answer().status
    };
    assert_eq!(post(&["Content-Type: text/plain"], "customerId=1"), 415);
    assert_eq!(post(&["Content-Type: application/json", "Content-Encoding: gzip"], "{}"), 415);
    assert_eq!(post(&["Content-Type: application/json", "Content-Type: text/plain"], "{}"), 415);
    assert_eq!(post(&[], "{}"), 415);
    assert_eq!(post(&["Content-Type: application/json"], "{"), 400);
    assert_eq!(post(&["Content-Type: application/json"], "{\"a\":1,\"a\":2}"), 400);
    assert_eq!(post(&["Content-Type: application/json"], "[1]"), 400);
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn a_body_that_is_held_is_held_up_to_a_limit() {
    let upstream = Upstream::answering(|seen| ok(&seen.body.len().to_string()));
    let (house, lines, _) = open(&upstream);
    let lines: Vec<&str> = lines.iter().map(String::as_str).chain(["Content-Type: application/json"]).collect();
    let body = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert_eq!(house.client().request_with("POST", "/orders", &lines, &body(1 << 20)).answer().status, 200);
    assert_eq!(house.client().request_with("POST", "/orders", &lines, &body((1 << 20) + 1)).answer().status, 413);
    let chunked: Vec<&str> = lines.iter().copied().chain(["Transfer-Encoding: chunked"]).collect();
    let body = body((1 << 20) + 1);
    let mut client = house.client();
    client.request("POST", "/orders", &chunked).send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()));
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    assert_eq!(upstream.seen().len(), 1);
}
