//! The root, and what errors look like in the format that was asked for.

use crate::kit::{House, Upstream};
use crate::site::{ROOT, Site, json};

#[test]
fn the_root_tells_guests_where_sessions_are_in_both_formats() {
    let site = Site::open();
    for path in ["/", ""] {
        let answer = site.ask("GET", path, &["Accept: application/vnd.ez.api.Root+json"]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/vnd.ez.api.Root+json"));
        let expected = concat!(
            r#"{"Root":{"_media-type":"application\/vnd.ez.api.Root+json","#,
            r#""createSession":{"_media-type":"application\/vnd.ez.api.UserSession+json","_href":"\/api\/ezp\/v2\/user\/sessions"},"#,
            r#""refreshSession":{"_media-type":"application\/vnd.ez.api.UserSession+json","_href":"\/api\/ezp\/v2\/user\/sessions\/{sessionId}\/refresh"}}}"#,
        );
        assert_eq!(answer.text(), expected);
        assert_eq!(answer.header("set-cookie"), None);
    }
    for accept in ["Accept: application/vnd.ez.api.Root+xml", "Accept: */*"] {
        let answer = site.ask("GET", "/", &[accept]);
        assert_eq!(answer.header("content-type"), Some("application/vnd.ez.api.Root+xml"));
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Root media-type=\"application/vnd.ez.api.Root+xml\">\
            <createSession media-type=\"application/vnd.ez.api.UserSession+xml\" href=\"/api/ezp/v2/user/sessions\"/>\
            <refreshSession media-type=\"application/vnd.ez.api.UserSession+xml\" \
            href=\"/api/ezp/v2/user/sessions/{sessionId}/refresh\"/></Root>\n";
        assert_eq!(answer.text(), expected);
    }
}

#[test]
fn a_root_that_the_rules_declare_is_the_upstreams() {
    let upstream = Upstream::echo();
    let rules = "[dialect.ez]\n[[route]]\nmatch = \"GET /api/ezp/v2/\"\naccess = \"anonymous\"\n\
        [[route]]\nmatch = \"* /*rest\"\naccess = \"anonymous\"\n";
    let house = House::before(&upstream, rules);
    let answer = house.client().request("GET", &format!("{ROOT}/"), &[]).answer();
    assert_eq!((answer.status, answer.text()), (200, format!("{ROOT}/")));
    // What is about sessions stays ours.
    let answer = house.client().request("GET", &format!("{ROOT}/user/sessions/current"), &[]).answer();
    assert_eq!(answer.status, 404);
}

#[test]
fn a_route_for_everything_is_no_root() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[dialect.ez]\n[[route]]\nmatch = \"* /*rest\"\naccess = \"anonymous\"\n");
    let answer = house.client().request("GET", &format!("{ROOT}/"), &["Accept: application/json"]).answer();
    assert!(json(&answer)["Root"]["createSession"].is_object());
}

#[test]
fn a_path_that_is_not_canonical_is_an_error_in_that_format_too() {
    let site = Site::open();
    for path in ["//content", "/content/objects/a%2Fb", "/x/../content"] {
        let answer = site.ask("GET", path, &["Accept: application/json"]);
        assert_eq!((answer.status, &json(&answer)["ErrorMessage"]["errorCode"]), (400, &400.into()), "{path}");
    }
}

#[test]
fn errors_are_in_the_format_that_is_wanted_most() {
    let site = Site::open();
    for (accept, format) in [
        ("Accept: application/vnd.ez.api.Content+json", "json"),
        ("Accept: application/json", "json"),
        ("Accept: text/html;q=0.3, application/json;q=0.5", "json"),
        ("Accept: application/vnd.ez.api.Content+xml", "xml"),
        ("Accept: text/html", "xml"),
        ("Accept: */*", "xml"),
        ("X-Nothing: 1", "xml"),
    ] {
        let answer = site.ask("GET", "/nothing", &[accept]);
        let kind = format!("application/vnd.ez.api.ErrorMessage+{format}");
        assert_eq!((answer.status, answer.header("content-type")), (404, Some(&*kind)), "{accept}");
    }
    let answer = site.ask("GET", "/nothing", &["Accept: application/json"]);
    let expected = concat!(
        r#"{"ErrorMessage":{"_media-type":"application\/vnd.ez.api.ErrorMessage+json","errorCode":404,"#,
        r#""errorMessage":"Not Found","errorDescription":"No route found for \"GET \/api\/ezp\/v2\/nothing\""}}"#,
    );
    assert_eq!(answer.text(), expected);
    let answer = site.ask("GET", "/nothing", &[]);
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <ErrorMessage media-type=\"application/vnd.ez.api.ErrorMessage+xml\"><errorCode>404</errorCode>\
        <errorMessage>Not Found</errorMessage>\
        <errorDescription>No route found for &quot;GET /api/ezp/v2/nothing&quot;</errorDescription></ErrorMessage>\n";
    assert_eq!(answer.text(), expected);
}

#[test]
fn what_fails_behind_says_nothing_about_it() {
    let rules = "upstream = \"http://127.0.0.1:9\"\n[dialect.ez]\n[[route]]\nmatch = \"GET /api/ezp/v2/x\"\naccess = \"anonymous\"\n";
    let house = House::open(rules);
    let answer = house.client().request("GET", &format!("{ROOT}/x"), &["Accept: application/json"]).answer();
    assert!(matches!(answer.status, 502 | 503), "{}", answer.status);
    let message = &json(&answer)["ErrorMessage"];
    assert_eq!(message["errorCode"], answer.status);
    let fixed = "An error has occurred. Please try again later or contact your Administrator.";
    assert_eq!(message["errorDescription"], fixed);
}

#[test]
fn a_body_that_is_too_long_is_told_in_the_same_words() {
    let site = Site::open();
    let long = format!("{{\"SessionInput\":{{\"login\":\"{}\"}}}}", "a".repeat(200_000));
    let kind = crate::site::SENDS_JSON;
    let answer = site.send("POST", "/user/sessions", &[kind, "Accept: application/json"], &long);
    assert_eq!(answer.status, 413);
    assert_eq!(json(&answer)["ErrorMessage"]["errorCode"], 413);
}
