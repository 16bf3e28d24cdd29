//! What every answer of Doorward's own says to browsers.

use serde_json::json;

use crate::answer::Answer;
use crate::house::{Door, House};

fn check(what: &str, answer: &Answer) {
    let header = |name: &str| {
        answer.header(name).unwrap_or_else(|| panic!("{what} ({}) has no {name}", answer.status)).to_owned()
    };
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    let policy = header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    // A picture may have a style of its own: nothing else is in it, and what is opened by itself is nobody's origin.
    let is_asset = what.contains("/assets/") && policy.ends_with("; sandbox");
    let others = if is_asset { policy.replace("style-src 'unsafe-inline'; ", "") } else { policy };
    assert!(!others.contains("unsafe"), "{what}: {others}");
    // Never over plain HTTP.
    assert_eq!(answer.header("strict-transport-security"), None, "{what}");
    assert_eq!(answer.header("server"), None, "{what}");
    if what.contains("/assets/") && answer.status == 200 {
        assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    } else {
        assert_eq!(header("cache-control"), "no-store", "{what}");
    }
    let kind = answer.header("content-type");
    match answer.body.len() {
        0 => assert_eq!(kind, None, "{what}"),
        _ if answer.status >= 400 && !kind.is_some_and(|kind| kind.starts_with("text/html")) => {
            assert_eq!(kind, Some("application/problem+json"), "{what}");
        }
        _ => assert!(kind.is_some(), "{what}"),
    }
}

#[test]
fn every_answer_is_protected() {
    let house = House::open();
    let root = house.root();
    let page = house.send(Door::Public, "GET", "/login", &[], None).text();
    let assets = page.split("/login/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut targets: Vec<String> = assets.map(|file| format!("/login/assets/{file}")).collect();
    assert_eq!(targets.len(), 3);
    targets.extend(
        [
            "/login",
            "/login/code",
            "/logout",
            "/account?realm=admin",
            "/account",
            "/login/assets/x.css",
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/user/me",
            "/user/csrf",
            "/user/sessions",
            "/user/sessions/current",
            "/user/me/permissions",
            "/admin/users",
            "/admin/users/nobody",
            "/admin/users?limit=0",
            "/admin/roles",
            "/admin/acl",
            "/admin/sessions",
            "/admin/routes",
            "/admin/explain?path=/",
            "/admin/audit",
            "/admin/audit?format=csv",
            "/admin/stats",
        ]
        .map(str::to_owned),
    );
    let mut nonces = std::collections::BTreeSet::new();
    for target in &targets {
        for session in [Some(&root), None] {
            let answer = house.call(Door::Admin, "GET", target, session, None);
            check(target, &answer);
            let policy = answer.header("content-security-policy").unwrap_or_default();
            if let Some(nonce) = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()) {
                assert!(nonce.len() >= 32 && answer.text().contains(&format!("nonce=\"{nonce}\"")), "{target}");
                assert!(nonces.insert(nonce.to_owned()), "a nonce twice");
            }
        }
    }
    assert!(nonces.len() >= 6);
    for (method, target, body) in [
        ("POST", "/admin/users", Some(json!({}))),
        ("POST", "/admin/users", None),
        ("POST", "/admin/roles", Some(json!({ "name": "x" }))),
        ("DELETE", "/admin/roles/x", None),
        ("DELETE", "/admin/roles/clerk", None),
        ("POST", "/login", None),
        ("POST", "/logout?realm=admin", None),
    ] {
        check(target, &house.call(Door::Admin, method, target, Some(&root), body.as_ref()));
    }
}

#[test]
fn nothing_changes_by_looking() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &[]);
    let anna = house.log_in("customer", "anna");
    let state =
        || (house.read(&root, "/admin/users"), house.read(&root, "/admin/sessions"), house.read(&root, "/admin/roles"));
    let before = state();
    for target in [
        "/logout",
        "/logout?realm=customer",
        "/account",
        "/account/password",
        "/account/sessions",
        "/login?logout=1",
        "/user/sessions",
    ] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            house.call(Door::Public, method, target, Some(&anna), None);
        }
    }
    assert_eq!(state(), before);
}
