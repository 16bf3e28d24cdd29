//! `/healthz` and `/readyz`.

use serde_json::json;

use crate::house::{Door, House, RULES};

#[test]
fn a_probe_needs_no_name_and_learns_little() {
    let house = House::open();
    for door in [Door::Public, Door::Admin] {
        let alive = house.send(door, "GET", "/healthz", &[], None);
        assert_eq!((alive.status, alive.json()), (200, json!({ "status": "ok" })));
        let ready = house.send(door, "GET", "/readyz", &[], None);
        let parts = json!({ "status": "ok", "store": "ok", "rules": "ok", "upstreams": "ok" });
        assert_eq!((ready.status, ready.json()), (200, parts));
        assert_eq!(ready.all("set-cookie").count(), 0);
    }
    let head = house.send(Door::Public, "HEAD", "/healthz", &[], None);
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn without_an_upstream_that_answers_nothing_can_be_served() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    drop(taken);
    let rules = RULES.replace("upstream = \"http://127.0.0.1:1\"", "");
    let upstream = format!("[upstream.default]\nurl = \"http://127.0.0.1:{port}\"\nhealth = \"/health\"\n");
    let house = House::with(&format!("{rules}\n{upstream}"));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let answer = loop {
        let answer = house.send(Door::Public, "GET", "/readyz", &[], None);
        if answer.status == 503 {
            break answer;
        }
        assert!(std::time::Instant::now() < deadline, "it never goes down");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    let problem = answer.json();
    assert_eq!(
        (answer.code().as_str(), &problem["upstreams"], &problem["store"]),
        ("not_ready", &json!("down"), &json!("ok"))
    );
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(!answer.text().contains(&port.to_string()));
    assert_eq!(house.send(Door::Public, "GET", "/healthz", &[], None).status, 200);
}
