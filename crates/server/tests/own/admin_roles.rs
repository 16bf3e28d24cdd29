//! `/admin/roles` and `/admin/acl`.

use serde_json::{Value, json};

use crate::house::{Door, House};

#[test]
fn a_role_is_made_read_replaced_and_removed() {
    let house = House::open();
    let root = house.root();
    let made = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales", "allow": ["Shop::orders"] })));
    assert_eq!((made.status, made.header("location")), (201, Some("/admin/roles/sales")), "{}", made.text());
    let role = made.json();
    // Expanded as the tree stands now: what is added below later is denied to it.
    assert_eq!((&role["origin"], &role["allow"]), (&json!("stored"), &json!(["Shop::orders", "Shop::refund"])));
    assert_eq!(house.read(&root, "/admin/roles/sales"), role);
    let content = json!({ "allow": ["Shop::orders"], "deny": ["Shop::refund"], "version": role["version"] });
    let replaced = house.admin(&root, "PUT", "/admin/roles/sales", Some(&content));
    assert_eq!((replaced.status, &replaced.json()["grants"]), (200, &json!(["Shop::orders"])));
    let stale = house.admin(&root, "PUT", "/admin/roles/sales", Some(&content));
    assert_eq!((stale.status, stale.code().as_str()), (409, "role_changed"));
    let anna = house.add("customer", "anna", &["sales"]);
    assert_eq!(house.admin(&root, "DELETE", "/admin/roles/sales", None).status, 204);
    assert!(house.stored(&anna).roles.is_empty());
    let gone = house.admin(&root, "GET", "/admin/roles/sales", None);
    assert_eq!((gone.status, gone.code().as_str()), (404, "role_unknown"));
}

#[test]
fn of_two_who_replace_the_role_that_both_have_read_one_wins() {
    let house = House::open();
    let root = house.root();
    let made = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales" })));
    let version = made.json()["version"].clone();
    // Another process is faster: this one has read the role, and has not heard of the change yet.
    let role = doorward::store::StoredRole {
        name: doorward::Name::parse("sales").expect("a name"),
        allow: vec!["Shop::delete".into()],
        deny: vec![],
    };
    let change = doorward::store::Change::ReplaceRole { role: role.clone(), guard: None };
    house.block_on(house.store.commit(change, vec![])).expect("changed");
    for version in [version, json!("1"), json!("")] {
        let content = json!({ "allow": ["Shop::orders"], "version": version });
        let late = house.admin(&root, "PUT", "/admin/roles/sales", Some(&content));
        assert_eq!((late.status, late.code().as_str()), (409, "role_changed"), "{version}");
    }
    assert_eq!(house.block_on(house.store.roles()).expect("roles"), [role]);
}

#[test]
fn no_more_roles_are_made_than_there_may_be() {
    let house = House::open();
    let root = house.root();
    for number in 1..doorward::Engine::MOST_STORED_ROLES {
        let name = doorward::Name::parse(&format!("role{number}")).expect("a name");
        let role = doorward::store::StoredRole { name, allow: vec![], deny: vec![] };
        house
            .block_on(house.store.commit(doorward::store::Change::CreateRole { role, guard: None }, vec![]))
            .expect("made");
    }
    house.settle();
    let make = |name: &str| house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": name })));
    assert_eq!(make("last").status, 201);
    for target in ["/admin/roles", "/admin/roles/sales/preview"] {
        let body = if target == "/admin/roles" { json!({ "name": "sales" }) } else { json!({}) };
        let refused = house.admin(&root, "POST", target, Some(&body));
        assert_eq!((refused.status, refused.code().as_str()), (409, "too_many_roles"), "{target}");
    }
    assert_eq!((make("last").status, make("last").code().as_str()), (409, "role_taken"));
    let content = json!({ "allow": ["Shop::orders"] });
    assert_eq!(house.admin(&root, "PUT", "/admin/roles/last", Some(&content)).status, 200, "what is there is altered");
    assert_eq!(house.admin(&root, "DELETE", "/admin/roles/last", None).status, 204);
    assert_eq!(make("sales").status, 201);
}

#[test]
fn a_role_that_is_read_and_saved_gains_nothing_that_was_declared_since() {
    let house = House::open();
    let root = house.root();
    // Saved when `Shop::orders` had nothing below it.
    let role = doorward::store::StoredRole {
        name: doorward::Name::parse("sales").expect("a name"),
        allow: vec!["Shop::orders".into()],
        deny: vec![],
    };
    house
        .block_on(house.store.commit(doorward::store::Change::CreateRole { role, guard: None }, vec![]))
        .expect("made");
    house.block_on(house.engine.maintain()).expect("read");
    let before = house.read(&root, "/admin/roles/sales");
    let save = |allow: &Value| {
        let saved = house.admin(&root, "PUT", "/admin/roles/sales", Some(&json!({ "allow": allow })));
        assert_eq!(saved.status, 200, "{}", saved.text());
        saved.json()
    };
    assert_eq!(save(&before["allow"]), before);
    assert_eq!(save(&json!(["Shop::orders", "Shop::refund"]))["allow"], json!(["Shop::orders", "Shop::refund"]));
    // Whatever was saved once, saving it again changes nothing.
    assert_eq!(save(&json!(["Shop::orders"]))["allow"], json!(["Shop::orders", "Shop::refund"]));
    house.settle();
    let said = house.read(&root, "/admin/audit?kind=role_changed")["items"].clone();
    let details: Vec<&Value> = said.as_array().expect("items").iter().map(|event| &event["detail"]).collect();
    assert_eq!(details, ["sales: saved as it was", "sales: allows also Shop::refund", "sales: saved as it was"]);
}

