//! Scripts of other origins, where the settings list those.

use crate::kit::{Answer, PASSWORD};
use crate::site::{SENDS_JSON, Site, input};

const CORS: &str = "cors = { origins = [\"https://app.example\"], credentials = true, \
    headers = [\"Content-Type\", \"X-CSRF-Token\", \"X-HTTP-Method-Override\"] }\n";
const LISTED: &str = "Origin: https://app.example";

fn preflight(site: &Site, path: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let method = format!("Access-Control-Request-Method: {method}");
    let headers = format!("Access-Control-Request-Headers: {headers}");
    site.ask("OPTIONS", path, &[origin, &method, &headers])
}

fn allowed(answer: &Answer) -> (bool, Option<&str>, Option<&str>) {
    (answer.status < 300, answer.header("access-control-allow-origin"), answer.header("access-control-allow-methods"))
}

#[test]
fn a_preflight_asks_about_sessions_and_about_verbs_that_stand_in_a_header() {
    let site = Site::with(CORS);
    let listed = Some("https://app.example");
    let ask = |path, method, headers| preflight(&site, path, LISTED, method, headers);
    let sessions = ask("/user/sessions", "POST", "content-type");
    assert_eq!(allowed(&sessions), (true, listed, Some("POST")));
    assert_eq!(sessions.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(allowed(&ask("/content/objects/7", "PATCH", "x-csrf-token")), (true, listed, Some("PATCH")));
    let overridden = ask("/content/objects/7", "POST", "x-csrf-token, x-http-method-override");
    assert_eq!(allowed(&overridden), (true, listed, Some("POST")));
    // Without the header it is a POST, which the path does not have.
    assert_eq!(allowed(&ask("/content/objects/7", "POST", "x-csrf-token")), (true, None, None));
    let foreign = preflight(&site, "/user/sessions", "Origin: https://evil.example", "POST", "content-type");
    assert_eq!(allowed(&foreign), (true, None, None));
}

#[test]
fn a_listed_origin_may_log_in_and_read_the_answer() {
    let site = Site::with(CORS);
    let answer = site.send("POST", "/user/sessions", &[LISTED, SENDS_JSON], &input("ada", PASSWORD));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (201, Some("https://app.example")));
    let answer = site.send("POST", "/user/sessions", &[LISTED, SENDS_JSON], &input("ada", "another"));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, Some("https://app.example")));
}
