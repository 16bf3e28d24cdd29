//! Section 2: the token.

use crate::kit::PASSWORD;
use crate::site::{Browser, PLAIN, Site, UNAUTHENTICATED, json, said};

#[test]
fn every_request_of_a_session_needs_the_token_whatever_its_method() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let right = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    let in_query = format!("csrf={}", browser.token.clone().expect("a token"));
    for (method, path) in [("GET", "/api/auth"), ("GET", "/api/site"), ("POST", "/api/pages/a"), ("GET", "/api/users")]
    {
        let before = site.upstream.seen().len();
        for (lines, query) in [
            (vec![], ""),
            (vec!["X-CSRF: bad"], ""),
            (vec!["X-CSRF: bad"], in_query.as_str()),
            (vec!["X-CSRF:"], in_query.as_str()),
            (vec![right.as_str(), right.as_str()], ""),
            (vec![], "csrf=bad"),
            (vec![], "csrf[]=bad"),
        ] {
            let answer = browser.send(method, &format!("{path}?{query}"), &lines, "");
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (401, UNAUTHENTICATED),
                "{method} {path} {lines:?} {query}"
            );
            assert_eq!(answer.all("set-cookie").count(), 0);
            assert_eq!(answer.header("www-authenticate"), None);
        }
        assert_eq!(site.upstream.seen().len(), before);
        assert_eq!(browser.send(method, path, &[&right], "").status, 200, "{method} {path}");
        assert_eq!(browser.send(method, &format!("{path}?{in_query}"), &[], "").status, 200, "{method} {path}");
    }
}

#[test]
fn a_log_in_needs_the_token_of_a_guest_or_of_a_session() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let refused =
        r#"{"status":"error","message":"Invalid CSRF token","code":400,"key":"error.invalidArgument","details":[]}"#;
    let mut browser = site.browser();
    browser.fetch_token();
    let token = browser.token.clone().expect("a token");
    let (right, in_query) = (format!("X-CSRF: {token}"), format!("/api/auth/login?csrf={token}"));
    for (target, lines) in [
        ("/api/auth/login", vec![]),
        ("/api/auth/login", vec!["X-CSRF: bad"]),
        (in_query.as_str(), vec!["X-CSRF: bad"]),
        (in_query.as_str(), vec!["X-CSRF:"]),
        ("/api/auth/login", vec![&*right, &*right]),
    ] {
        let answer = browser.send("POST", target, &lines, &body);
        assert_eq!((answer.status, answer.text().as_str()), (400, refused), "{target} {lines:?}");
        assert_eq!(answer.all("set-cookie").count(), 0);
    }
    // Without the cookie the token is nobody's; in the body nobody reads it.
    assert_eq!(site.send("POST", "/api/auth/login", &[&right], &body).status, 400);
    let with_token = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}","csrf":"{token}"}}"#);
    assert_eq!(browser.send("POST", "/api/auth/login", &[], &with_token).status, 400);
    // Whatever an Authorization header says.
    let basic = "Authorization: Basic bm9ib2R5Om5vdGhpbmc=";
    assert_eq!(browser.send("POST", "/api/auth/login", &[basic], &body).status, 400);
    assert_eq!(browser.send("POST", &in_query, &[], &body).status, 200);
    assert_eq!(browser.post("/api/auth/login", &body).status, 200, "the session's own token is one too");
}

#[test]
fn a_strangers_visit_leaves_no_session_and_no_cookie() {
    let site = Site::open(PLAIN);
    for target in ["/api/auth", "/api/account", "/api/users", "/api/site", "/api/pages/a"] {
        let answer = site.send("GET", target, &[], "");
        assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED), "{target}");
        assert_eq!(answer.all("set-cookie").count(), 0, "{target}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    }
    let answer = site.send("GET", "/api/auth", &["Cookie: kirby_session=forged"], "");
    assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED));
}

#[test]
fn without_tokens_only_other_sites_are_refused() {
    let site = Site::open("[dialect.kirby]\ncsrf = false\n");
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    assert_eq!(browser.log_in("ada@example.com", PASSWORD).status, 200);
    for path in ["/api/auth", "/api/site", "/api/account"] {
        assert_eq!(browser.send("GET", path, &[], "").status, 200, "{path}");
    }
    assert_eq!(browser.send("POST", "/api/pages/a", &[], "").status, 200);
    let answer = browser.send("POST", "/api/pages/a", &["Origin: https://evil.example"], "");
    assert_eq!(answer.text(), UNAUTHENTICATED);
}

#[test]
fn anyone_gets_a_token() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    assert!(browser.cookie("doorward-guest").is_some());
    let mut browser = site.logged_in("ada@example.com");
    browser.fetch_token();
    assert_eq!(browser.get("/api/auth").status, 200);
}

#[test]
fn an_override_decides_the_method_that_is_judged() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    let answer =
        browser.send("POST", "/api/account/name", &[&token, "X-HTTP-Method-Override: patch"], r#"{"name":"Zo\u00eb"}"#);
    assert_eq!((answer.status, json(&answer)["data"]["name"].clone()), (200, "Zoë".into()));
    let answer = browser.send("GET", "/api/auth", &[&token, "X-HTTP-Method-Override: NOTHING"], "");
    assert_eq!(answer.status, 200);
    for (method, path) in [("POST", "/api/auth"), ("DELETE", "/api/auth/login"), ("GET", "/api/nothing")] {
        assert_eq!(said(&site.send(method, path, &[], "")), (404, "null".into()), "{method} {path}");
    }
}

#[test]
fn what_is_forwarded_has_the_method_that_was_judged_and_no_other_one_beside_it() {
    let declared = "\n[[route]]\nmatch = \"PUT /api/site\"\naccess = \"Kirby::pages.update\"\n";
    let site = Site::open(&format!("{PLAIN}{declared}"));
    site.add("editor01", "editor@example.com", &["editor"]);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut editor = site.logged_in("editor@example.com");
    let mut admin = site.logged_in("ada@example.com");
    let before = site.upstream.seen().len();
    // GET is for everybody, PUT is not, whichever of them stands in the first line.
    let put = |browser: &mut Browser<'_>| {
        let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
        browser.send("GET", "/api/site", &[&token, "X-HTTP-Method-Override: put"], "")
    };
    assert_eq!(said(&put(&mut editor)), (403, "error.page.update.permission".into()));
    assert_eq!(site.upstream.seen().len(), before);
    assert_eq!(put(&mut admin).status, 200);
    let seen = site.upstream.last();
    assert_eq!((seen.method.as_str(), seen.has("x-http-method-override")), ("PUT", false));
}

#[test]
fn a_token_in_the_query_gets_to_nobody_else() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let token = browser.token.clone().expect("a token");
    for (query, rest) in [
        (format!("csrf={token}"), ""),
        (format!("a=b&csrf={token}&csrfs=c"), "?a=b&csrfs=c"),
        ("a=csrf&xcsrf=1".to_owned(), "?a=csrf&xcsrf=1"),
    ] {
        let target = format!("/api/site?{query}");
        let header = format!("X-CSRF: {token}");
        let lines: &[&str] = if query.contains(&token) { &[] } else { &[&header] };
        assert_eq!(browser.send("GET", &target, lines, "").status, 200, "{target}");
        assert_eq!(site.upstream.last().target, format!("/api/site{rest}"));
    }
}