#[test]
fn the_list_says_where_each_role_comes_from() {
    let house = House::open();
    let root = house.root();
    house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales" })));
    let list = house.read(&root, "/admin/roles");
    let find = |name: &str| -> Value {
        list["items"].as_array().expect("items").iter().find(|role| role["name"] == name).expect("the role").clone()
    };
    assert_eq!(find("administrator")["origin"], "builtin");
    assert_eq!(find("sales")["origin"], "stored");
    let auditor = find("auditor");
    assert_eq!((&auditor["origin"], &auditor["title"]), (&json!("file"), &json!("Auditor")));
    assert!(auditor["source"].as_str().is_some_and(|source| source.starts_with("doorward.toml:")), "{auditor}");
    assert_eq!(list["next"], Value::Null);
}

#[test]
fn a_role_of_the_file_is_altered_in_the_file() {
    let house = House::open();
    let root = house.root();
    for name in ["clerk", "administrator"] {
        for (method, body) in [("PUT", Some(json!({ "allow": [] }))), ("DELETE", None)] {
            let answer = house.admin(&root, method, &format!("/admin/roles/{name}"), body.as_ref());
            assert_eq!((answer.status, answer.code().as_str()), (409, "role_in_file"), "{method} {name}");
        }
        let answer = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": name })));
        assert_eq!((answer.status, answer.code().as_str()), (409, "role_in_file"));
    }
}

#[test]
fn a_role_that_does_not_fit_is_refused() {
    let house = House::open();
    let root = house.root();
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales" }))).status, 201);
    let taken = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales" })));
    assert_eq!((taken.status, taken.code().as_str()), (409, "role_taken"));
    for body in [
        json!({ "name": "a b" }),
        json!({ "name": "x", "allow": ["Shop::nothing"] }),
        json!({ "name": "x", "deny": ["Shop::nothing"] }),
        json!({ "name": "x", "grants": [] }),
        json!({}),
    ] {
        assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&body)).status, 400, "{body}");
    }
    let unknown = house.admin(&root, "PUT", "/admin/roles/nobody", Some(&json!({})));
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "role_unknown"));
}

#[test]
fn nobody_makes_a_role_of_what_they_lack() {
    let house = House::open();
    let keeper = house.with_roles("kim", &["keeper"]);
    let make = |name: &str, allow: &str| {
        house.admin(&keeper, "POST", "/admin/roles", Some(&json!({ "name": name, "allow": [allow] })))
    };
    assert_eq!(make("sales", "Shop::orders").status, 201);
    let refused = make("all", "Shop::all");
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"));
    assert!(refused.text().contains("Shop::all"), "{}", refused.text());
    assert_eq!(make("self", "Doorward::audit").status, 403);
    let grown = json!({ "allow": ["Shop::orders", "Shop::delete"] });
    assert_eq!(house.admin(&keeper, "PUT", "/admin/roles/sales", Some(&grown)).status, 403);
}

#[test]
fn nobody_lifts_a_denial_of_what_they_lack() {
    let house = House::open();
    let root = house.root();
    let keeper = house.with_roles("kim", &["keeper"]);
    for (name, deny) in [("limits", "Shop::delete"), ("bounds", "Shop::orders")] {
        let body = json!({ "name": name, "deny": [deny] });
        assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&body)).status, 201);
    }
    assert_eq!(house.admin(&keeper, "PUT", "/admin/roles/limits", Some(&json!({}))).status, 403);
    assert_eq!(house.admin(&keeper, "DELETE", "/admin/roles/limits", None).status, 403);
    assert_eq!(house.admin(&keeper, "PUT", "/admin/roles/bounds", Some(&json!({}))).status, 200);
}

#[test]
fn a_role_decides_from_the_next_request_on() {
    let house = House::open();
    let root = house.root();
    let made = json!({ "name": "readers", "allow": ["Doorward::audit"] });
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&made)).status, 201);
    let reader = house.with_roles("rae", &["readers"]);
    assert_eq!(house.admin(&reader, "GET", "/admin/audit", None).status, 200);
    assert_eq!(house.admin(&root, "PUT", "/admin/roles/readers", Some(&json!({}))).status, 200);
    assert_eq!(house.admin(&reader, "GET", "/admin/audit", None).status, 403);
}

#[test]
fn the_tree_has_titles_and_children() {
    let house = House::open();
    let root = house.root();
    let tree = house.read(&root, "/admin/acl");
    let items = tree["items"].as_array().expect("items");
    assert_eq!((&items[0]["id"], &items[1]["title"]), (&json!("Doorward::all"), &json!("Shop")));
    assert_eq!(items[1]["children"][0]["children"][0], json!({ "id": "Shop::refund", "title": null, "children": [] }));
    assert_eq!(house.call(Door::Admin, "GET", "/admin/acl", None, None).status, 401);
}
