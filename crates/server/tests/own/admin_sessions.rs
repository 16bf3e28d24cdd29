//! `/admin/sessions`.

use serde_json::{Value, json};

use crate::house::{Door, House, PASSWORD, Session};

fn of(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|session| session["login"].as_str().expect("a login").to_owned())
        .collect()
}

fn is_alive(house: &House, session: &Session) -> bool {
    house.call(Door::Public, "GET", "/user/me", Some(session), None).status == 200
}

#[test]
fn sessions_are_found_and_shown() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &["clerk"]);
    house.clock.advance(10);
    let anna = house.log_in("customer", "anna");
    let shown = house.read(&root, &format!("/admin/sessions/{}", anna.id));
    assert_eq!(
        (&shown["login"], &shown["realm"], &shown["address"]),
        (&json!("anna"), &json!("customer"), &json!("127.0.0.1"))
    );
    assert_eq!((&shown["remember"], &shown["created_at"]), (&json!(false), &json!("2025-06-15T15:06:50Z")));
    assert_eq!(house.read(&root, "/admin/sessions")["items"][0], shown);
    let find = |query: &str| of(&house.read(&root, &format!("/admin/sessions?{query}")));
    assert_eq!(find(""), ["anna", "root"]);
    assert_eq!(find("realm=admin"), ["root"]);
    assert_eq!(find("role=clerk"), ["anna"]);
    assert_eq!(find("address=127.0.0.1"), ["anna", "root"]);
    assert_eq!(find("created_before=2025-06-15T15:06:45Z"), ["root"]);
    assert_eq!(find(&format!("user={}", shown["user_id"].as_str().expect("an id"))), ["anna"]);
    assert_eq!((find("login=ANNA"), find("login=root&realm=admin")), (vec!["anna".into()], vec!["root".into()]));
    assert!(find("login=ann").is_empty() && find("login=root&realm=customer").is_empty());
    assert_eq!(find("limit=1"), ["anna"]);
    for nothing in ["address=10.0.0.1", "device=curl", "role=boss"] {
        assert!(find(nothing).is_empty(), "{nothing}");
    }
    for (wrong, parameter) in [
        ("created_before=yesterday", "created_before"),
        ("role=nothing", "role"),
        ("realm=elsewhere", "realm"),
        ("address=here", "address"),
        ("login=a:b", "login"),
        ("colour=red", "colour"),
    ] {
        let answer = house.admin(&root, "GET", &format!("/admin/sessions?{wrong}"), None);
        assert!(answer.status == 400 && answer.text().contains(parameter), "{wrong}: {}", answer.text());
    }
    assert_eq!(house.admin(&root, "GET", "/admin/sessions?user=999", None).status, 404);
    for id in ["x", "AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(house.admin(&root, "GET", &format!("/admin/sessions/{id}"), None).status, 404);
    }
}

#[test]
fn a_session_that_is_ended_is_dead_at_once() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &[]);
    let (one, two) = (house.log_in("customer", "anna"), house.log_in("customer", "anna"));
    assert!(is_alive(&house, &one) && is_alive(&house, &two));
    assert_eq!(house.admin(&root, "DELETE", &format!("/admin/sessions/{}", one.id), None).status, 204);
    assert!(!is_alive(&house, &one) && is_alive(&house, &two));
    assert_eq!(house.admin(&root, "DELETE", &format!("/admin/sessions/{}", one.id), None).status, 404);
}

#[test]
fn the_sessions_of_a_user_end_together() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let (one, two) = (house.log_in("customer", "anna"), house.log_in("customer", "anna"));
    let target = format!("/admin/users/{}/sessions", anna.id);
    assert_eq!(of(&house.read(&root, &target)), ["anna", "anna"]);
    assert_eq!(house.admin(&root, "DELETE", &target, None).status, 204);
    assert!(!is_alive(&house, &one) && !is_alive(&house, &two));
    assert!(of(&house.read(&root, &target)).is_empty());
}

