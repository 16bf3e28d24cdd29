//! Doorward's own resources, as the data plane serves them.

use crate::kit::{House, OPEN, PASSWORD, Upstream, until};

#[test]
fn somebody_logs_in_and_is_forwarded_as_themselves() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n{OPEN}"));
    house.add_user("ada", &[]);
    let mut client = house.client();
    let body = format!("{{\"login\":\"ada\",\"password\":\"{PASSWORD}\"}}");
    let answer = client.request_with("POST", "/user/sessions", &["Content-Type: application/json"], &body).answer();
    assert_eq!(answer.status, 201, "{}", answer.text());
    let cookie = answer.all("set-cookie").find(|line| line.starts_with("doorward-default=")).expect("a cookie");
    let cookie = format!("Cookie: {}", cookie.split(';').next().expect("a pair"));
    assert_eq!(client.request("GET", "/own", &[&cookie]).answer().status, 200);
    assert_eq!(upstream.last().header("x-doorward-login"), Some("ada"));
    assert_eq!(client.request("GET", "/user/me", &[&cookie]).answer().status, 200);
    assert_eq!(client.request("GET", "/user/%6de", &[&cookie]).answer().status, 200);
}

#[test]
fn a_body_for_us_is_bounded_and_may_not_stand_still() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ body_stall = \"1s\" }}\n{OPEN}"));
    let json = "Content-Type: application/json";
    let mut client = house.client();
    let answer = client.request("POST", "/user/sessions", &[json, "Content-Length: 100000000"]).answer();
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    let mut client = house.client();
    let long = "x".repeat(70_000);
    client
        .request("POST", "/user/sessions", &[json, "Transfer-Encoding: chunked"])
        .send(format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len()));
    assert_eq!(client.answer().status, 413);
    let mut client = house.client();
    client.request("POST", "/user/sessions", &[json, "Content-Length: 20"]).send("{");
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    let mut client = house.client();
    client.request("POST", "/user/sessions", &[json, "Transfer-Encoding: chunked"]).send("zz\r\n");
    assert_eq!(client.answer().status, 400);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn our_resources_come_before_a_route_for_everything() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/healthz", &[]).answer().status, 200);
    assert_eq!(client.request("GET", "/user/me", &[]).answer().status, 401);
    assert_eq!(client.request("DELETE", "/user/me", &[]).answer().status, 405);
    assert_eq!(upstream.connections(), 0);
    assert_eq!(client.request("GET", "/user/else", &[]).answer().text(), "/user/else");
}

#[test]
fn administration_has_a_listener_of_its_own() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("admin_listen = \"127.0.0.1:0\"\n{OPEN}"));
    let mut admin = crate::kit::Client::tcp(house.admin_address());
    assert_eq!(admin.request("GET", "/admin/users", &[]).answer().status, 401);
    assert_eq!(admin.request("GET", "/a", &[]).answer().status, 404);
    assert_eq!(house.client().request("GET", "/admin/users", &[]).answer().text(), "/admin/users");
}

#[test]
fn what_is_counted_reaches_the_store() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    assert_eq!(house.client().request("GET", "/a", &[]).answer().status, 200);
    assert_eq!(house.client().request("GET", "/../a", &[]).answer().status, 400);
    let store = house.store.clone();
    until("the refusal is written", || {
        let page = doorward::store::Page { after: None, limit: 10 };
        let events = house.block_on(store.events(Default::default(), page)).expect("the store answers");
        events.items.iter().any(|event| event.event.outcome == "bad_path").then_some(())
    });
}
