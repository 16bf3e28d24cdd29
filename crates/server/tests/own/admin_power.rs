//! Nobody becomes stronger by making others weaker.

use serde_json::{Value, json};

use crate::house::{House, RULES, Session};

/// Somebody with `keeper`, who may alter users and roles, and root, who has the role `team` that was made at run time.
fn keeper_and_team(house: &House) -> (Session, String) {
    let root = house.root();
    for role in
        [json!({ "name": "team", "allow": ["Shop::orders"] }), json!({ "name": "crew", "allow": ["Shop::orders"] })]
    {
        assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&role)).status, 201);
    }
    let chief = house.add("admin", "chief", &["administrator", "team"]);
    (house.with_roles("kim", &["keeper"]), format!("/admin/users/{}", chief.id))
}

fn put(house: &House, session: &Session, name: &str, role: &Value) -> u16 {
    house.admin(session, "PUT", &format!("/admin/roles/{name}"), Some(role)).status
}

#[test]
fn nobody_weakens_those_who_may_more() {
    let house = House::open();
    let (keeper, _) = keeper_and_team(&house);
    let denies = |what: &str| json!({ "allow": ["Shop::orders"], "deny": [what] });
    // What the keeper lacks they deny to nobody, and what they have to nobody who may more.
    for what in ["Doorward::all", "Shop::delete", "Doorward::users", "Shop::orders"] {
        assert_eq!(put(&house, &keeper, "team", &denies(what)), 403, "{what}");
    }
    assert_eq!(put(&house, &keeper, "crew", &denies("Doorward::audit")), 403);
    assert_eq!(
        house.admin(&keeper, "POST", "/admin/roles", Some(&json!({ "name": "ban", "deny": ["Shop::all"] }))).status,
        403
    );
    assert_eq!(house.admin(&keeper, "DELETE", "/admin/roles/team", None).status, 403);
    // Of others it is theirs to decide, and of what takes nothing, too.
    assert_eq!(put(&house, &keeper, "crew", &denies("Shop::refund")), 200);
    assert_eq!(put(&house, &keeper, "team", &json!({ "allow": ["Shop::refund"] })), 200);
    assert_eq!(house.admin(&keeper, "DELETE", "/admin/roles/crew", None).status, 204);
}

#[test]
fn who_is_denied_something_is_no_prey() {
    let house = House::open();
    let (keeper, chief) = keeper_and_team(&house);
    let root = house.log_in("admin", "root");
    assert_eq!(put(&house, &root, "team", &json!({ "deny": ["Doorward::all", "Shop::all"] })), 200);
    for (method, place, body) in [
        ("PATCH", chief.clone(), Some(json!({ "name": "Chief" }))),
        ("PATCH", chief.clone(), Some(json!({ "state": "disabled" }))),
        ("POST", format!("{chief}/codes?realm=admin"), None),
        ("POST", format!("{chief}/preview?realm=admin"), Some(json!({ "roles": [] }))),
        ("DELETE", chief.clone(), None),
    ] {
        let answer = house.admin(&keeper, method, &place, body.as_ref());
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{method} {place}");
    }
    let page = house.admin(&root, "GET", &format!("{chief}?realm=admin"), None);
    assert_eq!(page.json()["state"], json!("active"));
}

#[test]
fn nobody_hides_in_a_role_what_they_lack() {
    let house = House::open();
    let (keeper, _) = keeper_and_team(&house);
    let trap = json!({ "name": "trap", "allow": ["Shop::delete"], "deny": ["Shop::delete"] });
    assert_eq!(house.admin(&keeper, "POST", "/admin/roles", Some(&trap)).status, 403);
    let root = house.log_in("admin", "root");
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&trap)).status, 201);
    let give = json!({ "realm": "customer", "login": "anna", "roles": ["trap"] });
    assert_eq!(house.admin(&keeper, "POST", "/admin/users", Some(&give)).status, 403, "nor hands it on");
}

#[test]
fn a_denial_that_all_administrators_have_is_lifted_at_the_machine() {
    let house = House::open();
    let (keeper, chief) = keeper_and_team(&house);
    let root = house.log_in("admin", "root");
    let own = house.read(&root, "/admin/users?search=root")["items"][0]["id"].as_str().expect("an id").to_owned();
    let give = json!({ "roles": { "add": ["team"] } });
    assert_eq!(house.admin(&root, "PATCH", &format!("/admin/users/{own}"), Some(&give)).status, 200);
    let root = house.log_in("admin", "root");
    let denies = json!({ "allow": ["Shop::orders"], "deny": ["Shop::delete"] });
    assert_eq!(put(&house, &root, "team", &denies), 200);
    // Both lack it now, and nobody grants what they lack, not even what another role of theirs allows.
    assert_eq!(put(&house, &keeper, "team", &json!({})), 403);
    let boss = json!({ "realm": "customer", "login": "anna", "roles": ["boss"] });
    assert_eq!(house.admin(&root, "POST", "/admin/users", Some(&boss)).status, 403);
    let take = json!({ "roles": { "remove": ["team"] } });
    assert_eq!(house.admin(&root, "PATCH", &chief, Some(&take)).status, 403);
    assert_eq!(put(&house, &root, "team", &json!({ "allow": ["Shop::orders"] })), 403);
    let team = doorward::store::StoredRole {
        name: doorward::Name::parse("team").expect("a name"),
        allow: vec!["Shop::orders".into()],
        deny: vec![],
    };
    let lifted = house.block_on(house.engine.save_role(&doorward::Actor::console(), team, false));
    lifted.map_err(|refusal| refusal.code()).expect("lifted");
    assert_eq!(house.admin(&root, "POST", "/admin/users", Some(&boss)).status, 201);
    assert_eq!(house.admin(&root, "PATCH", &chief, Some(&take)).status, 200);
}

#[test]
fn whoever_a_file_denies_something_hands_it_to_nobody_and_decides_about_their_peers() {
    let desk = "[role.desk]\nallow = [\"Doorward::all\", \"Shop::all\"]\ndeny = [\"Shop::delete\"]\n";
    let house = House::with(&format!("{RULES}\n{desk}"));
    house.root();
    let one = house.with_roles("one", &["desk"]);
    let other = house.add("admin", "other", &["desk"]);
    let place = format!("/admin/users/{}?realm=admin", other.id);
    assert_eq!(house.admin(&one, "PATCH", &place, Some(&json!({ "name": "Other" }))).status, 200);
    for login in ["peer", "boss"] {
        let roles = if login == "peer" { "desk" } else { "boss" };
        let draft = json!({ "realm": "admin", "login": login, "roles": [roles] });
        let expected = if login == "peer" { 201 } else { 403 };
        assert_eq!(house.admin(&one, "POST", "/admin/users", Some(&draft)).status, expected, "{login}");
    }
    let role = json!({ "name": "more", "allow": ["Shop::delete"] });
    assert_eq!(house.admin(&one, "POST", "/admin/roles", Some(&role)).status, 403);
}
