//! Methods that a path has, and those that nobody has.

use super::*;

#[test]
fn head_is_served_where_get_is_and_by_the_same_route() {
    let policy = compiled(&[route("GET /a", "\"self\"", ""), open("* /*all"), open("POST /b")].concat());
    assert_eq!(led(&policy, "HEAD", "/a"), "GET /a");
    assert_eq!(led(&policy, "HEAD", "/b"), "* /*all");
    let policy = compiled(&open("POST /b"));
    assert_eq!(led(&policy, "HEAD", "/b"), "405 OPTIONS, POST");
}

#[test]
fn a_missing_method_is_told_with_all_that_the_path_has() {
    let policy =
        compiled(&[open("GET,DELETE /a/b"), open("PUT /a/:x"), open("PROPFIND /a/*r"), open("POST /b")].concat());
    assert_eq!(led(&policy, "POST", "/a/b"), "405 DELETE, GET, HEAD, OPTIONS, PROPFIND, PUT");
    assert_eq!(led(&policy, "POST", "/a/c"), "405 OPTIONS, PROPFIND, PUT");
    assert_eq!(led(&policy, "POST", "/a/c/d"), "405 OPTIONS, PROPFIND");
    assert_eq!(led(&policy, "GET", "/b"), "405 OPTIONS, POST");
}

#[test]
fn what_no_route_has_is_not_found_with_any_known_method() {
    let policy = compiled(&open("GET /a"));
    for method in ["GET", "HEAD", "POST", "OPTIONS", "PATCH", "QUERY", "PROPFIND", "VERSION-CONTROL"] {
        assert_eq!(led(&policy, method, "/b"), "404", "{method}");
    }
}

#[test]
fn a_method_that_nobody_knows_is_not_implemented_whatever_the_path() {
    let policy = compiled(&[open("GET /a"), open("* /b")].concat());
    for method in ["get", "Get", "FOO", "GETT", "PURGE", "SUBSCRIBE"] {
        for path in ["/a", "/b", "/c"] {
            assert_eq!(led(&policy, method, path), "501", "{method} {path}");
        }
    }
}

#[test]
fn a_method_that_a_route_names_is_known_everywhere() {
    let policy = compiled(&[open("GET,PURGE /a"), open("* /b"), open("GET /c")].concat());
    assert_eq!(led(&policy, "PURGE", "/a"), "GET,PURGE /a");
    assert_eq!(led(&policy, "PURGE", "/b"), "* /b");
    assert_eq!(led(&policy, "PURGE", "/c"), "405 GET, HEAD, OPTIONS");
    assert_eq!(led(&policy, "PURGE", "/d"), "404");
}

#[test]
fn methods_that_echo_or_tunnel_are_never_allowed() {
    let policy = compiled(&[open("* /a"), open("GET /b")].concat());
    for method in ["TRACE", "TRACK", "CONNECT"] {
        assert!(led(&policy, method, "/a").starts_with("405 ACL, BIND, CHECKIN"), "{method}");
        assert!(!led(&policy, method, "/a").contains(method));
        assert_eq!(led(&policy, method, "/b"), "405 GET, HEAD, OPTIONS");
        assert_eq!(led(&policy, method, "/c"), "405 ");
    }
}

#[test]
fn what_a_path_has_is_known_without_asking_for_one() {
    let policy = compiled(&["mount = \"/auth\"\n".into(), open("GET /a"), open("POST /:x")].concat());
    let allowed = |path| policy.allowed(Door::Public, "h", path).map(|allow| allow.to_string());
    assert_eq!(allowed("/a").as_deref(), Some("GET, HEAD, OPTIONS, POST"));
    assert_eq!(allowed("/b").as_deref(), Some("OPTIONS, POST"));
    assert_eq!(allowed("/a/b"), None);
    let header = policy.allowed(Door::Public, "h", "/b").and_then(|allow| allow.header());
    assert_eq!(header, Some(http::HeaderValue::from_static("OPTIONS, POST")));
}

#[test]
fn an_own_path_is_own_with_every_method() {
    let policy = compiled(&open("* /*all"));
    assert_eq!(led(&policy, "GET", "/user/me"), "GET /user/me");
    assert_eq!(led(&policy, "PUT", "/user/me"), "405 GET, HEAD, OPTIONS, PATCH");
    assert_eq!(led(&policy, "PUT", "/user/mee"), "* /*all");
    assert_eq!(led(&policy, "GET", "/user/me/"), "GET /user/me");
}
