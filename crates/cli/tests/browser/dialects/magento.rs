//! A page with the scripts of a shop of Magento's kind.

use serde_json::{Value, json};

use super::premises::{Premises, attack, call, complaints, kept};
use crate::peers::{PASSWORD, Page, add_user};

pub const COOKIE: &str = "PHPSESSID";
const ME: &str = "/rest/V1/customers/me";
/// What an ordinary page does.
pub const CLIENT: &str = include_str!("magento.js");
pub const RULES: &str = r#"
[realm.customer]
[realm.admin]

[dialect.magento]

[[acl]]
id = "Magento_Customer::customer"
children = [{ id = "Magento_Customer::manage" }]

[role.support]
allow = ["Magento_Customer::manage"]

[[route]]
match = "GET,PUT /rest/V1/customers/me"
access = "self"
realm = "customer"
force = { customerId = "%user_id%" }

[[route]]
match = "PUT /rest/V1/customers/:id"
access = "Magento_Customer::manage"
realm = "admin"
"#;

fn open() -> Premises {
    let premises = Premises::open(RULES, CLIENT);
    add_user(&premises.place, "ada@example.com --realm customer --id 7");
    add_user(&premises.place, "mallory@example.com --realm customer");
    add_user(&premises.place, "cleo --realm admin --role support");
    premises
}

fn log_in(page: &Page<'_>, login: &str, password: &str) -> Value {
    let credentials = json!({ "username": login, "password": password });
    call(page, &format!("ask('POST', '/customer/ajax/login', {credentials})"))
}

