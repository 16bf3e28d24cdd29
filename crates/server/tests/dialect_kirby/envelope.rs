//! Section 0: envelopes, queries and headers.

use crate::kit::{House, PASSWORD, Upstream};
use crate::site::{DONE, PLAIN, RULES, Site, json, said};

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
fn a_path_that_is_not_canonical_is_refused_in_the_envelope() {
    let site = Site::open(PLAIN);
    for target in ["/api//auth", "/api/users/a%2Fb", "/api/x/../auth"] {
        assert_eq!(said(&site.send("GET", target, &[], "")), (400, "error.general".into()), "{target}");
    }
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

#[test]
fn the_api_is_where_its_option_says() {
    let rules = RULES.replace("/api/", "/cms/v1/");
    let site = Site::with(&format!("[dialect.kirby]\nroot = \"/cms/v1\"\n{rules}"));
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    assert_eq!(browser.post("/cms/v1/auth/login", &body).status, 200);
    assert_eq!(json(&browser.get("/cms/v1/auth"))["data"]["id"], "admin0001");
    assert_eq!(browser.get("/cms/v1/site").status, 200);
    assert_eq!(browser.send("GET", "/cms/v1/site", &[], "").status, 401, "and there every request needs a token");
    let elsewhere = browser.get("/api/auth");
    assert_eq!((elsewhere.status, elsewhere.header("content-type")), (404, Some("application/problem+json")));
    assert_eq!(browser.post("/cms/v1/auth/logout", "").text(), DONE);
}

/// There a method that nobody knows is GET.
#[test]
fn a_method_that_nobody_knows_is_no_other_one() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let before = site.upstream.seen().len();
    assert_eq!(said(&browser.with_token("PURGE", "/api/auth", "")), (404, "null".into()));
    assert_eq!(said(&browser.with_token("PURGE", "/api/site", "")), (404, "null".into()));
    assert_eq!(site.upstream.seen().len(), before);
    // HEAD is what GET is, without the body.
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    let cookie = format!("Cookie: kirby_session={}", browser.cookie("kirby_session").expect("a cookie"));
    let head = site.house.client().request("HEAD", "/api/auth", &[&token, &cookie]).answer_to_head();
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json; charset=UTF-8")));
}

#[test]
fn an_outage_behind_it_is_told_in_the_same_form() {
    let upstream = Upstream::raw(|_, _, _| {});
    let route = "[[route]]\nmatch = \"GET /api/languages\"\naccess = \"anonymous\"\n";
    let site = Site { house: House::before(&upstream, &format!("{PLAIN}\n{route}")), upstream };
    let answer = site.send("GET", "/api/languages", &[], "");
    let seen = json(&answer);
    assert_eq!((answer.status, &seen["code"], &seen["status"]), (502, &502.into(), &"error".into()));
    assert_eq!((&seen["key"], &seen["details"]), (&serde_json::Value::Null, &serde_json::json!([])));
    assert!(!answer.text().contains("127.0.0.1"), "{}", answer.text());
}
