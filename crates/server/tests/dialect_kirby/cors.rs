//! Section 8: other origins.

use crate::kit::Answer;
use crate::site::{Site, UNAUTHENTICATED};

const ANY: &str = "[dialect.kirby]\ncors = true\n";
const LISTED: &str = "[dialect.kirby]\ncors = { allowOrigin = [\"https://app.example\"], allowCredentials = true, allowHeaders = \"X-CSRF, Content-Type\", exposeHeaders = \"X-CSRF\", maxAge = 60 }\n";
const APP: &str = "Origin: https://app.example";
const EVIL: &str = "Origin: https://evil.example";

fn preflight(site: &Site, target: &str, origin: &str) -> Answer {
    let lines = [origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-csrf"];
    site.house.client().request("OPTIONS", target, &lines).answer()
}

#[test]
fn without_the_option_nobody_is_told_anything() {
    let site = Site::open("[dialect.kirby]\n");
    let answer = site.send("GET", "/api/system", &[APP], "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
    assert_eq!(preflight(&site, "/api/auth", APP).status, 404);
}

#[test]
fn any_origin_reads_what_anybody_may() {
    let site = Site::open(ANY);
    for (target, status) in [("/api/system", 200), ("/api/auth", 401), ("/api/site", 401), ("/api/nothing", 404)] {
        let answer = site.send("GET", target, &[APP], "");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some("*")), "{target}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(!answer.all("vary").any(|value| value.contains("Origin")), "{target}");
    }
    let answer = preflight(&site, "/api/auth", APP);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, HEAD, PUT, POST, DELETE, PATCH"));
    assert_eq!((answer.header("access-control-allow-headers"), answer.header("access-control-max-age")), (None, None));
}

#[test]
fn a_listed_origin_is_named_and_others_are_not() {
    let site = Site::open(LISTED);
    site.add("admin0001", "ada@example.com", &["admin"]);
    for (target, status) in [("/api/system", 200), ("/api/auth", 401), ("/api/nothing", 404)] {
        let answer = site.send("GET", target, &[APP], "");
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (status, Some("https://app.example")),
            "{target}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("access-control-expose-headers"), Some("X-CSRF"));
        assert!(answer.all("vary").any(|value| value.contains("Origin")), "{target}");
        let answer = site.send("GET", target, &[EVIL], "");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, None), "{target}");
    }
    let answer = preflight(&site, "/api/auth", APP);
    assert_eq!((answer.status, answer.header("access-control-allow-headers")), (204, Some("X-CSRF, Content-Type")));
    assert_eq!(answer.header("access-control-max-age"), Some("60"));
    assert_eq!(preflight(&site, "/api/auth", EVIL).status, 404);
    let mut browser = site.logged_in("ada@example.com");
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    assert_eq!(browser.send("GET", "/api/auth", &[APP, "Sec-Fetch-Site: same-site", &token], "").status, 200);
    assert_eq!(browser.send("GET", "/api/auth", &[APP, "Sec-Fetch-Site: same-site"], "").text(), UNAUTHENTICATED);
    assert_eq!(browser.send("GET", "/api/auth", &[EVIL, &token], "").text(), UNAUTHENTICATED);
}

#[test]
fn headers_may_be_those_that_are_asked_for() {
    let site = Site::open("[dialect.kirby]\ncors = { allowHeaders = true }\n");
    let answer = preflight(&site, "/api/auth", APP);
    assert_eq!(answer.header("access-control-allow-headers"), Some("x-csrf"));
    assert!(answer.all("vary").any(|value| value == "Access-Control-Request-Headers"));
}

#[test]
fn what_is_no_preflight_is_no_route() {
    let site = Site::open(LISTED);
    let answer = site.send("OPTIONS", "/api/auth", &[APP], "");
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/json; charset=UTF-8")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"));
    let lines = ["Access-Control-Request-Method: GET"];
    let answer = site.send("OPTIONS", "/api/auth", &lines, "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, None), "nobody says who asks");
}

#[test]
fn methods_are_those_of_the_option() {
    let site = Site::open("[dialect.kirby]\ncors = { allowMethods = [\"GET\", \"POST\"] }\n");
    let answer = preflight(&site, "/api/auth", APP);
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, Some("GET, POST")));
    assert_eq!(answer.header("access-control-expose-headers"), None);
}
