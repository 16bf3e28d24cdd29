//! `/admin/stats`, `/admin/events` and `/metrics`.

use serde_json::{Value, json};

use crate::house::{Door, House};

#[test]
fn figures_tell_what_is_going_on() {
    let house = House::open();
    let root = house.root();
    house.call(Door::Public, "GET", "/user/me", None, None);
    house.settle();
    let stats = house.read(&root, "/admin/stats?minutes=5");
    assert_eq!(stats["version"], env!("CARGO_PKG_VERSION"));
    // Memory forgets a session whenever the feed names it.
    assert!(stats["sessions"].as_u64().is_some_and(|sessions| sessions <= 1), "{stats}");
    assert_eq!((&stats["started_at"], &stats["at"]), (&json!("2025-06-15T15:06:40Z"), &json!("2025-06-15T15:06:51Z")));
    assert_eq!(stats["upstreams"], json!([{ "name": "default", "up": true }]));
    assert_eq!((&stats["day"]["requests"], &stats["day"]["refused"]), (&json!(2), &json!(1)));
    assert_eq!(stats["week"], stats["day"]);
    let minute = &stats["minutes"][0];
    assert_eq!((&minute["at"], &minute["requests"]), (&json!("2025-06-15T15:06:00Z"), &json!(2)));
    let routes = stats["routes"].as_array().expect("routes");
    let refused = routes.iter().find(|route| route["outcome"] == "not_logged_in").expect("the refusal");
    assert_eq!((&refused["route"], &refused["hits"]), (&json!("GET /user/me"), &json!(1)));
    let one = house.read(&root, "/admin/stats?route=POST%20/user/sessions");
    assert_eq!(one["routes"].as_array().map(Vec::len), Some(1));
    for wrong in ["minutes=0", "minutes=1441", "minutes=x", "hours=1"] {
        assert_eq!(house.admin(&root, "GET", &format!("/admin/stats?{wrong}"), None).status, 400, "{wrong}");
    }
}

#[test]
fn what_an_own_resource_refuses_is_counted_as_refused() {
    let house = House::open();
    let root = house.root();
    assert_eq!(house.admin(&root, "GET", "/admin/users/nobody", None).status, 404);
    house.settle();
    let stats = house.read(&root, "/admin/stats");
    let routes = stats["routes"].as_array().expect("routes");
    assert!(routes.iter().any(|route| route["outcome"] == "not_found" && route["hits"] == 1), "{stats}");
}

#[test]
fn live_figures_end_with_the_session() {
    let house = House::open();
    let root = house.root();
    let (head, mut stream) = house.watch("/admin/events", &root);
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    assert_eq!(head.header("cache-control"), Some("no-store"));
    let mut next = |start: &str| loop {
        let line = stream.line()?;
        if let Some(rest) = line.strip_prefix(start) {
            return Some(rest.to_owned());
        }
    };
    assert_eq!(next("event: ").as_deref(), Some("figures"));
    let figures: Value = serde_json::from_str(&next("data: ").expect("data")).expect("JSON");
    assert_eq!(figures["at"], "2025-06-15T15:06:40Z");
    assert!(figures["requests"].as_u64().is_some_and(|requests| requests >= 1), "{figures}");
    let other = house.log_in("admin", "root");
    assert_eq!(house.admin(&other, "DELETE", &format!("/admin/sessions/{}", root.id), None).status, 204);
    while next("data: ").is_some() {}
}

#[test]
fn metrics_are_in_the_text_format_and_hold_no_secret() {
    let house = House::open();
    let root = house.root();
    house.call(Door::Public, "GET", "/rest/me", None, None);
    house.call(Door::Public, "GET", "/nowhere/a-path-that-a-stranger-chose", None, None);
    let answer = house.send(Door::Admin, "GET", "/metrics", &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    let text = answer.text();
    for line in [
        "# TYPE doorward_sessions_in_memory gauge",
        "doorward_upstream_up{upstream=\"default\"} 1",
        "doorward_requests_total{route=\"GET /rest/me\",outcome=\"not_logged_in\"} 1",
        "doorward_requests_total{route=\"-\",outcome=\"not_found\"} 1",
        "doorward_request_duration_seconds_count{route=\"POST /user/sessions\"} 1",
        "doorward_audit_events_lost_total 0",
        "doorward_passwords_waiting 0",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}\n{text}");
    }
    for secret in ["stranger", "root", &root.cookie, &root.proof, &root.id] {
        assert!(!text.contains(secret), "{secret}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok() && name.starts_with("doorward_"), "{line}");
        let family = name.split('{').next().expect("a name");
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| family.strip_suffix(end)).unwrap_or(family);
        assert!(text.contains(&format!("# TYPE {family} ")), "{line}");
    }
}
