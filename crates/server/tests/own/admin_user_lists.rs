//! `/admin/users` as lists: in several orders, part by part, and by when somebody was seen.

use serde_json::Value;

use crate::house::{Door, House};

fn logins(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items");
    items.iter().map(|user| user["login"].as_str().expect("a login").to_owned()).collect()
}

#[test]
fn users_are_put_in_order_by_login_by_when_they_were_seen_and_by_when_they_were_added() {
    let house = House::open();
    let root = house.root();
    house.add_minute_by_minute("customer", &["dora", "anna", "ben"]);
    house.log_in("customer", "anna");
    house.clock.advance(60);
    house.log_in("customer", "dora");
    let find = |query: &str| logins(&house.read(&root, &format!("/admin/users?realm=customer&{query}")));
    for (query, expected) in [
        ("", ["anna", "ben", "dora"]),
        ("sort=login", ["anna", "ben", "dora"]),
        ("sort=-login", ["dora", "ben", "anna"]),
        ("sort=created", ["dora", "anna", "ben"]),
        ("sort=-created", ["ben", "anna", "dora"]),
        ("sort=last_seen", ["ben", "anna", "dora"]),
        ("sort=-last_seen", ["dora", "anna", "ben"]),
    ] {
        assert_eq!(find(query), expected, "{query}");
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let part = house.read(&root, &format!("/admin/users?realm=customer&limit=1&{query}{after}"));
            seen.extend(logins(&part));
            match part["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{query}, part by part");
    }
}

#[test]
fn users_are_found_by_when_they_were_seen_last() {
    let house = House::open();
    house.root();
    for login in ["anna", "ben", "cora"] {
        house.add("customer", login, &[]);
    }
    house.log_in("customer", "anna");
    house.clock.advance(3_600);
    house.log_in("customer", "ben");
    let root = house.log_in("admin", "root");
    let find = |query: &str| logins(&house.read(&root, &format!("/admin/users?realm=customer&{query}")));
    let shown = house.read(&root, "/admin/users?search=anna")["items"][0].clone();
    assert_eq!(shown["last_seen_at"], "2025-06-15T15:06:40Z");
    assert_eq!(house.read(&root, "/admin/users?search=cora")["items"][0]["last_seen_at"], Value::Null);
    for (query, expected) in [
        ("seen_before=2025-06-15T16:00:00Z", vec!["anna"]),
        ("seen_after=2025-06-15T16:00:00Z", vec!["ben"]),
        ("seen_after=2025-06-15T15:06:40Z", vec!["anna", "ben"]),
        ("seen_before=2025-06-15T18:06:40%2B02:00", vec!["anna"]),
        ("never_seen=true", vec!["cora"]),
        ("never_seen=false&sort=-last_seen", vec!["ben", "anna"]),
        ("never_seen=true&seen_after=2025-06-15T15:06:40Z", vec![]),
    ] {
        assert_eq!(find(query), expected, "{query}");
    }
    // A request tells it too, once a minute.
    let session = house.log_in("customer", "cora");
    house.clock.advance(600);
    assert_eq!(house.call(Door::Public, "GET", "/user/me", Some(&session), None).status, 200);
    house.settle();
    let cora = house.read(&root, "/admin/users?search=cora")["items"][0].clone();
    assert_eq!(cora["last_seen_at"], "2025-06-15T16:16:40Z");
}

#[test]
fn a_long_list_comes_in_parts() {
    let house = House::open();
    let root = house.root();
    for number in 0..5 {
        house.add("customer", &format!("u{number}"), &[]);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let part = house.read(&root, &format!("/admin/users?realm=customer&limit=2{after}"));
        assert!(part["items"].as_array().expect("items").len() <= 2);
        seen.extend(logins(&part));
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["u0", "u1", "u2", "u3", "u4"]);
}
