//! The token in a page that an upstream renders, for whoever looks at it.

use crate::kit::PASSWORD;
use crate::site::{PLAIN, Site};

#[test]
fn a_page_for_a_guest_comes_with_a_cookie_and_its_token_logs_in() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    let answer = browser.send("GET", "/", &["X-Doorward-CSRF: forged"], "");
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("doorward-guest=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("private")));
    browser.token = site.upstream.last().header("x-doorward-csrf").map(str::to_owned);
    assert_ne!(browser.token.as_deref(), Some("forged"));
    assert_eq!(browser.log_in("ada@example.com", PASSWORD).status, 200);
    let answer = browser.send("GET", "/", &[], "");
    assert_eq!(answer.all("set-cookie").count(), 0);
    browser.token = site.upstream.last().header("x-doorward-csrf").map(str::to_owned);
    assert_eq!(browser.get("/api/auth").status, 200);
}

#[test]
fn a_guest_who_has_a_cookie_keeps_it() {
    let site = Site::open(PLAIN);
    let mut browser = site.browser();
    browser.send("GET", "/", &[], "");
    let answer = browser.send("GET", "/", &[], "");
    assert_eq!(answer.all("set-cookie").count(), 0);
    assert!(site.upstream.last().has("x-doorward-csrf"));
}

/// As a script asks a panel for its token: the upstream answers in JSON, and the token in it is the one that it was handed.
#[test]
fn a_script_takes_its_token_from_what_the_upstream_renders_and_keeps_it() {
    let route = "\n[[route]]\nmatch = \"GET /panel/login\"\naccess = \"anonymous\"\ncsrf_token = true\n";
    let site = Site::open(&format!("{PLAIN}{route}"));
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    assert_eq!(browser.send("GET", "/panel/login?_json=1&_globals=$system", &[], "").status, 200);
    let first = site.upstream.last().header("x-doorward-csrf").map(str::to_owned);
    browser.token = first.clone();
    assert_eq!(browser.log_in("ada@example.com", PASSWORD).status, 200);
    browser.token = first;
    assert_eq!(browser.get("/api/auth").status, 200);
    assert_eq!(browser.get("/api/site").status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-user"), Some("admin0001"));
}
