//! Section 1: one's own account, and those of others.

use crate::kit::PASSWORD;
use crate::site::{DONE, PLAIN, Site, UNAUTHENTICATED, json, said};

const NEW: &str = "a kettle of four storks";

#[test]
fn there_is_no_me() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let answer = browser.get("/api/users/me");
    let body = r#"{"status":"error","message":"The user \"me\" cannot be found","code":404,"key":"error.user.notFound","details":[]}"#;
    assert_eq!((answer.status, answer.text().as_str()), (404, body));
    for target in ["/api/account", "/api/users/account", "/api/users/admin0001", "/api/users/ada%40example.com"] {
        assert_eq!(json(&browser.get(target))["data"]["id"], "admin0001", "{target}");
    }
}

#[test]
fn name_language_and_address_are_changed_one_by_one() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("eve00001", "eve@example.com", &["editor"]);
    let mut browser = site.logged_in("ada@example.com");
    for (target, body, field, value) in [
        ("/api/account/name", r#"{"name":"Ada L."}"#, "name", "Ada L."),
        ("/api/users/admin0001/language", "language=de", "language", "de"),
        ("/api/account/email", r#"{"email":"lovelace@example.com"}"#, "email", "lovelace@example.com"),
        ("/api/users/eve00001/name", r#"{"name":"Eve"}"#, "name", "Eve"),
        ("/api/users/eve00001/role", r#"{"role":"panelonly"}"#, "id", "eve00001"),
    ] {
        let answer = browser.patch(target, body);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        assert_eq!(json(&answer)["data"][field], value, "{target}");
    }
    assert_eq!(json(&browser.get("/api/users/eve00001"))["data"]["role"]["name"], "panelonly");
    // Whoever logs in by an address does so by the new one.
    let mut again = site.logged_in("lovelace@example.com");
    assert_eq!(json(&again.get("/api/auth"))["data"]["language"], "de");
    for (target, body, key) in [
        ("/api/account/email", r#"{"email":"eve@example.com"}"#, "error.user.duplicate"),
        ("/api/account/email", r#"{"email":"nonsense"}"#, "error.user.email.invalid"),
        ("/api/account/email", "{}", "error.invalidArgument"),
        ("/api/account/language", r#"{"language":"../x"}"#, "error.user.language.invalid"),
        ("/api/users/eve00001/role", r#"{"role":"unheard-of"}"#, "error.user.role.invalid"),
    ] {
        assert_eq!(said(&browser.patch(target, body)), (400, key.into()), "{target} {body}");
    }
}

#[test]
fn what_a_role_may_not_is_403_with_the_action_in_the_key() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut browser = site.logged_in("editor@example.com");
    let email = r#"{"email":"x@example.com"}"#;
    assert_eq!(said(&browser.patch("/api/account/email", email)), (403, "error.user.changeEmail.permission".into()));
    assert_eq!(
        said(&browser.patch("/api/account/role", r#"{"role":"admin"}"#)),
        (403, "error.user.changeRole.permission".into())
    );
    assert_eq!(said(&browser.get("/api/users/admin0001")), (404, "error.user.notFound".into()));
    assert_eq!(said(&browser.patch("/api/users/admin0001/email", email)), (404, "error.user.notFound".into()));
}

#[test]
fn a_password_is_changed_with_ones_own_and_the_session_goes_on() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let mut other = site.logged_in("ada@example.com");
    let body = |new: &str, current: &str| serde_json::json!({"password": new, "currentPassword": current}).to_string();
    for (text, status, key) in [
        (body(NEW, "wrong password here"), 401, "error.user.password.wrong"),
        (r#"{"password":"a kettle of four storks"}"#.to_owned(), 401, "error.user.password.wrong"),
        (body("short", PASSWORD), 400, "error.user.password.invalid"),
        (body("", PASSWORD), 400, "error.user.password.invalid"),
        ("{}".to_owned(), 400, "error.user.password.invalid"),
        (body(&"x".repeat(1_001), PASSWORD), 400, "error.user.password.excessive"),
    ] {
        assert_eq!(said(&browser.patch("/api/account/password", &text)), (status, key.into()), "{text}");
    }
    let before = browser.cookie("kirby_session").map(str::to_owned);
    let answer = browser.patch("/api/account/password", &body(NEW, PASSWORD));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_ne!(browser.cookie("kirby_session").map(str::to_owned), before);
    assert_eq!(browser.get("/api/auth").status, 200, "it goes on, with the token that came along");
    assert_eq!(other.get("/api/auth").status, 401);
}

#[test]
fn the_password_of_somebody_else_is_set_with_ones_own() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut editor = site.logged_in("editor@example.com");
    let mut browser = site.logged_in("ada@example.com");
    let target = "/api/users/editor01/password";
    let body = |current: &str| serde_json::json!({"password": NEW, "currentPassword": current}).to_string();
    assert_eq!(said(&browser.patch(target, &body("wrong password here"))), (401, "error.user.password.wrong".into()));
    assert_eq!(editor.get("/api/auth").status, 200);
    assert_eq!(browser.patch(target, &body(PASSWORD)).status, 200);
    assert_eq!(editor.get("/api/auth").status, 401);
    let mut again = site.browser();
    again.fetch_token();
    assert_eq!(again.log_in("editor@example.com", NEW).status, 200);
}

#[test]
fn nobody_goes_away_who_may_more() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "editor@example.com", &["editor"]);
    site.add("chief001", "chief@example.com", &["administrator"]);
    let mut browser = site.logged_in("ada@example.com");
    let answer = browser.with_token("DELETE", "/api/users/chief001", "");
    assert_eq!(said(&answer), (403, "error.user.delete.permission".into()));
    assert_eq!(browser.with_token("DELETE", "/api/users/editor01", "").text(), DONE);
    assert_eq!(browser.get("/api/users/editor01").status, 404);
}

#[test]
fn guesses_of_ones_own_password_are_counted() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let mut guess = |current: &str| {
        let body = serde_json::json!({"password": NEW, "currentPassword": current}).to_string();
        browser.patch("/api/account/password", &body)
    };
    let waits = (0..40).find_map(|attempt| {
        let answer = guess(&format!("wrong password {attempt}"));
        answer.header("retry-after").map(|_| said(&answer))
    });
    assert_eq!(waits, Some((403, "error.access.login".into())));
    assert_eq!(guess(PASSWORD).status, 403, "not even the right one");
}

#[test]
fn the_session_of_somebody_who_was_removed_is_over() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut editor = site.logged_in("editor@example.com");
    let mut browser = site.logged_in("ada@example.com");
    assert_eq!(browser.with_token("DELETE", "/api/users/editor01", "").status, 200);
    let answer = editor.get("/api/auth");
    assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED));
}
