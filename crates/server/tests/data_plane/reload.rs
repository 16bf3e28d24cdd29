//! Other settings while the server runs.

use crate::kit::{House, OPEN, Upstream, ok};

#[test]
fn upstreams_and_limits_change_and_connections_stay() {
    let (one, two) = (Upstream::answering(|_| ok("one")), Upstream::answering(|_| ok("two")));
    let house = House::before(&one, OPEN);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/", &[]).answer().text(), "one");
    house.reload(&format!("upstream = \"{}\"\nlimits = {{ body = \"3\" }}\n{OPEN}", two.url())).expect("reloads");
    assert_eq!(client.request("GET", "/", &[]).answer().text(), "two");
    assert_eq!(client.request_with("POST", "/", &[], "abcd").answer().status, 413);
}

#[test]
fn an_upstream_that_has_not_changed_keeps_its_connections() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    house.reload(&format!("upstream = \"{}\"\n{OPEN}", upstream.url())).expect("reloads");
    assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn what_cannot_be_taken_changes_nothing() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let bad = format!("[upstream.one]\nurl = \"https://localhost:1\"\nca = \"absent.pem\"\n{OPEN}");
    let error = house.reload(&bad).expect_err("refused").to_string();
    assert!(error.contains("absent.pem"), "{error}");
    assert_eq!(house.client().request("GET", "/a", &[]).answer().text(), "/a");
}
