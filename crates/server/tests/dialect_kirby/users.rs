//! Section 1: lists of users and roles, searches, and new users.

use crate::kit::PASSWORD;
use crate::site::{PLAIN, Site, json, said};

fn peopled() -> Site {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    site.add("editor02", "eve@example.com", &["editor"]);
    site
}

#[test]
fn a_list_comes_in_parts() {
    let site = peopled();
    let mut browser = site.logged_in("ada@example.com");
    let answer = browser.get("/api/users?select=id&limit=2");
    let expected = r#"{"code":200,"data":[{"id":"admin0001"},{"id":"editor01"}],"pagination":{"page":1,"total":3,"offset":0,"limit":2},"status":"ok","type":"collection"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    let answer = browser.get("/api/users?select=id&limit=2&page=2");
    let expected = r#"{"code":200,"data":[{"id":"editor02"}],"pagination":{"page":2,"total":3,"offset":2,"limit":2},"status":"ok","type":"collection"}"#;
    assert_eq!(answer.text(), expected);
    let seen = json(&browser.get("/api/users"));
    assert_eq!((&seen["pagination"]["limit"], &seen["data"][0]["username"]), (&100.into(), &"Ada".into()));
}

#[test]
fn a_search_is_asked_by_query_or_body() {
    let site = peopled();
    let mut browser = site.logged_in("ada@example.com");
    assert_eq!(json(&browser.get("/api/users/search?q=BOB"))["data"][0]["id"], "editor01");
    let seen = json(&browser.post("/api/users/search", r#"{"search":"eve","paginate":{"limit":1}}"#));
    assert_eq!((&seen["data"][0]["id"], &seen["pagination"]["total"]), (&"editor02".into(), &1.into()));
    let seen = json(&browser.get("/api/users/search?q=nobody"));
    assert_eq!(seen["pagination"].to_string(), r#"{"page":0,"total":0,"offset":0,"limit":100}"#);
}

#[test]
fn who_may_not_see_others_sees_an_empty_list_of_them() {
    let site = peopled();
    let mut browser = site.logged_in("bob@example.com");
    let seen = json(&browser.get("/api/users?select=id"));
    assert_eq!((&seen["data"][0]["id"], &seen["pagination"]["total"]), (&"editor01".into(), &1.into()));
    assert_eq!(json(&browser.get("/api/users/search?q=ada"))["pagination"]["total"], 1, "it is their name");
    assert_eq!(json(&browser.get("/api/users/search?q=eve"))["pagination"]["total"], 0);
}

#[test]
fn somebody_who_may_adds_users_who_can_log_in() {
    let site = peopled();
    let mut browser = site.logged_in("ada@example.com");
    let body = serde_json::json!({
        "email": "New@Example.com", "password": PASSWORD, "role": "editor", "name": "New", "language": "de",
    });
    let answer = browser.post("/api/users", &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = json(&answer);
    assert_eq!((&seen["data"]["role"]["name"], &seen["data"]["language"]), (&"editor".into(), &"de".into()));
    let mut new = site.logged_in("new@example.com");
    assert_eq!(said(&new.post("/api/users", &body.to_string())), (403, "error.user.create.permission".into()));
    for (field, value, key) in [
        ("email", "bob@example.com", "error.user.duplicate"),
        ("email", "nonsense", "error.user.email.invalid"),
        ("password", "short", "error.user.password.invalid"),
        ("role", "unheard-of", "error.user.role.invalid"),
    ] {
        let mut body = serde_json::json!({"email": "x@example.com", "password": PASSWORD, "role": "editor"});
        body[field] = value.into();
        assert_eq!(said(&browser.post("/api/users", &body.to_string())), (400, key.into()), "{field}");
    }
    let body = serde_json::json!({"email": "y@example.com", "password": PASSWORD, "role": "administrator"});
    assert_eq!(said(&browser.post("/api/users", &body.to_string())), (403, "error.user.create.permission".into()));
}

#[test]
fn roles_are_those_whose_users_one_sees() {
    let site = peopled();
    let mut admin = site.logged_in("ada@example.com");
    let seen = json(&admin.get("/api/roles"));
    let names: Vec<&str> =
        seen["data"].as_array().expect("roles").iter().filter_map(|role| role["name"].as_str()).collect();
    assert_eq!(names, ["admin", "administrator", "editor", "nopanel", "panelonly"]);
    let seen = json(&admin.get("/api/roles?canBe=created"));
    assert!(!seen.to_string().contains("administrator"), "nobody gives what they lack");
    let mut editor = site.logged_in("bob@example.com");
    assert_eq!(json(&editor.get("/api/roles"))["pagination"]["total"], 1);
    assert_eq!(json(&editor.get("/api/roles/editor"))["data"]["permissions"]["pages"]["update"], false);
    assert_eq!(said(&editor.get("/api/roles/admin")), (404, "error.role.notFound".into()));
}
