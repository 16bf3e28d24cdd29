//! The last administrator stays, whatever is done to roles.

use serde_json::{Value, json};

use crate::house::{House, Session};

fn make(house: &House, root: &Session, role: &Value) {
    let made = house.admin(root, "POST", "/admin/roles", Some(role));
    assert_eq!(made.status, 201, "{}", made.text());
}

fn of_root(house: &House, root: &Session) -> String {
    let id = house.read(root, "/admin/users?search=root")["items"][0]["id"].as_str().expect("an id").to_owned();
    format!("/admin/users/{id}")
}

#[test]
fn the_last_role_that_makes_administrators_stays() {
    let house = House::open();
    let root = house.root();
    make(&house, &root, &json!({ "name": "chiefs", "allow": ["Doorward::all", "Shop::all"] }));
    house.add("admin", "chief", &["chiefs"]);
    let chief = house.log_in("admin", "chief");
    let place = of_root(&house, &root);
    assert_eq!(house.admin(&root, "PATCH", &place, Some(&json!({ "roles": [] }))).status, 200);
    let denies = json!({ "allow": ["Doorward::all", "Shop::all"], "deny": ["Doorward::audit"] });
    for (method, body) in
        [("DELETE", None), ("PUT", Some(json!({ "allow": ["Doorward::users"] }))), ("PUT", Some(denies))]
    {
        let answer = house.admin(&chief, method, "/admin/roles/chiefs", body.as_ref());
        assert_eq!((answer.status, answer.code().as_str()), (409, "last_administrator"), "{method}");
    }
}

#[test]
fn a_role_that_denies_cannot_be_given_to_the_last_administrator() {
    let house = House::open();
    let root = house.root();
    make(&house, &root, &json!({ "name": "curbed", "deny": ["Doorward::audit"] }));
    let place = of_root(&house, &root);
    let give = json!({ "roles": { "add": ["curbed"] } });
    let refused = house.admin(&root, "PATCH", &place, Some(&give));
    assert_eq!((refused.status, refused.code().as_str()), (409, "last_administrator"), "{}", refused.text());
    assert_eq!(house.admin(&root, "GET", "/admin/audit", None).status, 200);
    // Where another one is left, it is somebody's own business.
    house.add("admin", "chief", &["administrator"]);
    assert_eq!(house.admin(&root, "PATCH", &place, Some(&give)).status, 200);
    let chief = house.log_in("admin", "chief");
    let own = house.read(&chief, "/admin/users?search=chief")["items"][0]["id"].as_str().expect("an id").to_owned();
    let refused = house.admin(&chief, "PATCH", &format!("/admin/users/{own}"), Some(&give));
    assert_eq!((refused.status, refused.code().as_str()), (409, "last_administrator"), "root is none any more");
}

#[test]
fn a_role_that_all_administrators_have_cannot_begin_to_deny() {
    let house = House::open();
    let root = house.root();
    make(&house, &root, &json!({ "name": "own", "allow": ["Shop::orders"] }));
    house.add("admin", "chief", &["administrator", "own"]);
    let chief = house.log_in("admin", "chief");
    let give = json!({ "roles": { "add": ["own"] } });
    assert_eq!(house.admin(&chief, "PATCH", &of_root(&house, &chief), Some(&give)).status, 200);
    for deny in ["Doorward::all", "Doorward::panel"] {
        let refused = house.admin(&chief, "PUT", "/admin/roles/own", Some(&json!({ "deny": [deny] })));
        assert_eq!((refused.status, refused.code().as_str()), (409, "last_administrator"), "{deny}");
        assert_eq!(house.admin(&chief, "GET", "/admin/roles/own", None).json()["deny"], json!([]));
    }
    house.add("admin", "third", &["administrator"]);
    assert_eq!(
        house.admin(&chief, "PUT", "/admin/roles/own", Some(&json!({ "deny": ["Doorward::panel"] }))).status,
        200
    );
    let third = house.log_in("admin", "third");
    let refused = house.admin(&third, "DELETE", &of_root(&house, &third), None);
    assert_eq!(refused.status, 204, "somebody who is none goes: {}", refused.text());
    // Who is left cannot go, and what lifts the denial is never refused.
    let own = house.read(&third, "/admin/users?search=third")["items"][0]["id"].as_str().expect("an id").to_owned();
    let refused = house.admin(&third, "PATCH", &format!("/admin/users/{own}"), Some(&json!({ "state": "disabled" })));
    assert_eq!((refused.status, refused.code().as_str()), (409, "last_administrator"));
    assert_eq!(house.admin(&third, "DELETE", "/admin/roles/own", None).status, 204);
}

#[test]
fn a_role_that_somebody_has_before_there_is_one_leaves_an_administrator() {
    let house = House::open();
    house.root();
    // The name of a role that stood in a file once.
    let change = doorward::store::Change::ChangeRoles {
        user: house
            .block_on(house.store.users(Default::default(), Default::default(), Default::default()))
            .expect("users")
            .items[0]
            .number,
        add: vec![doorward::Name::parse("ghost").expect("a name")],
        remove: vec![],
        guard: None,
    };
    house.block_on(house.store.commit(change, vec![])).expect("given");
    house.settle();
    let root = house.log_in("admin", "root");
    let ghost = json!({ "name": "ghost", "deny": ["Doorward::all"] });
    let seen =
        house.admin(&root, "POST", "/admin/roles/ghost/preview", Some(&json!({ "deny": ["Doorward::all"] }))).json();
    assert_eq!(seen["people"], json!(1));
    let refused = house.admin(&root, "POST", "/admin/roles", Some(&ghost));
    assert_eq!((refused.status, refused.code().as_str()), (409, "last_administrator"), "{}", refused.text());
    house.add("admin", "chief", &["administrator"]);
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&ghost)).status, 201);
}
