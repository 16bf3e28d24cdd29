//! `/admin/users`.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use doorward::Actor;
use serde_json::{Value, json};

use crate::answer;
use crate::house::{Door, House, PASSWORD, RULES, Session};

fn logins(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|user| user["login"].as_str().expect("a login").to_owned())
        .collect()
}

fn patch(house: &House, by: &Session, id: &str, body: &Value) -> (u16, Value) {
    let answer = house.admin(by, "PATCH", &format!("/admin/users/{id}"), Some(body));
    (answer.status, answer.json())
}

#[test]
fn a_user_is_added_read_altered_and_removed() {
    let house = House::open();
    let root = house.root();
    let body = json!({
        "realm": "customer", "login": "Anna@Example.com", "name": "Anna", "email": "anna@example.com",
        "roles": ["clerk"], "attributes": { "cart_id": 7 }
    });
    let added = house.admin(&root, "POST", "/admin/users", Some(&body));
    assert_eq!(added.status, 201, "{}", added.text());
    let user = added.json();
    let place = added.header("location").expect("a place").to_owned();
    assert_eq!(place, format!("/admin/users/{}?realm=customer", user["id"].as_str().expect("an id")));
    assert_eq!(user["login"], "anna@example.com");
    assert_eq!(
        (&user["has_password"], &user["state"], &user["last_login_at"]),
        (&json!(false), &json!("active"), &Value::Null)
    );
    assert_eq!(user["created_at"], "2025-06-15T15:06:40Z");
    assert_eq!(house.read(&root, &place), user);

    let changes = json!({ "name": "Anna B.", "email": null, "attributes": {}, "login": "anna" });
    let altered = house.admin(&root, "PATCH", &place, Some(&changes));
    assert_eq!(altered.status, 200, "{}", altered.text());
    let altered = altered.json();
    assert_eq!(
        (&altered["name"], &altered["email"], &altered["login"]),
        (&json!("Anna B."), &Value::Null, &json!("anna"))
    );
    assert_eq!((&altered["attributes"], &altered["roles"]), (&json!({}), &json!(["clerk"])));
    assert_ne!(altered["version"], user["version"]);

    let removed = house.admin(&root, "DELETE", &place, None);
    assert_eq!((removed.status, removed.body.len()), (204, 0));
    assert_eq!(removed.header("content-type"), None);
    assert_eq!(house.admin(&root, "GET", &place, None).status, 404);
}

#[test]
fn nobody_chooses_the_password_of_somebody_else() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let body = json!({ "realm": "customer", "login": "eve", "password": "a password that I choose" });
    assert_eq!(house.admin(&root, "POST", "/admin/users", Some(&body)).status, 400);
    for body in [json!({ "password": "x" }), json!({ "epoch": 1 }), json!({ "id": "9" }), json!({ "realm": "admin" })] {
        assert_eq!(patch(&house, &root, anna.id.as_str(), &body).0, 400, "{body}");
    }
}

#[test]
fn users_are_found_by_realm_role_state_and_what_they_begin_with() {
    let house = House::open();
    let root = house.root();
    for (login, roles) in [("anna", vec!["clerk"]), ("bea", vec![]), ("50%off", vec![])] {
        house.add("customer", login, &roles);
    }
    let bea = house.read(&root, "/admin/users?search=bea")["items"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(patch(&house, &root, &bea, &json!({ "state": "disabled" })).0, 200);
    let find = |query: &str| logins(&house.read(&root, &format!("/admin/users?{query}")));
    assert_eq!(find("realm=customer"), ["50%off", "anna", "bea"]);
    assert_eq!(find("role=clerk"), ["anna"]);
    assert_eq!(find("state=disabled"), ["bea"]);
    assert_eq!(find("search=AN"), ["anna"]);
    assert_eq!(find("search=50%25"), ["50%off"]);
    for nothing in ["search=%25", "search=_nna", "search=.*", "search=nna", "role=boss", "realm=admin&search=anna"] {
        assert!(find(nothing).is_empty(), "{nothing}");
    }
    for wrong in [
        "sort=name",
        "sort=login&sort=login",
        "seen_before=yesterday",
        "never_seen=perhaps",
        "realm=a&realm=b",
        "state=gone",
        "limit=0",
        "limit=1001",
        "limit=x",
        "realm=a%20b",
        "realm=elsewhere",
    ] {
        assert_eq!(house.admin(&root, "GET", &format!("/admin/users?{wrong}"), None).status, 400, "{wrong}");
    }
}

#[test]
fn roles_are_given_as_a_whole_or_one_by_one() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &["clerk"]);
    let roles = |body: Value| {
        let (status, user) = patch(&house, &root, anna.id.as_str(), &json!({ "roles": body }));
        assert_eq!(status, 200, "{user}");
        user["roles"].clone()
    };
    assert_eq!(roles(json!({ "add": ["boss", "careful"] })), json!(["boss", "careful", "clerk"]));
    assert_eq!(roles(json!({ "remove": ["boss"], "add": [] })), json!(["careful", "clerk"]));
    assert_eq!(roles(json!(["boss"])), json!(["boss"]));
    assert_eq!(roles(json!([])), json!([]));
    let (status, problem) = patch(&house, &root, anna.id.as_str(), &json!({ "roles": ["nobody"] }));
    assert_eq!((status, &problem["type"]), (400, &json!("urn:doorward:problem:invalid")));
}

