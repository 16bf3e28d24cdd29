use http::HeaderMap;
use http::request::Parts;

use super::*;

fn parts(lines: &[(&str, &str)]) -> Parts {
    let mut request = http::Request::builder();
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn what_concerns_one_hop_stays_here() {
    let mut request = parts(&[
        ("Accept", "*/*"),
        ("Connection", "close, X-Foo, keep-alive"),
        ("X-Foo", "1"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Connection", "close"),
        ("Proxy-Authorization", "Basic x"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "x"),
        ("Expect", "100-continue"),
        ("Proxy", "http://evil"),
        ("TE", "deflate"),
    ]);
    clean_request(&mut request.headers, true);
    assert_eq!(names(&request.headers), ["accept"]);
}

#[test]
fn trailers_are_asked_for_when_the_client_asks() {
    let mut request = parts(&[("TE", "trailers, deflate;q=0.5"), ("Connection", "TE")]);
    clean_request(&mut request.headers, false);
    assert_eq!(request.headers[header::TE], "trailers");
    assert_eq!(request.headers[header::CONNECTION], "te");
}

#[test]
fn identity_and_override_headers_are_removed_in_every_spelling() {
    for name in [
        "X-Doorward-User",
        "x_doorward_user",
        "X.Doorward.User",
        "X-Doorward_Roles",
        "Remote-User",
        "remote_user",
        "X-Forwarded-User",
        "X_Forwarded_For",
        "X-HTTP-Method-Override",
        "X_HTTP_Method_Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Uri",
        "X-Forwarded-Prefix",
        "True-Client-IP",
        "X-SSL-Client-Verify",
        "X-Request-Id",
        "Content_Type",
        "Content_Length",
        "content.encoding",
        "Transfer_Encoding",
        "Sec_Fetch_Site",
        "X_CSRF",
        "X_Requested_With",
        "If_Match",
    ] {
        let mut request = parts(&[(name, "x"), ("Accept", "*/*")]);
        clean_request(&mut request.headers, true);
        assert_eq!(names(&request.headers), ["accept"], "{name}");
    }
    let mut request = parts(&[("X_Colour", "red"), ("user_agent", "x"), ("Content-Type", "text/plain")]);
    clean_request(&mut request.headers, true);
    assert_eq!(names(&request.headers), ["content-type", "user_agent", "x_colour"]);
}

#[test]
fn an_own_via_is_a_loop() {
    let request = parts(&[("Via", "1.1 front, 1.1 doorward-1")]);
    assert!(is_loop(&request.headers, "doorward-1"));
    assert!(!is_loop(&request.headers, "doorward-2"));
}

#[test]
fn responses_keep_what_is_for_the_client() {
    let mut response = parts(&[
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Connection", "X-Hop"),
        ("X-Hop", "1"),
        ("Keep-Alive", "timeout=5"),
        ("Transfer-Encoding", "chunked"),
        ("Trailer", "X-Sum"),
        ("X-Accel-Redirect", "/secret"),
        ("X-Sendfile", "/secret"),
        ("X-Doorward-User", "7"),
        ("x_doorward_user", "7"),
    ])
    .headers;
    clean_response(&mut response);
    assert_eq!(names(&response), ["set-cookie", "trailer"]);
    assert_eq!(response.get_all(header::SET_COOKIE).iter().count(), 2);
}

#[test]
fn trailers_never_carry_what_was_decided_by() {
    for name in [
        "x-doorward-user",
        "x_doorward_user",
        "authorization",
        "content-length",
        "content_length",
        "host",
        "set-cookie",
    ] {
        assert!(!may_be_trailer(&HeaderName::from_static(name)), "{name}");
    }
    for name in ["x-checksum", "grpc-status", "server-timing", "digest"] {
        assert!(may_be_trailer(&HeaderName::from_static(name)), "{name}");
    }
}
