//! The token that proves a request is meant.

use crate::site::{COOKIE, Site, WANTS_JSON, is_error};

const OBJECT: &str = "/content/objects/7";

#[test]
fn unsafe_requests_of_a_session_need_the_token_by_the_method_that_is_meant() {
    let site = Site::open();
    let session = site.log_in("ada");
    let override_with = |verb: &str| format!("X-HTTP-Method-Override: {verb}");
    let (patch, publish, get) = (override_with("PATCH"), override_with("publish"), override_with("GET"));
    for (method, more, status) in [
        ("PATCH", vec![], 401),
        ("DELETE", vec![], 401),
        ("PUBLISH", vec![], 401),
        ("POST", vec![&*patch], 401),
        ("PATCH", vec!["X-CSRF-Token: wrong"], 401),
        ("PATCH", vec![&*session.proof], 200),
        ("POST", vec![&*patch, &*session.proof], 200),
        ("POST", vec![&*publish, &*session.proof], 200),
        ("POST", vec![&*get], 200),
        ("GET", vec![], 200),
        ("HEAD", vec![], 200),
    ] {
        let lines: Vec<&str> =
            more.iter().copied().chain([&*session.cookie, "Content-Length: 0", WANTS_JSON]).collect();
        let lines = if matches!(method, "GET" | "HEAD") { &lines[..1] } else { &lines[..] };
        let answer = site.ask(method, OBJECT, lines);
        assert_eq!(answer.status, status, "{method} {more:?}: {}", answer.text());
        if status == 401 {
            assert!(is_error(&answer, 401, "Unauthorized"), "{method} {more:?}");
            assert!(site.is_alive(&session));
        }
    }
}

#[test]
fn the_upstream_gets_the_method_that_was_judged_and_no_other() {
    let site = Site::open();
    let session = site.log_in("ada");
    let lines = [&*session.cookie, &session.proof, "X-HTTP-Method-Override: publish", "Content-Length: 0"];
    assert_eq!(site.ask("POST", OBJECT, &lines).status, 200);
    let seen = site.upstream.last();
    assert_eq!(seen.method, "PUBLISH");
    assert!(!seen.has("x-http-method-override") && !seen.has("cookie") && !seen.has("x-csrf-token"), "{seen:?}");
    assert_eq!(seen.header("x-doorward-login"), Some("ada"));
}

#[test]
fn without_a_cookie_there_is_nothing_to_prove() {
    let site = Site::open();
    let users = "/user/users";
    assert_eq!(site.ask("POST", users, &["Content-Length: 0"]).status, 200);
    // Who shows a dead session does not act as a guest without knowing it.
    let dead = format!("Cookie: {COOKIE}=unknown");
    let answer = site.ask("POST", users, &[&dead, "Content-Length: 0", WANTS_JSON]);
    assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with(&format!("{COOKIE}=deleted;"))));
    assert_eq!(site.ask("GET", users, &[&dead]).status, 200);
    // And a live one is asked for its token where guests need none.
    let session = site.log_in("bob");
    assert_eq!(site.ask("POST", users, &[&session.cookie, "Content-Length: 0"]).status, 401);
    assert_eq!(site.ask("POST", users, &[&session.cookie, &session.proof, "Content-Length: 0"]).status, 200);
}

#[test]
fn an_origin_is_no_proof_and_a_foreign_one_is_refused_with_the_token() {
    let site = Site::open();
    let session = site.log_in("ada");
    let own = format!("Origin: http://{}", site.house.address());
    let foreign = "Origin: https://evil.example";
    assert_eq!(site.ask("DELETE", OBJECT, &[&session.cookie, &own]).status, 401);
    assert_eq!(site.ask("DELETE", OBJECT, &[&session.cookie, &own, &session.proof]).status, 200);
    assert_eq!(site.ask("DELETE", OBJECT, &[&session.cookie, foreign, &session.proof]).status, 401);
}
