//! A page with a client of Kirby.

use serde_json::json;

use super::premises::{Premises, attack, call, complaints, kept};
use crate::peers::{PASSWORD, add_user};

pub const COOKIE: &str = "kirby_session";
/// What an ordinary page does.
pub const CLIENT: &str = include_str!("kirby.js");
pub const RULES: &str = r#"
[dialect.kirby]

[[acl]]
id = "Kirby::all"
children = [{ id = "Kirby::access.panel" }, { id = "Kirby::pages.read" }, { id = "Kirby::pages.update" }]

[role.editor]
allow = ["Kirby::all"]

[role.reader]
allow = ["Kirby::access.panel", "Kirby::pages.read"]

[[route]]
match = "GET /api/pages/:id"
access = "Kirby::pages.read"

[[route]]
match = "PATCH /api/pages/:id"
access = "Kirby::pages.update"
"#;

fn open() -> Premises {
    let premises = Premises::open(RULES, CLIENT);
    for (login, role) in [("ada", "editor"), ("rita", "reader"), ("mallory", "editor")] {
        add_user(&premises.place, &format!("{login}@example.com --email {login}@example.com --role {role}"));
    }
    premises
}

#[test]
fn a_page_of_kirby_logs_in_with_the_token_it_was_rendered_with() {
    let premises = open();
    let page = premises.page();
    assert_eq!(kept(&page, COOKIE), None, "a visit makes no session");
    assert_eq!(kept(&page, "doorward-guest").expect("a guest's cookie")[0], true);
    let guest = call(&page, "ask('GET', 'account')");
    assert_eq!((&guest["status"], &guest["body"]["key"]), (&json!(401), &json!("error.auth")));

    let wrong = call(&page, "logIn('ada@example.com', 'not the right one')");
    assert_eq!((&wrong["status"], &wrong["body"]["key"]), (&json!(403), &json!("error.access.login")));
    let logged_in = call(&page, &format!("logIn('Ada@Example.com', '{PASSWORD}')"));
    assert_eq!((&logged_in["status"], &logged_in["body"]["user"]["email"]), (&json!(200), &json!("ada@example.com")));
    assert_eq!(kept(&page, COOKIE), Some(json!([true, "Lax", "/", false])));
    assert_eq!(page.run("return document.cookie"), "", "scripts do not see the cookie");

    // The token that it logged in with goes on to be good, as there.
    assert_eq!(call(&page, "ask('GET', 'pages/notes')")["body"]["login"], "ada@example.com");
    // And a page that is rendered anew has one of its own.
    page.open(&premises.base);
    let account = call(&page, "ask('GET', 'account?view=compact')");
    assert_eq!((&account["status"], &account["body"]["type"]), (&json!(200), &json!("model")));
    assert_eq!(account["body"]["data"]["email"], "ada@example.com");
    let changed = call(&page, "ask('PATCH', 'pages/notes', { title: 'News' })");
    let expected = json!({
        "method": "PATCH", "target": "/api/pages/notes", "login": "ada@example.com", "body": r#"{"title":"News"}"#,
    });
    assert_eq!((&changed["status"], &changed["body"]), (&json!(200), &expected));
    let without = page.run("return (await fetch('/api/pages/notes')).status");
    assert_eq!(without, 401, "reading needs the token too");

    assert_eq!(
        call(&page, "ask('POST', 'auth/logout')")["body"],
        json!({ "status": "ok", "message": "ok", "code": 200 })
    );
    assert_eq!(kept(&page, COOKIE), None);
    assert_eq!(call(&page, "ask('GET', 'account')")["status"], 401);
    assert_eq!(premises.changes(), 1);
    assert_eq!(complaints(&page, &[401, 403]), Vec::<String>::new());
}

#[test]
fn a_page_of_kirby_that_nobody_renders_fetches_its_token() {
    let premises = open();
    let page = premises.page();
    page.forget();
    page.run("client.token = '';");
    assert_eq!(call(&page, &format!("logIn('rita@example.com', '{PASSWORD}')"))["status"], 400);
    assert_eq!(call(&page, "fetchToken()"), 200);
    // The answer has the token of the session that has begun.
    let logged_in = call(&page, &format!("logIn('rita@example.com', '{PASSWORD}')"));
    assert_eq!(logged_in["status"], 200);
    page.run(&format!("client.token = {};", logged_in["token"]));
    assert_eq!(call(&page, "ask('GET', 'pages/notes')")["status"], 200);
    let refused = call(&page, "ask('PATCH', 'pages/notes', {})");
    assert_eq!((&refused["status"], &refused["body"]["key"]), (&json!(403), &json!("error.page.update.permission")));
    // And so has the one of log-out, to log in as somebody else.
    let logged_out = call(&page, "ask('POST', 'auth/logout')");
    page.run(&format!("client.token = {};", logged_out["token"]));
    assert_eq!(call(&page, &format!("logIn('ada@example.com', '{PASSWORD}')"))["status"], 200);
    assert_eq!(call(&page, "fetchToken()"), 200);
    assert_eq!(call(&page, "ask('PATCH', 'pages/notes', {})")["status"], 200);
    assert_eq!(complaints(&page, &[400, 403]), Vec::<String>::new());
}

#[test]
fn a_page_of_somebody_else_does_nothing_with_a_session_of_kirby() {
    let premises = open();
    let page = premises.page();
    assert_eq!(call(&page, &format!("logIn('ada@example.com', '{PASSWORD}')"))["status"], 200);
    let input = json!({ "email": "mallory@example.com", "password": PASSWORD, "long": false }).to_string();
    for origin in [&premises.neighbour, &premises.stranger] {
        page.open(origin);
        let read = attack(
            &page,
            &premises.base,
            &json!([
                ["GET", "/api/account", {}],
                ["GET", "/api/pages/notes?csrf=wrong", {}],
                ["GET", "/user/csrf", {}],
                ["GET", "/", {}],
                ["POST", "/api/pages/notes", { "X-HTTP-Method-Override": "PATCH" }, "{}"],
                ["PATCH", "/api/pages/notes", {}, "{}"],
                ["POST", "/api/auth/ping", {}],
                ["POST", "/api/auth/logout", {}],
                ["POST", "/api/auth/login", { "Content-Type": "text/plain" }, input],
            ]),
        );
        assert_eq!(read, json!([]), "{origin}");
    }
    assert_eq!(premises.changes(), 0);
    page.open(&premises.base);
    assert_eq!(call(&page, "ask('GET', 'account')")["body"]["data"]["email"], "ada@example.com");
}