#[test]
fn a_changed_role_ends_the_sessions_of_its_holder() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    assert_eq!(patch(&house, &root, anna.id.as_str(), &json!({ "roles": ["clerk"] })).0, 200);
    assert_eq!(house.call(Door::Public, "GET", "/user/me", Some(&session), None).status, 401);
}

#[test]
fn nobody_grants_what_they_lack() {
    let house = House::with(&format!("{RULES}\n[role.nothing]\ndeny = [\"Shop::all\"]\n"));
    let keeper = house.with_roles("kim", &["keeper"]);
    let anna = house.add("customer", "anna", &[]);
    let refused = |body: Value, resource: &str| {
        let (status, problem) = patch(&house, &keeper, anna.id.as_str(), &body);
        assert_eq!((status, &problem["type"]), (403, &json!("urn:doorward:problem:forbidden")), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(resource)), "{problem}");
    };
    refused(json!({ "roles": ["administrator"] }), "Doorward::all");
    refused(json!({ "roles": { "add": ["clerk", "boss"] } }), "Shop::all");
    assert_eq!(patch(&house, &keeper, anna.id.as_str(), &json!({ "roles": ["clerk"] })).0, 200);

    let body = json!({ "realm": "customer", "login": "eve", "roles": ["boss"] });
    assert_eq!(house.admin(&keeper, "POST", "/admin/users", Some(&body)).status, 403);

    // Somebody whose rights another role takes away again: without that role they would have what the actor lacks.
    let ben = house.add("customer", "ben", &["boss", "nothing"]);
    let (status, problem) = patch(&house, &keeper, ben.id.as_str(), &json!({ "roles": { "remove": ["nothing"] } }));
    assert_eq!(status, 403, "{problem}");
}

#[test]
fn nobody_acts_on_those_who_may_more() {
    let house = House::open();
    let root = house.add("admin", "root", &["administrator"]);
    let support = house.with_roles("sam", &["support"]);
    let id = root.id.as_str();
    for body in
        [json!({ "state": "disabled" }), json!({ "name": "x" }), json!({ "roles": [] }), json!({ "login": "x" })]
    {
        assert_eq!(patch(&house, &support, id, &body).0, 403, "{body}");
    }
    assert_eq!(house.admin(&support, "POST", &format!("/admin/users/{id}/codes"), None).status, 403);
    assert_eq!(house.admin(&support, "DELETE", &format!("/admin/users/{id}"), None).status, 403);
}

#[test]
fn the_last_administrator_stays() {
    let house = House::open();
    let root = house.root();
    let id = house.read(&root, "/admin/users?search=root")["items"][0]["id"].as_str().expect("an id").to_owned();
    for body in
        [json!({ "state": "disabled" }), json!({ "roles": [] }), json!({ "roles": { "remove": ["administrator"] } })]
    {
        let (status, problem) = patch(&house, &root, &id, &body);
        assert_eq!((status, &problem["type"]), (409, &json!("urn:doorward:problem:last_administrator")), "{body}");
    }
    let answer = house.admin(&root, "DELETE", &format!("/admin/users/{id}"), None);
    assert_eq!((answer.status, answer.code().as_str()), (409, "last_administrator"));
    let second = house.add("admin", "second", &["administrator"]);
    assert_eq!(patch(&house, &root, second.id.as_str(), &json!({ "state": "disabled" })).0, 200);
    assert_eq!(patch(&house, &root, &id, &json!({ "state": "disabled" })).0, 409);
}