#[test]
fn those_that_match_are_counted_before_they_end() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &["clerk"]);
    house.add("customer", "ben", &[]);
    let (anna, ben) = (house.log_in("customer", "anna"), house.log_in("customer", "ben"));
    let end = |query: &str| {
        let answer = house.admin(&root, "DELETE", &format!("/admin/sessions?{query}"), None);
        (answer.status, answer.json())
    };
    assert_eq!(end("role=clerk&count=true"), (200, json!({ "count": 1, "left": 0, "own": false, "ended": false })));
    assert!(is_alive(&house, &anna));
    assert_eq!(end("role=clerk"), (200, json!({ "count": 1, "left": 0, "own": false, "ended": true })));
    assert!(!is_alive(&house, &anna) && is_alive(&house, &ben));
    for wrong in ["", "count=true", "all=true&role=clerk", "all=false"] {
        assert_eq!(end(wrong).0, 400, "{wrong}");
    }
    assert_eq!(end("all=true&count=true"), (200, json!({ "count": 2, "left": 0, "own": true, "ended": false })));
    assert_eq!(end("all=true"), (200, json!({ "count": 2, "left": 0, "own": true, "ended": true })));
    assert!(!is_alive(&house, &ben));
    assert_eq!(house.admin(&root, "GET", "/admin/sessions", None).status, 401);
}

#[test]
fn a_remembered_session_has_no_idle_end() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &[]);
    let body = json!({ "realm": "customer", "login": "anna", "password": PASSWORD, "remember": true });
    let answer = house.call(Door::Public, "POST", "/user/sessions", None, Some(&body));
    let session = Session::of(&answer, "doorward-customer");
    let shown = house.read(&root, &format!("/admin/sessions/{}", session.id));
    assert_eq!((&shown["remember"], &shown["idle_ends_at"]), (&json!(true), &Value::Null));
    assert_eq!(shown["ends_at"], "2025-07-15T15:06:40Z");
    house.clock.advance(30 * 86_400);
    let late = house.log_in("admin", "root");
    assert_eq!(house.admin(&late, "GET", &format!("/admin/sessions/{}", session.id), None).status, 404);
}

/// Somebody who may end sessions, and one who may more than they.
fn warden_and_chief(house: &House) -> (Session, Session, doorward::User) {
    let warden = house.with_roles("sam", &["support"]);
    let chief = house.add("customer", "chief", &["boss"]);
    (warden, house.log_in("customer", "chief"), chief)
}

#[test]
fn nobody_ends_sessions_of_those_who_may_more() {
    let house = House::open();
    let (warden, session, chief) = warden_and_chief(&house);
    for target in [format!("/admin/sessions/{}", session.id), format!("/admin/users/{}/sessions", chief.id)] {
        let answer = house.admin(&warden, "DELETE", &target, None);
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{target}");
        assert!(answer.text().contains("Shop::all"), "{}", answer.text());
    }
    let unlock = house.admin(&warden, "POST", &format!("/admin/users/{}/unlock", chief.id), None);
    assert_eq!((unlock.status, unlock.code().as_str()), (403, "forbidden"));
    assert!(is_alive(&house, &session));
    assert_eq!(house.admin(&warden, "DELETE", &format!("/admin/sessions/{}", warden.id), None).status, 204);
}

#[test]
fn those_who_may_more_are_left_where_many_sessions_end_and_the_answer_says_so() {
    let house = House::open();
    let (warden, chief, _) = warden_and_chief(&house);
    house.add("customer", "anna", &[]);
    let anna = house.log_in("customer", "anna");
    let end = |session: &Session, query: &str| {
        house.admin(session, "DELETE", &format!("/admin/sessions?{query}"), None).json()
    };
    let counted = end(&warden, "realm=customer&count=true");
    assert_eq!(counted, json!({ "count": 1, "left": 1, "own": false, "ended": false }));
    assert_eq!(end(&warden, "realm=customer"), json!({ "count": 1, "left": 1, "own": false, "ended": true }));
    assert!(is_alive(&house, &chief) && !is_alive(&house, &anna));
    let root = house.root();
    assert_eq!(end(&root, "realm=customer"), json!({ "count": 1, "left": 0, "own": false, "ended": true }));
    assert!(!is_alive(&house, &chief));
    let said = house.read(&root, "/admin/audit?kind=session_ended")["items"].clone();
    assert_eq!(said[0]["detail"], "all in the realm customer");
    assert_eq!(said[1]["detail"], "all in the realm customer but for users who may more");
}
