//! Section 0: envelopes, queries and headers.

use crate::site::{PLAIN, Site, json, said};

#[test]
fn a_model_has_sorted_members_as_php_writes_them() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let answer = browser.get("/api/account?view=compact");
    let expected = r#"{"code":200,"data":{"avatar":null,"email":"ada@example.com","id":"admin0001","language":"en","name":"Ada","role":{"description":null,"name":"admin","title":"Admin"},"username":"Ada","uuid":"user:\/\/admin0001"},"status":"ok","type":"model"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    browser.patch("/api/account/name", r#"{"name":"Zoë"}"#);
    let answer = browser.get("/api/account?select=name,uuid,nothing");
    assert_eq!(
        answer.text(),
        r#"{"code":200,"data":{"name":"Zo\u00eb","uuid":"user:\/\/admin0001"},"status":"ok","type":"model"}"#
    );
    let answer = browser.get("/api/auth?select=id&pretty=1");
    assert_eq!(
        answer.text(),
        "{\n    \"code\": 200,\n    \"data\": {\n        \"id\": \"admin0001\"\n    },\n    \"status\": \"ok\",\n    \"type\": \"model\"\n}"
    );
    assert_eq!(said(&browser.get("/api/account?view=nothing")), (400, "error.invalidArgument".into()));
    let names = json(&browser.get("/api/account"));
    let names: Vec<String> = names["data"].as_object().expect("members").keys().cloned().collect();
    assert_eq!(names, ["avatar", "content", "email", "id", "language", "name", "options", "role", "username", "uuid"]);
}

#[test]
fn an_unknown_route_is_404_before_anybody_is_asked_for() {
    let site = Site::open(PLAIN);
    let body = r#"{"status":"error","message":"No route found for path and request method","code":404,"key":null,"details":[]}"#;
    for (method, target) in
        [("GET", "/api/nothing"), ("DELETE", "/api/auth"), ("OPTIONS", "/api/auth"), ("PURGE", "/api/auth")]
    {
        let answer = site.send(method, target, &[], "");
        assert_eq!((answer.status, answer.text().as_str()), (404, body), "{method} {target}");
    }
}

#[test]
fn whoever_says_nothing_of_themselves_gets_what_depends_on_it() {
    let site = Site::open(PLAIN);
    let answer = site.send("GET", "/api/system", &[], "");
    assert!(answer.all("vary").any(|value| value == "Cookie"));
    let answer = site.send("GET", "/api/system", &["Cookie: kirby_session=x"], "");
    assert_eq!(answer.header("cache-control"), Some("no-store, private"));
    let site = Site::open("[dialect.kirby]\nbasicAuth = true\n");
    let answer = site.send("GET", "/api/system", &[], "");
    assert!(answer.all("vary").any(|value| value == "Authorization, Cookie"));
}

#[test]
fn system_says_what_a_log_in_needs() {
    let site = Site::open(PLAIN);
    let answer = site.send("GET", "/api/system", &[], "");
    assert_eq!(json(&answer)["data"]["isInstalled"], false);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let answer = site.send("GET", "/api/system", &[], "");
    let expected = r#"{"code":200,"data":{"authStatus":{"challenge":null,"email":null,"mode":null,"status":"inactive"},"isInstalled":true,"isOk":true,"loginMethods":["password"]},"status":"ok","type":"model"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    let mut browser = site.logged_in("ada@example.com");
    let answer = browser.send("GET", "/api/system?select=authStatus", &[], "");
    let expected = r#"{"code":200,"data":{"authStatus":{"challenge":null,"email":"ada@example.com","mode":null,"status":"active"}},"status":"ok","type":"model"}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(json(&browser.send("GET", "/api/system", &[], ""))["data"]["user"]["id"], "admin0001");
}
