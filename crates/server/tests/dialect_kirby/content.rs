//! Section 1: the content of a user, and what of a user is the upstream's.

use crate::kit::PASSWORD;
use crate::site::{PLAIN, RULES, Site, json, said};

#[test]
fn content_is_kept_field_by_field() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    assert!(browser.get("/api/account?select=content").text().contains(r#""content":[]"#), "as PHP writes nothing");
    let answer = browser.patch("/api/account", r#"{"Bio":"Countess","links":["a","b"],"old":"x"}"#);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(json(&answer)["data"]["content"].to_string(), r#"{"bio":"Countess","links":["a","b"],"old":"x"}"#);
    let answer = browser.patch("/api/users/admin0001", r#"{"bio":"of Lovelace","old":null}"#);
    assert_eq!(json(&answer)["data"]["content"].to_string(), r#"{"bio":"of Lovelace","links":["a","b"]}"#);
    assert_eq!(json(&browser.get("/api/account"))["data"]["content"]["bio"], "of Lovelace");
    let long = serde_json::json!({"bio": "x".repeat(9_000)}).to_string();
    assert_eq!(said(&browser.patch("/api/account", &long)), (400, "error.invalidArgument".into()));
}

/// Name, address, language, password and role have paths and permissions of their own.
#[test]
fn what_is_no_content_is_not_changed_with_it() {
    let site = Site::open(PLAIN);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut browser = site.logged_in("bob@example.com");
    let body =
        r#"{"name":"Root","Email":"root@example.com","role":"admin","language":"de","password":"a b c d e f g h"}"#;
    let seen = json(&browser.patch("/api/account", body));
    let data = &seen["data"];
    assert_eq!((&data["name"], &data["email"]), (&"Ada".into(), &"bob@example.com".into()));
    assert_eq!((&data["language"], &data["role"]["name"]), (&"en".into(), &"editor".into()));
    assert_eq!(data["content"], serde_json::json!([]));
    assert_eq!(browser.log_in("bob@example.com", PASSWORD).status, 200);
}

#[test]
fn content_is_changed_by_whoever_may() {
    let rules = RULES.replace(
        "{ id = \"Kirby::user.access\" },",
        "{ id = \"Kirby::user.access\" }, { id = \"Kirby::user.update\" }, { id = \"Kirby::users.update\" },",
    );
    let rules = rules.replace("\"Kirby::user.access\"]", "\"Kirby::user.access\", \"Kirby::users.access\"]");
    let site = Site::with(&format!("{PLAIN}{rules}"));
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut browser = site.logged_in("bob@example.com");
    for target in ["/api/account", "/api/users/admin0001"] {
        let answer = browser.patch(target, r#"{"bio":"x"}"#);
        assert_eq!(said(&answer), (403, "error.user.update.permission".into()), "{target}");
    }
    let mut browser = site.logged_in("ada@example.com");
    assert_eq!(json(&browser.patch("/api/users/editor01", r#"{"bio":"x"}"#))["data"]["content"]["bio"], "x");
}

#[test]
fn a_new_user_has_content() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let body = r#"{"email":"new@example.com","content":{"Bio":"Young","role":"admin"}}"#;
    let seen = json(&browser.post("/api/users", body));
    assert_eq!(seen["data"]["content"].to_string(), r#"{"bio":"Young"}"#);
}

/// Pictures, files, fields and sections are judged by rules, and so is content where somebody else keeps it.
#[test]
fn what_rules_name_of_a_user_goes_to_the_upstream() {
    let declared = r#"
[[route]]
match = "PATCH /api/account"
access = "self"

[[route]]
match = "GET,POST,DELETE /api/account/avatar"
access = "self"

[[route]]
match = "GET /api/users/:id/blueprint"
access = "Kirby::users.access"

[[route]]
match = "* /api/users/:id/files/*rest"
access = "Kirby::users.access"

[[route]]
match = "GET /api/translations/:code"
access = "anonymous"
"#;
    let site = Site::open(&format!("{PLAIN}{declared}"));
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut browser = site.logged_in("ada@example.com");
    for (method, target) in [
        ("PATCH", "/api/account"),
        ("POST", "/api/account/avatar"),
        ("GET", "/api/users/editor01/blueprint"),
        ("DELETE", "/api/users/editor01/files/a.jpg"),
    ] {
        let before = site.upstream.seen().len();
        let answer = browser.send(method, target, &[], "");
        assert_eq!(answer.status, 401, "{method} {target}: without a token: {}", answer.text());
        assert_eq!(site.upstream.seen().len(), before);
        assert_eq!(browser.with_token(method, target, "").status, 200, "{method} {target}");
        let seen = site.upstream.last();
        assert_eq!((seen.method.as_str(), seen.target.as_str()), (method, target));
        assert_eq!(seen.header("x-doorward-user"), Some("admin0001"));
    }
    assert_eq!(json(&browser.get("/api/account"))["data"]["id"], "admin0001", "the account itself is ours");
    let mut editor = site.logged_in("bob@example.com");
    let answer = editor.get("/api/users/admin0001/blueprint");
    assert_eq!(said(&answer), (404, "error.user.notFound".into()));
    assert_eq!(site.send("GET", "/api/translations/de", &[], "").status, 200, "before anybody logs in");
    assert_eq!(said(&editor.get("/api/account/blueprints")), (404, "null".into()), "what nobody declares");
}
