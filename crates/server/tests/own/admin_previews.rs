//! What a change would do, said before it is done.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::house::{Door, House, Session};

fn of_role(house: &House, session: &Session, name: &str, body: &Value) -> Answer {
    house.admin(session, "POST", &format!("/admin/roles/{name}/preview"), Some(body))
}

fn of_user(house: &House, session: &Session, id: &str, roles: &Value) -> Answer {
    house.admin(session, "POST", &format!("/admin/users/{id}/preview?realm=admin"), Some(&json!({ "roles": roles })))
}

#[test]
fn a_denial_is_said_whatever_other_roles_allow() {
    let house = House::open();
    let root = house.root();
    let seen = of_role(&house, &root, "ban", &json!({ "deny": ["Shop::orders"] })).json();
    assert_eq!(seen["denies"], json!(["Shop::orders", "Shop::refund"]));
    assert_eq!((&seen["shuts"], &seen["closes"]), (&json!(["GET /rest/orders/:id"]), &json!([])));
    let made = json!({ "name": "ban", "deny": ["Shop::orders"] });
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&made)).status, 201);
    let seen = of_role(&house, &root, "ban", &json!({ "deny": ["Shop::refund"] })).json();
    assert_eq!(
        (&seen["allows_again"], &seen["denies"], &seen["shuts"]),
        (&json!(["Shop::orders"]), &json!([]), &json!([]))
    );
}

#[test]
fn whoever_asks_is_told_what_they_would_lose_themselves() {
    let house = House::open();
    let root = house.root();
    let made = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "own", "allow": ["Shop::orders"] })));
    assert_eq!(made.status, 201);
    let losing = json!({ "deny": ["Doorward::audit", "Shop::refund"] });
    assert_eq!(of_role(&house, &root, "own", &losing).json()["loses"], json!([]), "they do not have it");
    house.add("admin", "rita", &["administrator", "own"]);
    let rita = house.log_in("admin", "rita");
    assert_eq!(of_role(&house, &rita, "own", &losing).json()["loses"], json!(["Doorward::audit", "Shop::refund"]));
    assert_eq!(of_role(&house, &rita, "own", &json!({})).json()["loses"], json!([]), "another role allows it, too");
}

#[test]
fn a_preview_is_of_the_role_that_was_seen() {
    let house = House::open();
    let root = house.root();
    let role = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales" }))).json();
    let at =
        |version: &Value| of_role(&house, &root, "sales", &json!({ "allow": ["Shop::orders"], "version": version }));
    assert_eq!(at(&role["version"]).status, 200);
    assert_eq!(
        house.admin(&root, "PUT", "/admin/roles/sales", Some(&json!({ "allow": ["Shop::delete"] }))).status,
        200
    );
    for version in [&role["version"], &json!(""), &json!("1")] {
        let late = at(version);
        assert_eq!((late.status, late.code().as_str()), (409, "role_changed"), "{version}");
    }
    let none = of_role(&house, &root, "nobody", &json!({ "version": role["version"] }));
    assert_eq!((none.status, none.code().as_str()), (404, "role_unknown"));
}

#[test]
fn what_roles_give_and_take_is_said_with_the_sessions_that_end() {
    let house = House::open();
    let root = house.root();
    let id = house.add("admin", "carl", &["clerk"]).id.to_string();
    house.log_in("admin", "carl");
    house.log_in("admin", "carl");
    let seen = of_user(&house, &root, &id, &json!({ "add": ["careful"], "remove": ["clerk"] })).json();
    assert_eq!(
        seen,
        json!({
            "grants": [], "withdraws": ["Shop::orders", "Shop::refund"], "opens": [], "closes": ["GET /rest/orders/:id"],
            "sessions": 2, "own": false,
        })
    );
    let seen = of_user(&house, &root, &id, &json!({ "add": ["boss"] })).json();
    assert_eq!(seen["grants"], json!(["Shop::all", "Shop::delete"]));
    let same = of_user(&house, &root, &id, &json!({ "add": ["clerk"] })).json();
    assert_eq!((&same["sessions"], &same["grants"]), (&json!(0), &json!([])));
    assert_eq!(of_user(&house, &root, &id, &json!(["clerk"])).json()["sessions"], json!(0), "as the whole list, too");
    assert_eq!(
        house.read(&root, &format!("/admin/users/{id}/sessions?realm=admin"))["items"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn ones_own_roles_are_marked_as_ones_own() {
    let house = House::open();
    let root = house.root();
    let own = house.read(&root, "/admin/users?search=root")["items"][0]["id"].as_str().expect("an id").to_owned();
    let seen = of_user(&house, &root, &own, &json!({ "add": ["careful"] })).json();
    assert_eq!(
        (&seen["own"], &seen["withdraws"], &seen["sessions"]),
        (&json!(true), &json!(["Shop::delete"]), &json!(1))
    );
}

#[test]
fn a_preview_is_refused_as_the_change_would_be() {
    let house = House::open();
    let root = house.root();
    let keeper = house.with_roles("kim", &["keeper"]);
    let id = house.add("admin", "carl", &["clerk"]).id.to_string();
    assert_eq!(of_user(&house, &keeper, &id, &json!({ "add": ["boss"] })).status, 403);
    assert_eq!(of_user(&house, &root, &id, &json!({ "add": ["nothing"] })).status, 400);
    assert_eq!(of_user(&house, &root, "none", &json!({ "add": [] })).status, 404);
    let auditor = house.with_roles("ann", &["auditor"]);
    assert_eq!(of_user(&house, &auditor, &id, &json!({ "add": [] })).status, 403);
    let cookie = format!("Cookie: {}", root.cookie);
    let lines = [cookie.as_str(), "Content-Type: application/json"];
    let forged = house.send(Door::Admin, "POST", &format!("/admin/users/{id}/preview"), &lines, Some("{\"roles\":[]}"));
    assert_eq!((forged.status, forged.code().as_str()), (403, "csrf"));
}

#[test]
fn who_would_end_their_own_session_is_told() {
    let house = House::open();
    let root = house.root();
    house.add("admin", "carl", &["clerk"]);
    house.log_in("admin", "carl");
    let count = |query: &str| house.admin(&root, "DELETE", &format!("/admin/sessions?{query}&count=true"), None).json();
    assert_eq!(count("login=carl"), json!({ "count": 1, "left": 0, "own": false, "ended": false }));
    assert_eq!(count("realm=admin"), json!({ "count": 2, "left": 0, "own": true, "ended": false }));
    let ended = house.admin(&root, "DELETE", "/admin/sessions?login=carl", None).json();
    assert_eq!(ended, json!({ "count": 1, "left": 0, "own": false, "ended": true }));
    let ended = house.admin(&root, "DELETE", "/admin/sessions?realm=admin", None).json();
    assert_eq!(ended, json!({ "count": 1, "left": 0, "own": true, "ended": true }));
}

#[test]
fn what_opens_to_somebody_are_routes_of_their_realm() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let preview = json!({ "roles": { "add": ["clerk", "support"] } });
    let place = format!("/admin/users/{}/preview?realm=customer", anna.id);
    let seen = house.admin(&root, "POST", &place, Some(&preview)).json();
    assert_eq!((&seen["opens"], seen["grants"].as_array().map(Vec::len)), (&json!([]), Some(4)), "{seen}");
}