#[test]
fn a_page_of_magento_logs_in_shows_the_customer_and_logs_out() {
    let premises = open();
    let page = premises.page();
    let section = "ask('GET', '/customer/section/load?sections=customer&force_new_section_timestamp=true')";
    assert_eq!(call(&page, section)["body"]["customer"]["fullname"], json!(null));
    let wrong = json!({ "status": 200, "body": { "errors": true, "message": "Invalid login or password." } });
    assert_eq!(log_in(&page, "ada@example.com", "not the right one"), wrong);
    assert_eq!(kept(&page, COOKIE), None);

    let right = json!({ "status": 200, "body": { "errors": false, "message": "Login successful." } });
    assert_eq!(log_in(&page, "ada@example.com", PASSWORD), right);
    assert_eq!(kept(&page, COOKIE), Some(json!([true, "Lax", "/", false])));
    assert_eq!(page.run("return document.cookie.includes('PHPSESSID')"), false, "scripts do not see the cookie");
    assert!(call(&page, section)["body"]["customer"]["data_id"].is_number());

    // The session counts for whoever says to be a script, and for nobody else.
    let me = call(&page, &format!("ask('GET', '{ME}?customerId=8')"));
    assert_eq!((&me["status"], &me["body"]["login"]), (&json!(200), &json!("ada@example.com")));
    assert_eq!(me["body"]["target"], format!("{ME}?customerId=7"));
    let refused = json!({
        "message": "The consumer isn't authorized to access %resources.", "parameters": { "resources": "self" },
    });
    let careless = page.run(&format!("return await careless.ask('GET', '{ME}')"));
    assert_eq!(careless, json!({ "status": 401, "body": refused }));
    assert_eq!(call(&page, &format!("ask('PUT', '{ME}', {{ customerId: 8 }})"))["body"]["body"], r#"{"customerId":7}"#);
    assert_eq!(call(&page, "ask('PUT', '/rest/V1/customers/8', {})")["status"], 401);

    let logged_out = json!({ "status": 200, "body": { "message": "Logout Successful" } });
    assert_eq!(call(&page, "ask('GET', '/customer/ajax/logout')"), logged_out);
    assert_eq!(kept(&page, COOKIE), None);
    assert_eq!(call(&page, &format!("ask('GET', '{ME}')")), json!({ "status": 401, "body": refused }));
    assert_eq!(premises.changes(), 1);
    assert_eq!(complaints(&page, &[401]), Vec::<String>::new());
}

#[test]
fn a_page_of_magento_works_with_a_token_and_without_a_cookie() {
    let premises = open();
    let page = premises.page();
    let get = |path: &str, body: &Value| call(&page, &format!("ask('POST', '{path}', {body})"));
    let path = "/rest/V1/integration/customer/token";
    let wrong = get(path, &json!({ "username": "ada@example.com", "password": "not the right one" }));
    assert_eq!(wrong["status"], 401);
    assert!(
        wrong["body"]["message"].as_str().is_some_and(|text| text.starts_with("The account sign-in was incorrect"))
    );
    let token = get(path, &json!({ "username": "ada@example.com", "password": PASSWORD }));
    assert_eq!(token["status"], 200);
    assert_eq!(kept(&page, COOKIE), None);
    let with = |call: &str| page.run(&format!("return await program({}).{call};", token["body"]));
    assert_eq!(with(&format!("ask('GET', '{ME}')"))["body"]["login"], "ada@example.com");
    assert_eq!(
        with("ask('POST', '/rest/V1/integration/customer/revoke-customer-token')"),
        json!({ "status": 200, "body": true })
    );
    assert_eq!(with(&format!("ask('GET', '{ME}')"))["status"], 401);
    let token = get("/rest/V1/integration/admin/token", &json!({ "username": "cleo", "password": PASSWORD }));
    let changed =
        page.run(&format!("return await program({}).ask('PUT', '/rest/V1/customers/8', {{}});", token["body"]));
    assert_eq!((&changed["status"], &changed["body"]["login"]), (&json!(200), &json!("cleo")));
    assert_eq!(complaints(&page, &[401]), Vec::<String>::new());
}

#[test]
fn an_administrator_of_magento_has_a_session_for_the_api() {
    let premises = open();
    let page = premises.page();
    log_in(&page, "ada@example.com", PASSWORD);
    let credentials = json!({ "realm": "admin", "login": "cleo", "password": PASSWORD });
    assert_eq!(call(&page, &format!("ask('POST', '/user/sessions', {credentials})"))["status"], 201);
    // Both are logged in side by side, under the names that they have there.
    assert_eq!(kept(&page, "admin"), Some(json!([true, "Lax", "/", false])));
    assert!(kept(&page, COOKIE).is_some());
    assert_eq!(call(&page, "ask('PUT', '/rest/V1/customers/8', {})")["body"]["login"], "cleo");
    assert_eq!(call(&page, &format!("ask('GET', '{ME}')"))["body"]["login"], "ada@example.com");
    assert_eq!(complaints(&page, &[]), Vec::<String>::new());
}

#[test]
fn a_page_of_somebody_else_does_nothing_with_a_session_of_magento() {
    let premises = open();
    let page = premises.page();
    log_in(&page, "ada@example.com", PASSWORD);
    let credentials = json!({ "username": "mallory@example.com", "password": PASSWORD }).to_string();
    let script = json!({ "X-Requested-With": "XMLHttpRequest" });
    for origin in [&premises.neighbour, &premises.stranger] {
        page.open(origin);
        let read = attack(
            &page,
            &premises.base,
            &json!([
                ["GET", ME, {}],
                ["GET", ME, script],
                ["PUT", ME, script, "{}"],
                ["PUT", ME, {}, "{}"],
                ["POST", ME, { "X-HTTP-Method-Override": "PUT" }, "{}"],
                ["GET", "/customer/section/load?sections=customer", {}],
                ["GET", "/customer/ajax/logout", {}],
                ["GET", "/customer/ajax/logout", script],
                ["POST", "/rest/V1/integration/customer/revoke-customer-token", script],
                ["POST", "/customer/ajax/login", script, credentials],
                ["POST", "/customer/ajax/login", { "Content-Type": "text/plain" }, credentials],
                ["POST", "/rest/V1/integration/customer/token", { "Content-Type": "text/plain" }, credentials],
            ]),
        );
        assert_eq!(read, json!([]), "{origin}");
        // Nor does a picture, or a page that is opened.
        page.run(&format!(
            "await new Promise(done => {{ const picture = new Image(); picture.onerror = picture.onload = done; \
             picture.src = '{}/customer/ajax/logout'; }});",
            premises.base
        ));
        page.open(&format!("{}/customer/ajax/logout", premises.base));
    }
    assert_eq!(premises.changes(), 0);
    page.open(&premises.base);
    assert_eq!(call(&page, &format!("ask('GET', '{ME}')"))["body"]["login"], "ada@example.com");
}
