//! Methods (table Q).

use crate::kit::{House, Upstream};

const RULES: &str = "[[route]]\nmatch = \"GET /a\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"POST /a\"\naccess = \"self\"\n\
    [[route]]\nmatch = \"* /any\"\naccess = \"self\"\n";

#[test]
fn override_headers_are_ignored_and_removed() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let lines = [
        "X-HTTP-Method-Override: POST",
        "X-HTTP-Method: POST",
        "X-Method-Override: POST",
        "X_HTTP_Method_Override: POST",
    ];
    assert_eq!(house.client().request("GET", "/a", &lines).answer().status, 200);
    let seen = upstream.last();
    assert_eq!(seen.method, "GET");
    assert!(!seen.headers.iter().any(|(name, _)| name.contains("override") || name.contains("http-method")));
}

#[test]
fn head_is_judged_as_get() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    assert_eq!(house.client().request("HEAD", "/a", &[]).answer_to_head().status, 200);
    assert_eq!(upstream.last().method, "HEAD");
    assert_eq!(house.client().request("HEAD", "/any", &[]).answer_to_head().status, 401);
}

#[test]
fn a_method_that_a_path_does_not_have_is_told_which_it_has() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    for method in ["PATCH", "DELETE", "PROPFIND"] {
        let answer = house.client().request(method, "/a", &[]).answer();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS, POST")), "{method}");
    }
    for method in ["FOO", "get", &"X".repeat(200)] {
        assert_eq!(house.client().request(method, "/a", &[]).answer().status, 501, "{method}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn options_is_answered_here() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let answer = house.client().request("OPTIONS", "/a", &[]).answer();
    assert_eq!((answer.status, answer.header("allow")), (204, Some("GET, HEAD, OPTIONS, POST")));
    assert_eq!(house.client().request("OPTIONS", "*", &[]).answer().status, 404);
    assert_eq!(house.client().request("OPTIONS", "/any", &[]).answer().status, 401);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn nothing_echoes_and_nothing_tunnels() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"* /any\"\naccess = \"anonymous\"\n");
    for text in [
        "TRACE /any HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "TRACK /any HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
    ] {
        let answer = house.client().send(text).answer();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("")), "{text:?}");
    }
    assert_eq!(upstream.connections(), 0);
}
