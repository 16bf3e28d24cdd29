//! A page with a client of eZ Platform.

use serde_json::json;

use super::premises::{Premises, attack, call, complaints, kept};
use crate::peers::{PASSWORD, add_user};

pub const COOKIE: &str = "eZSESSID98defd6ee70dfb1dea416cecdf391f58";
/// What an ordinary page does.
pub const CLIENT: &str = include_str!("ez.js");
pub const RULES: &str = r#"
[dialect.ez]

[[acl]]
id = "content/read"

[[acl]]
id = "content/edit"

[role.anonymous]
allow = ["content/read"]

[role.editor]
allow = ["content/read", "content/edit"]

[[route]]
match = "GET /api/ezp/v2/content/objects/:id"
access = "content/read"

[[route]]
match = "PATCH,PUBLISH,DELETE /api/ezp/v2/content/objects/:id"
access = "content/edit"
"#;

fn open() -> Premises {
    let premises = Premises::open(RULES, CLIENT);
    add_user(&premises.place, "ada --role editor");
    add_user(&premises.place, "mallory --role editor");
    premises
}

#[test]
fn a_page_of_ez_logs_in_publishes_comes_back_and_logs_out() {
    let premises = open();
    let page = premises.page();
    let object = "/api/ezp/v2/content/objects/7";

    // A guest may read, and no more.
    let seen = call(&page, &format!("ask('GET', '{object}')"));
    assert_eq!((&seen["status"], &seen["document"]["login"]), (&json!(200), &json!(null)));
    let refused = call(&page, &format!("ask('PUBLISH', '{object}', {{ Accept: 'application/json' }})"));
    assert_eq!(refused["status"], 401);
    assert_eq!(refused["document"]["ErrorMessage"]["errorCode"], 401);

    let wrong = call(&page, "logIn('ada', 'not the right one')");
    assert_eq!(
        (&wrong["status"], &wrong["document"]["ErrorMessage"]["errorMessage"]),
        (&json!(401), &json!("Unauthorized"))
    );
    assert_eq!(kept(&page, COOKIE), None);
    let logged_in = call(&page, &format!("logIn('ada', '{PASSWORD}')"));
    let session = &logged_in["document"]["Session"];
    assert_eq!((&logged_in["status"], &session["name"]), (&json!(201), &json!(COOKIE)));
    assert_eq!(page.cookie(COOKIE).expect("a cookie")["value"], session["identifier"]);
    assert_eq!(kept(&page, COOKIE), Some(json!([true, "Lax", "/", false])));
    assert_eq!(page.run("return document.cookie.includes('eZSESSID')"), false, "scripts do not see the cookie");

    // The verb that browsers do not have arrives as what it is.
    let published = call(&page, &format!("ask('PUBLISH', '{object}', {{}}, 'news')"));
    let expected = json!({ "method": "PUBLISH", "target": object, "login": "ada", "body": "news" });
    assert_eq!((&published["status"], &published["document"]), (&json!(200), &expected));
    assert_eq!(call(&page, &format!("ask('PATCH', '{object}', {{}}, '{{}}')"))["document"]["method"], "PATCH");
    page.run("client.held = client.session.csrfToken; client.session.csrfToken = 'wrong';");
    assert_eq!(call(&page, &format!("ask('DELETE', '{object}')"))["status"], 401);
    page.run("client.session.csrfToken = client.held;");
    assert_eq!(call(&page, &format!("ask('DELETE', '{object}')"))["status"], 200);

    // The page is loaded again, and finds the session that it kept.
    page.open(&premises.base);
    let alive = call(&page, "isLoggedIn()");
    assert_eq!((&alive["status"], &alive["document"]["Session"]["identifier"]), (&json!(200), &session["identifier"]));
    assert_eq!(call(&page, "logOut()"), json!({ "status": 204, "document": "" }));
    assert_eq!(kept(&page, COOKIE), None);
    assert_eq!(call(&page, &format!("ask('PUBLISH', '{object}')"))["status"], 401);
    assert_eq!(premises.changes(), 3);
    assert_eq!(complaints(&page, &[401]), Vec::<String>::new());
}

#[test]
fn a_page_of_somebody_else_does_nothing_with_a_session_of_ez() {
    let premises = open();
    let page = premises.page();
    let logged_in = call(&page, &format!("logIn('ada', '{PASSWORD}')"));
    let session = logged_in["document"]["Session"]["_href"].as_str().expect("a link").to_owned();
    let object = "/api/ezp/v2/content/objects/7";
    let input = json!({ "SessionInput": { "login": "mallory", "password": PASSWORD } }).to_string();
    let kind = "application/vnd.ez.api.SessionInput+json";
    for origin in [&premises.neighbour, &premises.stranger] {
        page.open(origin);
        let read = attack(
            &page,
            &premises.base,
            &json!([
                ["GET", object, {}],
                ["GET", "/api/ezp/v2/user/sessions/current", {}],
                ["POST", object, { "X-HTTP-Method-Override": "PUBLISH" }],
                ["POST", object, {}, "{}"],
                ["DELETE", object, {}],
                ["POST", format!("{session}/refresh"), {}],
                ["POST", "/api/ezp/v2/user/sessions/of-somebody-else/refresh", {}],
                ["DELETE", session, {}],
                ["POST", "/api/ezp/v2/user/sessions", { "Content-Type": kind }, input],
                ["POST", "/api/ezp/v2/user/sessions", { "Content-Type": "text/plain" }, input],
            ]),
        );
        assert_eq!(read, json!([]), "{origin}");
    }
    // With requests of the same site the cookie came along: it is not for want of it that nothing was done.
    let seen = premises.site.seen();
    assert!(seen.iter().any(|seen| seen.target == object && seen.header("x-doorward-login") == Some("ada")));
    assert_eq!(premises.changes(), 0);
    page.open(&premises.base);
    assert_eq!(call(&page, "isLoggedIn()")["status"], 200);
    assert_eq!(call(&page, &format!("ask('PUBLISH', '{object}')"))["document"]["login"], "ada");
}
