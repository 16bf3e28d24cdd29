//! Scripts of other origins, where the settings list those.

use crate::kit::{Answer, PASSWORD};
use crate::site::{SENDS_JSON, Site, input};

const CORS: &str = "cors = { origins = [\"https://app.example\"], credentials = true, \
    headers = [\"Content-Type\", \"X-Own\"], max_age = \"60s\" }\n";
const LISTED: &str = "Origin: https://app.example";

fn preflight(site: &Site, path: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let method = format!("Access-Control-Request-Method: {method}");
    let headers = format!("Access-Control-Request-Headers: {headers}");
    site.ask("OPTIONS", path, &[origin, &method, &headers])
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.header(&format!("access-control-allow-{name}"))
}

#[test]
fn a_preflight_is_told_all_methods_of_the_path_and_the_headers_of_the_dialect() {
    let site = Site::with(CORS);
    let ask = |path, method, headers| preflight(&site, path, LISTED, method, headers);
    let sessions = ask("/user/sessions", "POST", "content-type");
    assert_eq!((sessions.status, &*sessions.body), (200, &b""[..]));
    assert_eq!(
        (header(&sessions, "origin"), header(&sessions, "methods")),
        (Some("https://app.example"), Some("POST"))
    );
    assert_eq!(header(&sessions, "credentials"), Some("true"));
    assert_eq!((sessions.header("vary"), sessions.header("access-control-max-age")), (Some("Origin"), Some("60")));
    let headers = "authorization, accept, content-type, X-CSRF-Token, destination, x-siteaccess, \
                   x-http-method-override, x-expected-user, X-Own";
    assert_eq!(header(&sessions, "headers"), Some(headers));
    let object = ask("/content/objects/7", "PATCH", "x-csrf-token, X-OWN, accept, Accept-Language");
    assert_eq!((object.status, header(&object, "methods")), (200, Some("GET, PATCH, PUBLISH, DELETE")));
    for path in ["/user/sessions/x", "/user/sessions/x/refresh", "/user/current", "/user/users", "/content/locations/1"]
    {
        let first = if path.ends_with("/x") {
            "DELETE"
        } else if path.ends_with("refresh") {
            "POST"
        } else {
            "GET"
        };
        assert_eq!(ask(path, first, "").status, 200, "{path}");
    }
}

#[test]
fn verbs_that_stand_in_a_header_pass_a_preflight_as_the_post_that_carries_them() {
    let site = Site::with(CORS);
    let overridden = preflight(&site, "/content/objects/7", LISTED, "POST", "x-csrf-token, x-http-method-override");
    assert_eq!((overridden.status, header(&overridden, "methods")), (200, Some("GET, PATCH, PUBLISH, DELETE, POST")));
    // Without the header it is a POST, which the path does not have.
    let plain = preflight(&site, "/content/objects/7", LISTED, "POST", "x-csrf-token");
    assert_eq!((plain.status, header(&plain, "methods")), (405, None));
    assert_eq!(plain.header("allow"), None);
}

#[test]
fn a_preflight_for_another_method_or_header_is_refused_and_one_of_another_origin_permits_nothing() {
    let site = Site::with(CORS);
    assert_eq!(preflight(&site, "/user/sessions", LISTED, "DELETE", "accept").status, 405);
    for headers in ["x-other", "content-type, x-other", "x_csrf_token"] {
        let answer = preflight(&site, "/user/sessions", LISTED, "POST", headers);
        assert_eq!((answer.status, header(&answer, "headers")), (400, None), "{headers}");
    }
    let foreign = preflight(&site, "/user/sessions", "Origin: https://evil.example", "POST", "content-type");
    assert_eq!((foreign.status, header(&foreign, "origin")), (200, None));
    assert_eq!((header(&foreign, "methods"), foreign.header("vary")), (Some("POST"), Some("Origin")));
    assert_eq!(preflight(&site, "/nothing/here", LISTED, "GET", "").status, 404);
    // Where nothing is said of other origins, a preflight is an OPTIONS like any other.
    let answer = preflight(&Site::open(), "/user/sessions", LISTED, "DELETE", "x-other");
    assert_eq!((answer.status, answer.header("allow"), header(&answer, "methods")), (200, Some("POST"), None));
}

#[test]
fn a_listed_origin_may_log_in_and_read_the_answer() {
    let site = Site::with(CORS);
    let answer = site.send("POST", "/user/sessions", &[LISTED, SENDS_JSON], &input("ada", PASSWORD));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (201, Some("https://app.example")));
    let answer = site.send("POST", "/user/sessions", &[LISTED, SENDS_JSON], &input("ada", "another"));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, Some("https://app.example")));
}