#[test]
fn a_login_that_is_taken_and_an_old_form_are_conflicts() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &[]);
    let ben = house.add("customer", "ben", &[]);
    let code = |answer: (u16, Value)| (answer.0, answer.1["type"].clone());
    let taken = patch(&house, &root, ben.id.as_str(), &json!({ "login": "Anna" }));
    assert_eq!(code(taken), (409, json!("urn:doorward:problem:login_taken")));
    let again = json!({ "realm": "customer", "login": "anna" });
    assert_eq!(house.admin(&root, "POST", "/admin/users", Some(&again)).status, 409);

    let version = house.read(&root, &format!("/admin/users/{}", ben.id))["version"].clone();
    let form = |name: &str| json!({ "name": name, "version": version });
    assert_eq!(patch(&house, &root, ben.id.as_str(), &form("Ben")).0, 200);
    assert_eq!(
        code(patch(&house, &root, ben.id.as_str(), &form("Benjamin"))),
        (409, json!("urn:doorward:problem:user_changed"))
    );
    assert_eq!(house.read(&root, &format!("/admin/users/{}", ben.id))["name"], "Ben");
}

#[test]
fn of_two_who_alter_the_user_that_both_have_read_one_wins() {
    let house = House::open();
    house.root();
    let anna = house.add("customer", "anna", &[]);
    let alter = |name: &str| {
        let update = doorward::UserUpdate { name: Some(name.into()), ..Default::default() };
        let seen = Some(anna.version());
        let state = Some(doorward::UserState::Disabled);
        let alteration = doorward::UserAlteration { update, state, seen, add: vec!["clerk".into()], remove: vec![] };
        let altered = house.block_on(house.engine.alter_user(&doorward::Actor::console(), &anna, alteration));
        altered.map(|user| (user.name, user.state, user.roles.len())).map_err(|refusal| refusal.code())
    };
    // Both have read the same: what the door looks at is not what the store has when the second one gets there.
    assert_eq!(alter("First"), Ok(("First".to_owned(), doorward::UserState::Disabled, 1)));
    assert_eq!(alter("Second"), Err("user_changed"));
    assert_eq!(house.stored(&anna).name, "First");
    let root = house.log_in("admin", "root");
    let (status, problem) = patch(&house, &root, anna.id.as_str(), &json!({ "name": "Third", "version": "x" }));
    assert_eq!((status, &problem["type"]), (409, &json!("urn:doorward:problem:user_changed")));
}

#[test]
fn filters_name_what_is_there() {
    let house = House::open();
    let root = house.root();
    for (wrong, parameter) in
        [("realm=elsewhere", "realm"), ("role=nothing", "role"), ("state=gone", "state"), ("name=x", "name")]
    {
        let answer = house.admin(&root, "GET", &format!("/admin/users?{wrong}"), None);
        assert!(answer.status == 400 && answer.text().contains(parameter), "{wrong}: {}", answer.text());
    }
}

#[test]
fn an_id_in_several_realms_needs_the_realm() {
    let house = House::open();
    let root = house.root();
    for realm in ["customer", "admin"] {
        let body = json!({ "realm": realm, "id": "same", "login": "x" });
        assert_eq!(house.admin(&root, "POST", "/admin/users", Some(&body)).status, 201);
    }
    let answer = house.admin(&root, "GET", "/admin/users/same", None);
    assert_eq!((answer.status, answer.code().as_str()), (400, "realm_required"));
    assert_eq!(house.read(&root, "/admin/users/same?realm=customer")["realm"], "customer");
    assert_eq!(house.admin(&root, "GET", "/admin/users/same?realm=elsewhere", None).status, 404);
    assert_eq!(house.admin(&root, "GET", "/admin/users/a%20b", None).status, 404);
}

