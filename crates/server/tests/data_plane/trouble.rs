//! When something of ours fails, nobody is let in by it, and everybody else is served (table T).

use std::sync::Arc;
use std::time::Duration;

use crate::kit::{House, Log, Mood, OPEN, Shaky, Upstream, until};

const RULES: &str =
    "[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n[[route]]\nmatch = \"GET /all\"\naccess = \"anonymous\"\n";
const UNKNOWN: &str = "Cookie: doorward-default=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn open(upstream: &Upstream, store: &Arc<Shaky>, rules: &str) -> House {
    House::on(&format!("upstream = \"{}\"\n{rules}", upstream.url()), store.clone())
}

#[test]
fn in_an_outage_known_sessions_go_on_and_nobody_else_is_a_guest_by_it() {
    let log = Log::listen();
    let (upstream, store) = (Upstream::echo(), Arc::new(Shaky::default()));
    let house = open(&upstream, &store, RULES);
    let session = house.somebody();
    let mut client = house.client();
    assert_eq!(client.request("GET", "/own", &[&session.cookie]).answer().status, 200);
    store.be(Mood::Away);
    until("the outage is noticed", || (!log.with("the store fails").is_empty()).then_some(()));
    assert_eq!(client.request("GET", "/own", &[&session.cookie]).answer().status, 200);
    assert_eq!(client.request("GET", "/all", &[UNKNOWN]).answer().status, 200);
    let answer = client.request("GET", "/own", &[UNKNOWN]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.header("set-cookie"), None);
    let body = "{\"login\":\"ada\",\"password\":\"the heron waits at the weir\"}";
    let log_in = client.request_with("POST", "/user/sessions", &["Content-Type: application/json"], body).answer();
    assert_eq!(log_in.status, 503);
    store.be(Mood::Well);
    until("the end is noticed", || (!log.with("the store answers again").is_empty()).then_some(()));
    assert_eq!(log.with("the store fails").len(), 1);
    assert_eq!(client.request("GET", "/own", &[UNKNOWN]).answer().status, 401);
}

#[test]
fn a_store_that_does_not_answer_delays_only_those_who_need_it() {
    let log = Log::listen();
    let (upstream, store) = (Upstream::echo(), Arc::new(Shaky::default()));
    let house = open(&upstream, &store, RULES);
    let session = house.somebody();
    assert_eq!(house.client().request("GET", "/own", &[&session.cookie]).answer().status, 200);
    store.be(Mood::Stuck);
    let mut waits = house.client();
    waits.request("GET", "/own", &[UNKNOWN]);
    let mut client = house.client();
    for _ in 0..20 {
        assert_eq!(client.request("GET", "/own", &[&session.cookie]).answer().status, 200);
        assert_eq!(client.request("GET", "/all", &[]).answer().status, 200);
    }
    until("the outage is noticed", || (!log.with("does not answer").is_empty()).then_some(()));
    store.be(Mood::Well);
    assert_eq!(waits.answer().status, 401);
    until("the end is noticed", || (!log.with("the store answers again").is_empty()).then_some(()));
}

#[test]
fn whoever_leaves_while_a_store_does_not_answer_leaves_a_seat() {
    let (upstream, store) = (Upstream::echo(), Arc::new(Shaky::default()));
    let house =
        open(&upstream, &store, &format!("limits = {{ connections = 4, connections_per_network = 4 }}\n{RULES}"));
    store.be(Mood::Stuck);
    for _ in 0..3 {
        let mut leaves = Vec::new();
        for _ in 0..2 {
            let mut client = house.client();
            client.request("GET", "/own", &[UNKNOWN]);
            leaves.push(client);
        }
        std::thread::sleep(Duration::from_millis(100));
        drop(leaves);
        until("there is room again", || {
            let answer = house.client().request("GET", "/all", &[]).try_answer();
            answer.ok().filter(|answer| answer.status == 200)
        });
    }
    store.be(Mood::Well);
}

#[test]
fn a_panic_is_an_error_of_ours_and_of_one_request_alone() {
    let log = Log::listen();
    let (upstream, store) = (Upstream::echo(), Arc::new(Shaky::default()));
    let house = open(&upstream, &store, RULES);
    store.be(Mood::Broken);
    let mut other = house.client();
    for _ in 0..4 {
        let mut client = house.client();
        let answer = client.request("GET", "/own", &[UNKNOWN]).answer();
        assert_eq!((answer.status, answer.code().as_str()), (500, "internal_error"));
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.is_closed());
        assert_eq!(other.request("GET", "/all", &[]).answer().status, 200);
        let body = "{\"login\":\"ada\",\"password\":\"the heron waits at the weir\"}";
        let answer = other.request_with("POST", "/user/sessions", &["Content-Type: application/json"], body).answer();
        assert_eq!(answer.status, 500, "{}", answer.text());
        other = house.client();
    }
    assert_eq!(log.with("ended in a panic").len(), 8);
    store.be(Mood::Well);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/own", &[UNKNOWN]).answer().status, 401);
}

#[test]
fn the_access_log_says_who_asked_for_what_and_no_secret() {
    let log = Log::listen();
    let (upstream, store) = (Upstream::echo(), Arc::new(Shaky::default()));
    let house = open(&upstream, &store, &format!("log = {{ access = true }}\n{RULES}"));
    let session = house.somebody();
    let mut client = house.client();
    let lines = [session.cookie.as_str(), "Authorization: Bearer secret-token"];
    let allowed = client.request("GET", "/all?password=secret-query", &lines[..1]).answer();
    let own = client.request("GET", "/own?x=secret-query", &[&session.cookie]).answer();
    client.request("GET", "/own", &lines).answer();
    client.request("GET", "/a%2e%2e", &[]).answer();
    client.request("GET", "/absent", &[]).answer();
    let id = own.header("x-request-id").expect("an id");
    let line = until("it is logged", || log.with(id).pop());
    let user = house.user("ada").id.to_string();
    for part in [
        " access",
        "method=GET",
        "path=\"/own\"",
        "status=200",
        "route=\"GET /own\"",
        &format!("user=\"{user}\""),
        "client=\"127.0.0.1\"",
        "micros=",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(log.with(allowed.header("x-request-id").expect("an id"))[0].contains("user=\"-\""));
    assert_eq!(log.with("INFO access").len(), 5);
    let token = session.cookie.split('=').nth(1).expect("a token");
    for secret in ["secret-query", "secret-token", token] {
        assert_eq!(log.with(secret), Vec::<String>::new());
    }
}

#[test]
fn without_being_asked_requests_are_not_logged() {
    let log = Log::listen();
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/a", &[]).answer().status, 200);
    assert_eq!(client.request("GET", "/b", &[]).answer().status, 200);
    assert_eq!(log.with("INFO access"), Vec::<String>::new());
}
