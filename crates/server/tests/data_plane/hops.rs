//! What concerns one hop stays there (table C).

use crate::kit::{House, OPEN, Upstream, ok, until};

#[test]
fn a_protected_header_cannot_be_nominated() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for name in [
        "X-Doorward-User",
        "Cookie",
        "Authorization",
        "Origin",
        "Host",
        "Content-Length",
        "X-CSRF",
        "Sec-Fetch-Site",
        "X-Forwarded-For",
        "x_doorward_user",
    ] {
        let answer = house.client().request("GET", "/", &[&format!("Connection: close, {name}")]).answer();
        assert_eq!((answer.status, answer.code().as_str()), (400, "protected_header"), "{name}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn nominated_and_hop_by_hop_headers_go_no_further() {
    let upstream = Upstream::answering(|_| {
        b"HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let house = House::before(&upstream, OPEN);
    let lines =
        ["Connection: X-Foo, keep-alive", "X-Foo: 1", "Keep-Alive: timeout=5", "Proxy-Connection: close", "TE: gzip"];
    let answer = house.client().request("GET", "/", &lines).answer();
    let seen = upstream.last();
    for name in ["x-foo", "keep-alive", "proxy-connection", "te", "connection"] {
        assert!(!seen.has(name), "{name}");
    }
    for name in ["x-hop", "keep-alive", "proxy-connection"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn an_upgrade_to_another_version_of_http_is_neither_forwarded_nor_honoured() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let lines = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
    let mut client = house.client();
    let answer = client.request("GET", "/", &lines).answer();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(client.is_closed());
    let seen = upstream.last();
    assert!(!seen.has("upgrade") && !seen.has("http2-settings") && !seen.has("connection"));
}

#[test]
fn a_loop_is_found_by_via() {
    let first = Upstream::echo();
    let house = House::before(&first, OPEN);
    house.client().request("GET", "/", &["Via: 1.0 front"]).answer();
    let seen = first.last();
    let via = seen.header("via").expect("a via").to_owned();
    assert!(via.starts_with("1.0 front, 1.1 doorward-"), "{via}");
    let answer = house.client().request("GET", "/", &[&format!("Via: {via}")]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (508, "loop_detected"));
}

#[test]
fn a_refusal_comes_before_any_100_and_the_body_is_not_read() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"POST /own\"\naccess = \"self\"\n");
    let mut client = house.client();
    client.request("POST", "/own", &["Expect: 100-continue", "Content-Length: 5"]);
    let answer = client.head();
    assert_eq!((answer.status, answer.header("connection")), (401, Some("close")));
    client.rest();
    assert!(client.is_closed());
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn an_expected_100_comes_when_the_request_is_let_in() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    client.request("POST", "/", &["Expect: 100-Continue", "Content-Length: 5"]);
    assert_eq!(client.head().status, 100);
    let answer = client.send("hello").answer();
    assert_eq!(answer.text(), "hello");
    assert!(!upstream.last().has("expect"));
}

#[test]
fn an_unknown_expectation_fails_and_an_old_clients_is_not_read() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    assert_eq!(house.client().request("GET", "/", &["Expect: 200-ok"]).answer().status, 417);
    let old = house.client().send("GET / HTTP/1.0\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n").answer();
    assert_eq!(old.status, 200);
    assert!(!upstream.last().has("expect"));
}

#[test]
fn trailers_go_through_and_never_say_who_is_calling() {
    let upstream = Upstream::answering(|seen| {
        let asked = seen.header("te") == Some("trailers");
        assert!(asked || seen.method == "POST");
        b"HTTP/1.1 200 OK\r\nTrailer: X-Sum, Set-Cookie\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\nSet-Cookie: a=b\r\n\r\n".to_vec()
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    let answer = client.request("GET", "/", &["TE: trailers", "Connection: TE"]).answer();
    assert_eq!((answer.text().as_str(), answer.is_whole), ("ok", true));
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "9".to_owned())]);
    client.request("POST", "/", &["Transfer-Encoding: chunked", "Trailer: X-Sum, X-Doorward-User, x_doorward_user"]);
    let answer = client.send("1\r\na\r\n0\r\nX-Sum: 9\r\nX-Doorward-User: 1\r\nx_doorward_user: 1\r\n\r\n").answer();
    assert_eq!(answer.status, 200);
    let seen =
        until("the upstream has read the request", || upstream.seen().into_iter().find(|seen| seen.method == "POST"));
    assert_eq!(seen.trailers, [("x-sum".to_owned(), "9".to_owned())]);
}
