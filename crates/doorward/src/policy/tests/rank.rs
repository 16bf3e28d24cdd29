//! Which of several routes is for a request.

use super::*;

#[test]
fn a_literal_comes_before_a_parameter_and_a_parameter_before_the_rest() {
    let text = [open("GET /a/*rest"), open("GET /a/:x"), open("GET /a/b"), open("GET /*all")].concat();
    let policy = compiled(&text);
    for (path, winner) in [
        ("/a/b", "GET /a/b"),
        ("/a/b/", "GET /a/b"),
        ("/a/c", "GET /a/:x"),
        ("/a/b/c", "GET /a/*rest"),
        ("/b", "GET /*all"),
        ("/a", "GET /*all"),
        ("/a/", "GET /*all"),
    ] {
        assert_eq!(led(&policy, "GET", path), winner, "{path}");
    }
    assert_eq!(led(&policy, "GET", "/"), "404");
}

#[test]
fn the_first_segment_that_differs_decides() {
    let policy = compiled(&[open("GET /:x/b/c"), open("GET /a/:y/:z"), open("GET /a/*r")].concat());
    assert_eq!(led(&policy, "GET", "/a/b/c"), "GET /a/:y/:z");
    assert_eq!(led(&policy, "GET", "/a/b"), "GET /a/*r");
}

#[test]
fn a_way_that_leads_nowhere_is_gone_back() {
    let policy = compiled(&[open("GET /a/b/c"), open("GET /:x/b/d"), open("GET /:x/*r"), open("POST /a/b/d")].concat());
    assert_eq!(led(&policy, "GET", "/a/b/d"), "GET /:x/b/d");
    assert_eq!(led(&policy, "GET", "/a/b/e"), "GET /:x/*r");
    assert_eq!(led(&policy, "POST", "/a/b/d"), "POST /a/b/d");
}

#[test]
fn a_named_method_comes_before_any() {
    let policy = compiled(&[open("* /a"), open("GET /a"), open("* /b/*r")].concat());
    assert_eq!(led(&policy, "GET", "/a"), "GET /a");
    assert_eq!(led(&policy, "HEAD", "/a"), "GET /a");
    assert_eq!(led(&policy, "PUT", "/a"), "* /a");
    assert_eq!(led(&policy, "PROPFIND", "/b/c"), "* /b/*r");
}

#[test]
fn the_path_decides_before_the_method_does() {
    let policy = compiled(&[open("* /a/b"), open("GET /a/:x")].concat());
    assert_eq!(led(&policy, "GET", "/a/b"), "* /a/b");
}

#[test]
fn a_route_for_a_host_comes_before_one_for_any() {
    let host = |pattern| route(pattern, "\"anonymous\"", "host = \"API.example:443\"");
    let routes = [open("GET /a"), open("GET /a/b"), host("GET /:x"), host("POST /a/b")].concat();
    let policy = compiled(&format!("mount = \"/auth\"\n{routes}"));
    assert_eq!(led_at(&policy, "GET", "api.example", "/a"), "GET api.example/:x");
    assert_eq!(led_at(&policy, "GET", "api.example", "/a/b"), "GET /a/b");
    assert_eq!(led_at(&policy, "POST", "api.example", "/a/b"), "POST api.example/a/b");
    assert_eq!(led_at(&policy, "GET", "shop.example", "/a"), "GET /a");
    assert_eq!(led_at(&policy, "GET", "shop.example", "/x"), "404");
    assert_eq!(led_at(&policy, "POST", "shop.example", "/a/b"), "405 GET, HEAD, OPTIONS");
}

#[test]
fn losers_bind_nothing() {
    let policy =
        compiled(&["mount = \"/auth/own/at\"\n".into(), open("GET /a/:id/c"), open("GET /:all/:id/:what")].concat());
    let Match::Route(found) = policy.find(Door::Public, &Method::GET, "h", "/a/7/d") else { panic!("no route") };
    assert_eq!(found.parameter("all"), Some("a"));
    assert_eq!((found.parameter("id"), found.parameter("what")), (Some("7"), Some("d")));
    let Match::Route(found) = policy.find(Door::Public, &Method::GET, "h", "/a/7/c") else { panic!("no route") };
    assert_eq!((found.parameter("all"), found.parameter("what")), (None, None));
}

