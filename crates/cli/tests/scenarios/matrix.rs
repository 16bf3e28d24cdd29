//! The permission matrix: every route of the demo with every role, over the wire, and as `explain` has it.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Browser, Demo, Place};

/// Realm, role, login and password.
type Person = (&'static str, &'static str, &'static str, &'static str);

/// Somebody in the demo, and what to call them.
const CALLERS: [(&str, Option<Person>); 5] = [
    ("guest", None),
    ("customer", Some(("customer", "", "anna@example.com", "anna-drinks-green-tea"))),
    ("administrator", Some(("admin", "administrator", "alex@example.com", "alex-holds-every-key"))),
    ("support", Some(("admin", "support", "sam@example.com", "sam-answers-the-phone"))),
    ("editor", Some(("admin", "editor", "kim@example.com", "kim-writes-each-page"))),
];

/// A request for each route of `demo.toml`.
const REQUESTS: [(&str, &str); 21] = [
    ("GET", "/"),
    ("GET", "/rest/V1/directory/countries"),
    ("GET", "/rest/V1/directory/countries/NZ"),
    ("GET", "/rest/V1/customers/me"),
    ("PUT", "/rest/V1/customers/me"),
    ("GET", "/rest/V1/customers/search"),
    ("GET", "/rest/V1/customers/8"),
    ("DELETE", "/rest/V1/customers/1000"),
    ("GET", "/rest/V1/customerGroups/search"),
    ("GET", "/rest/V1/customerGroups/1"),
    ("PUT", "/rest/V1/customerGroups/1"),
    ("GET", "/api/pages"),
    ("GET", "/api/pages/example"),
    ("PATCH", "/api/pages/example"),
    ("GET", "/site/example"),
    ("GET", "/events"),
    ("GET", "/echo"),
    ("POST", "/uploads"),
    ("GET", "/user/me"),
    ("GET", "/admin/users"),
    ("GET", "/nowhere"),
];

#[test]
fn there_is_a_request_for_each_route() {
    let place = Place::new();
    let rules = place.run("demo --print-config").ok();
    let declared = rules.lines().filter(|line| line.starts_with("match = ")).count();
    let own = ["/user/me", "/admin/users", "/nowhere"];
    assert_eq!(REQUESTS.iter().filter(|(_, path)| !own.contains(path)).count(), declared);
}

#[tokio::test]
async fn every_route_with_every_role() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    place.write("doorward.toml", &place.run("demo --print-config").ok());
    let mut browsers = Vec::new();
    for (_, caller) in CALLERS {
        let mut browser = Browser::at(&demo.base);
        if let Some((realm, _, login, password)) = caller {
            assert_eq!(browser.log_in(Some(realm), login, password).await.status, 201);
        }
        browsers.push(browser);
    }
    let mut matrix = format!("{:<36}", "");
    CALLERS.iter().for_each(|(name, _)| write!(matrix, "{name:>15}").expect("text"));
    for (method, path) in REQUESTS {
        write!(matrix, "\n{:<36}", format!("{method} {path}")).expect("text");
        for ((name, caller), browser) in CALLERS.iter().zip(&browsers) {
            let seen = ask(browser, method, path).await;
            let explained = explain(&place, method, path, *caller);
            assert_eq!(as_seen(&explained), seen, "{method} {path} by {name}: {explained}");
            write!(matrix, "{seen:>15}").expect("text");
        }
    }
    insta::assert_snapshot!(matrix);
}

type Known = (&'static str, &'static str, &'static str, &'static str);

/// What the wire says: `allow`, or the status of a refusal by Doorward.
async fn ask(browser: &Browser, method: &str, path: &str) -> String {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = browser.request(method.clone(), path);
    if !browser.token.is_empty() {
        request = request.header("X-CSRF", &browser.token);
    }
    if path == "/echo" {
        let upgrade = [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        request = upgrade.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request = request.header("Origin", &browser.base);
    } else if !method.is_safe() {
        request = request.json(&json!({ "customer": {} }));
    }
    let response = request.send().await.expect("an answer");
    // A stream is not read: its head has said it all.
    let is_ours = response.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json");
    if is_ours { response.status().as_u16().to_string() } else { "allow".to_owned() }
}

/// What `explain` says.
fn explain(place: &Place, method: &str, path: &str, caller: Option<Known>) -> Value {
    let who = match caller {
        None => String::new(),
        Some((realm, "", ..)) => format!("--realm {realm} --user-id 7"),
        Some((realm, role, ..)) => format!("--realm {realm} --role {role}"),
    };
    place.run(&format!("explain {method} {path} {who} --json")).json()
}

fn as_seen(explained: &Value) -> String {
    if explained["verdict"] == "allow" { "allow".to_owned() } else { explained["status"].to_string() }
}