#[test]
fn a_code_lets_somebody_choose_a_password_once() {
    let house = House::open();
    let root = house.root();
    let body = json!({ "realm": "customer", "login": "anna" });
    let id = house.admin(&root, "POST", "/admin/users", Some(&body)).json()["id"].as_str().expect("an id").to_owned();
    let issued = house.admin(&root, "POST", &format!("/admin/users/{id}/codes"), None);
    assert_eq!((issued.status, issued.header("cache-control")), (201, Some("no-store")));
    assert_eq!(issued.json()["expires_at"], "2025-06-16T15:06:40Z");
    let redeem = json!({ "code": issued.json()["code"], "password": PASSWORD });
    assert_eq!(house.call(Door::Public, "POST", "/user/password-reset", None, Some(&redeem)).status, 204);
    assert_eq!(house.call(Door::Public, "POST", "/user/password-reset", None, Some(&redeem)).status, 400);
    house.log_in("customer", "anna");
}

#[test]
fn an_administrator_forgives_failures() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let wrong = json!({ "realm": "customer", "login": "anna", "password": "not the right one" });
    let statuses: Vec<u16> =
        (0..6).map(|_| house.call(Door::Public, "POST", "/user/sessions", None, Some(&wrong)).status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    house.settle();
    assert_eq!(house.read(&root, &format!("/admin/users/{}", anna.id))["failures"], 5);
    assert_eq!(house.admin(&root, "POST", &format!("/admin/users/{}/unlock", anna.id), None).status, 204);
    house.log_in("customer", "anna");
}

#[test]
fn what_is_refused_in_part_is_not_done_in_part() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "ben", &[]);
    let anna = house.add("customer", "anna", &["clerk"]);
    let before = house.read(&root, &format!("/admin/users/{}", anna.id));
    for body in [
        json!({ "state": "disabled", "roles": ["boss"], "email": "no address" }),
        json!({ "state": "disabled", "name": "A", "roles": ["nobody"] }),
        json!({ "roles": ["boss"], "login": "ben" }),
        json!({ "roles": ["boss"], "login": "a:b" }),
        json!({ "name": "A", "attributes": { "text": "x".repeat(9_000) } }),
    ] {
        assert!(matches!(patch(&house, &root, anna.id.as_str(), &body).0, 400 | 409), "{body}");
    }
    assert_eq!(house.read(&root, &format!("/admin/users/{}", anna.id)), before);
    let all = json!({ "state": "disabled", "roles": ["boss"], "name": "A", "login": "annabel" });
    let (status, after) = patch(&house, &root, anna.id.as_str(), &all);
    assert_eq!((status, &after["state"], &after["roles"]), (200, &json!("disabled"), &json!(["boss"])));
    assert_eq!((&after["name"], &after["login"]), (&json!("A"), &json!("annabel")));
}

#[test]
fn who_is_shut_out_between_head_and_body_does_nothing() {
    let house = House::open();
    house.root();
    let user = house.add("customer", "anna@example.com", &[]);
    let mallory = house.add("admin", "mallory", &["boss", "administrator"]);
    let session = house.log_in("admin", "mallory");
    let body = json!({ "realm": "admin", "login": "eve", "roles": ["administrator"] }).to_string();
    let codes = format!("/admin/users/{}/codes?realm=customer", user.id);
    // Held at the door, held by the resource that reads it, and held though nobody reads it.
    let length = format!("Content-Length: {}", body.len());
    let ways = [
        ("/admin/users", length.as_str(), body.clone()),
        ("/admin/users", "Transfer-Encoding: chunked", format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())),
        (codes.as_str(), "Content-Length: 2", "{}".to_owned()),
    ];
    let waiting = ways.map(|(target, framing, body)| {
        let address = house.address(Door::Admin);
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let Session { cookie, proof, .. } = &session;
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nX-CSRF: {proof}\r\n\
             Content-Type: application/json\r\n{framing}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("sent");
        (stream, body)
    });
    std::thread::sleep(Duration::from_millis(1_100));
    let ended = house.block_on(house.engine.end_sessions_of(&Actor::console(), &mallory));
    ended.map_err(|refusal| refusal.code()).expect("ended");
    for (mut stream, body) in waiting {
        stream.write_all(body.as_bytes()).expect("sent");
        let answer = answer::read(&mut stream, &mut Vec::new(), true).expect("an answer");
        assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"), "{}", answer.text());
    }
    let list = house.read(&house.log_in("admin", "root"), "/admin/users?realm=admin");
    assert!(!logins(&list).contains(&"eve".to_owned()), "{list}");
}
