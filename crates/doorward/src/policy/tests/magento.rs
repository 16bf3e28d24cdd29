//! Policies where Magento's own verdicts are asked for.

use super::*;
use crate::store::StoredRole;

const SHOP: &str = "[realm.customer]\n[realm.admin]\n[dialect.magento]\ncompat = \"exact\"\n\
                    [[acl]]\nid = \"Magento_Backend::all\"\n[[acl]]\nid = \"Magento_Backend::admin\"\nchildren = [{ id = \"A::b\" }]\n\
                    [role.owner]\nallow = [\"Magento_Backend::all\"]\n[role.clerk]\nonly = [\"A::b\"]\n";

fn granted(policy: &Policy, role: &str) -> Vec<String> {
    policy.grants(&[name(role)]).iter().map(|id| policy.resources().name(id).to_owned()).collect()
}

fn told(policy: &Policy, path: &str, realm: Option<&str>, roles: &[&str]) -> (u16, String) {
    let roles = roles.iter().map(|role| name(role)).collect();
    let (method, path) = ("GET".to_owned(), path.to_owned());
    let question = Question { method, path, realm: realm.map(name), roles, ..Question::default() };
    let told = policy.explain(Door::Public, &question);
    (told.status, told.reason)
}

#[test]
fn one_resource_stands_for_all_that_files_declare_and_for_nothing_of_doorwards_own() {
    let all = ["Magento_Backend::all", "Magento_Backend::admin", "A::b"];
    let policy = compiled(SHOP);
    assert_eq!(granted(&policy, "owner"), all);
    assert_eq!(granted(&policy, "clerk"), ["A::b"]);
    let saved =
        StoredRole { name: name("made"), allow: vec!["Magento_Backend::all".into()], deny: vec!["A::b".into()] };
    let policy = policy.with_stored_roles(std::slice::from_ref(&saved)).expect("a policy");
    assert_eq!(granted(&policy, "made"), all[..2]);
    // Nobody may give it who has less.
    assert!(policy.grants_of(&saved).iter().count() == 2);
    let strict = compiled(&SHOP.replace("exact", "strict"));
    assert_eq!(granted(&strict, "owner"), all[..1]);
}

#[test]
fn routes_that_are_never_found_are_told() {
    let routes = [
        route("GET /rest/V1/:x", "\"anonymous\"", ""),
        route("GET /rest/V1/x/:y", "\"anonymous\"", ""),
        route("GET /rest/*more", "\"anonymous\"", ""),
    ];
    let text = format!("{SHOP}{}", routes.concat());
    let told = warned(&text);
    let [(_, one)] = &told[..] else { panic!("{told:?}") };
    assert!(one.starts_with("`GET /rest/V1/:x` is never found"), "{one}");
    assert_eq!(warned(&text.replace("exact", "strict")), []);
    let policy = compiled(&text);
    assert_eq!(led(&policy, "GET", "/rest/V1/y"), "404");
    assert_eq!(led(&policy, "GET", "/rest/V1/x/y"), "GET /rest/V1/x/:y");
    // What is not Magento's is found after all that is.
    assert_eq!(led(&policy, "GET", "/rest/V1/x/y/z"), "GET /rest/*more");
    // Elsewhere the order is the usual one.
    let text = format!("{text}{}", route("GET /shop/:x", "\"anonymous\"", ""));
    assert_eq!(led(&compiled(&text), "GET", "/shop/y"), "GET /shop/:x");
}

#[test]
fn routes_for_one_host_have_an_order_of_their_own() {
    let host = "host = \"api.example\"";
    let routes = [
        route("GET /rest/V1/a/1x/:y", "\"anonymous\"", host),
        route("GET /rest/V1/a/:x/y", "\"anonymous\"", host),
        route("GET /rest/V1/a/:z/y", "\"anonymous\"", ""),
    ];
    let policy = compiled(&format!("mount = \"/auth\"\n{SHOP}{}", routes.concat()));
    assert_eq!(led_at(&policy, "GET", "api.example", "/rest/V1/a/1x/y"), "GET api.example/rest/V1/a/:x/y");
    assert_eq!(led_at(&policy, "GET", "other.example", "/rest/V1/a/1x/y"), "GET /rest/V1/a/:z/y");
}

#[test]
fn explaining_knows_what_judging_does() {
    let routes = [
        route("GET /rest/V1/x/me", "\"self\"", "realm = \"customer\"\nforce = { customerId = \"%user_id%\" }"),
        route("GET /rest/V1/x/own", "\"self\"", "realm = \"customer\""),
        route("GET /rest/V1/x/b", "\"A::b\"", "realm = \"admin\""),
    ];
    let policy = compiled(&format!("{SHOP}{}", routes.concat()));
    for (path, realm, roles, status, reason) in [
        ("/rest/V1/x/me", "customer", &[][..], 200, "a user, on their own data"),
        ("/rest/V1/x/me", "admin", &["owner"], 400, "a customer's, and an administrator has none"),
        ("/rest/V1/x/own", "admin", &["owner"], 200, "a user, on their own data"),
        ("/rest/V1/x/own", "admin", &["clerk"], 401, "an administrator who lacks some resource is none"),
        ("/rest/V1/x/b", "customer", &["clerk"], 401, "customers have no resources"),
        ("/rest/V1/x/b", "admin", &["clerk"], 200, "the roles grant A::b"),
    ] {
        let (found, why) = told(&policy, path, Some(realm), roles);
        assert!(found == status && why.contains(reason), "{path} {realm} {roles:?}: {found} {why}");
    }
}