#[test]
fn a_parameter_is_decoded_once_and_only_when_it_is_text() {
    let policy = compiled(&open("GET /a/:id/*rest"));
    let found = |path| match policy.find(Door::Public, &Method::GET, "h", path) {
        Match::Route(found) => found,
        other => panic!("{other:?}"),
    };
    let decoded = found("/a/zo%C3%AB%2F%25/b/c%20d");
    assert_eq!(decoded.decoded("id").as_deref(), Some("zo\u{eb}/%"));
    assert_eq!(decoded.parameter("rest"), Some("b/c%20d"));
    assert_eq!(decoded.decoded("rest").as_deref(), Some("b/c d"));
    assert_eq!(found("/a/%FF/b").decoded("id"), None);
    assert_eq!(found("/a/x/b").decoded("nothing"), None);
}

#[test]
fn two_routes_of_equal_rank_that_differ_are_an_error_with_both_lines() {
    for (one, two) in [
        (open("GET /a/:x"), route("GET /a/:y", "\"self\"", "")),
        (open("GET,POST /a"), route("PUT,POST /a", "\"anonymous\"", "csrf_token = true")),
        (open("* /a"), route("* /a/", "\"self\"", "")),
        (open("GET /a/*x"), route("HEAD /a/*y", "\"self\"", "")),
        (open("GET /%61dmin"), route("GET /admin", "\"self\"", "")),
    ] {
        let complaint =
            complained(&[one, two].concat(), 6, "match the same requests and ask for different things", "keep one");
        assert_eq!(complaint.other.map(|other| other.line()), Some(2));
    }
}

#[test]
fn routes_that_differ_in_host_or_method_are_no_rivals() {
    let host = route("GET /a", "\"self\"", "host = \"a.example\"");
    compiled(&[open("GET /a"), host, route("POST /a", "\"self\"", ""), route("* /a", "\"deny\"", "")].concat());
}

#[test]
fn a_host_in_two_spellings_is_one_host() {
    let host = |host| route("GET /a", "\"self\"", &format!("host = \"{host}\""));
    for spelling in ["A.example", "a.example.", "a.example:443", "a.example:80", "a.example.:80"] {
        let both = [host("a.example"), host(spelling)].concat();
        let complaint = complained(&both, 6, "ask for different things", "keep one");
        assert!(complaint.other.is_some(), "{spelling}");
    }
}

#[test]
fn the_same_route_twice_is_worth_a_warning() {
    let both = [open("GET /a"), open("GET /a/")].concat();
    let [(line, text)] = &warned(&both)[..] else { panic!("{:?}", warned(&both)) };
    assert_eq!((*line, &**text), (6, "`GET /a/` is declared twice"));
    assert_eq!(led(&compiled(&both), "GET", "/a"), "GET /a");
}

#[test]
fn what_is_no_match_is_told_how_to_write_one() {
    for (pattern, said, fix) in [
        ("GET", "`GET` has no path", "write `GET /orders/:id`"),
        ("", "`` has no path", "write `GET"),
        ("get /a", "`get` is no method", "in capitals"),
        ("GTE /a", "nobody knows a method `GTE`", "did you mean `GET`?"),
        ("GET,POTS /a", "nobody knows a method `POTS`", "did you mean `POST`?"),
        ("GET POST /a", "`GET POST` is no method", "in capitals"),
        ("/a", "`` is no method", "in capitals"),
        ("GET, /a", "`` is no method", "in capitals"),
        ("GET,* /a", "stands alone", "write `* /path`"),
        ("TRACE /a", "TRACE is never allowed", "take it out"),
        ("GET,CONNECT /a", "CONNECT is never allowed", "take it out"),
        ("GET /a//b", "no empty segment", "write `GET"),
        ("GET /a/../b", "no `.` and no `..`", "write `GET"),
        ("GET /:a/:a", "two parameters are named `a`", "write `GET"),
        ("GET /*a/b", "takes the rest", "write `GET"),
        ("GET /a?b=c", "cannot stand in a path", "write `GET"),
        ("GET /a b", "cannot stand in a path", "write `GET"),
    ] {
        complained(&open(pattern), 2, said, fix);
    }
}

#[test]
fn more_methods_than_64_are_too_many() {
    let text: String = (0..31).map(|number| open(&format!("M-{} /a", "X".repeat(number)))).collect();
    complained(&text, 122, "more methods are named than can be told apart", "64 at most");
}
