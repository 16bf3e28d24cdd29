use super::*;

fn parts(lines: &[(&str, &str)]) -> Parts {
    let mut request = http::Request::builder();
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

fn hop() -> Hop<'static> {
    let peer = "192.0.2.7".parse().ok();
    let client = "192.0.2.7".parse().expect("an address");
    Hop { peer, client, secure: false, host: "api.example", pseudonym: "doorward-1" }
}

#[test]
fn a_proxy_that_writes_one_list_is_not_the_client_in_the_other() {
    let client = "198.51.100.9".parse().expect("an address");
    let hop = Hop { client, secure: true, ..hop() };
    let mut request = parts(&[("X-Forwarded-For", "198.51.100.9")]);
    add_forwarded(&mut request, &hop);
    assert_eq!(request.headers[X_FORWARDED_FOR], "198.51.100.9, 192.0.2.7");
    assert_eq!(request.headers[header::FORWARDED], "for=198.51.100.9;proto=https;host=\"api.example\"");
    let mut request = parts(&[("Forwarded", "for=198.51.100.9;proto=https")]);
    add_forwarded(&mut request, &hop);
    assert_eq!(request.headers[X_FORWARDED_FOR], "198.51.100.9");
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
    clean_request(&mut request, true);
    assert_eq!(names(&request.headers), ["accept"]);
}

#[test]
fn trailers_are_asked_for_when_the_client_asks() {
    let mut request = parts(&[("TE", "trailers, deflate;q=0.5"), ("Connection", "TE")]);
    clean_request(&mut request, false);
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
        clean_request(&mut request, true);
        assert_eq!(names(&request.headers), ["accept"], "{name}");
    }
    let mut request = parts(&[("X_Colour", "red"), ("user_agent", "x"), ("Content-Type", "text/plain")]);
    clean_request(&mut request, true);
    assert_eq!(names(&request.headers), ["content-type", "user_agent", "x_colour"]);
}

#[test]
fn what_an_untrusted_peer_says_of_the_client_is_said_anew() {
    let spoofed = [
        ("X-Forwarded-For", "1.1.1.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil"),
        ("Forwarded", "for=1.1.1.1"),
        ("X-Real-IP", "1.1.1.1"),
    ];
    let mut request = parts(&spoofed);
    clean_request(&mut request, false);
    add_forwarded(&mut request, &hop());
    assert_eq!(request.headers[X_FORWARDED_FOR], "192.0.2.7");
    assert_eq!(request.headers[X_FORWARDED_PROTO], "http");
    assert_eq!(request.headers[X_FORWARDED_HOST], "api.example");
    assert_eq!(request.headers[header::FORWARDED], "for=192.0.2.7;proto=http;host=\"api.example\"");
    assert_eq!(request.headers[header::VIA], "1.1 doorward-1");
    assert!(!request.headers.contains_key("x-real-ip"));
}

#[test]
fn what_a_trusted_peer_says_is_continued() {
    let mut request = parts(&[
        ("X-Forwarded-For", "1.1.1.1"),
        ("X-Forwarded-For", "2.2.2.2"),
        ("Forwarded", "for=1.1.1.1"),
        ("Via", "1.0 front"),
    ]);
    clean_request(&mut request, true);
    add_forwarded(&mut request, &hop());
    assert_eq!(request.headers[X_FORWARDED_FOR], "1.1.1.1, 2.2.2.2, 192.0.2.7");
    assert_eq!(request.headers[header::FORWARDED], "for=1.1.1.1, for=192.0.2.7;proto=http;host=\"api.example\"");
    assert_eq!(request.headers[header::VIA], "1.0 front, 1.1 doorward-1");
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
