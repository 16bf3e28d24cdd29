//! How much, how long, how often (table S).

use std::time::Duration;

use crate::kit::{House, OPEN, Upstream, ok, until};

#[test]
fn a_body_is_as_long_as_allowed_and_no_longer() {
    let upstream = Upstream::answering(|seen| ok(&seen.body.len().to_string()));
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"POST /\"\naccess = \"anonymous\"\nlimits = { body = \"1000\" }\n",
    );
    let body = "x".repeat(1000);
    assert_eq!(house.client().request_with("POST", "/", &[], &body).answer().text(), "1000");
    let mut client = house.client();
    let answer = client.request("POST", "/", &["Content-Length: 1001"]).answer();
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.header("connection")),
        (413, "body_too_large", Some("close"))
    );
    assert!(client.is_closed());
    let chunked = ["Transfer-Encoding: chunked"];
    let sent = format!("3e8\r\n{body}\r\n0\r\n\r\n");
    assert_eq!(house.client().request("POST", "/", &chunked).send(sent).answer().text(), "1000");
    let mut client = house.client();
    client.request("POST", "/", &chunked).send(format!("3e8\r\n{body}\r\n1\r\nx\r\n"));
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    assert_eq!(upstream.seen().len(), 2);
}

#[test]
fn an_expected_body_that_is_too_long_is_not_sent_at_all() {
    let upstream = Upstream::echo();
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"POST /\"\naccess = \"anonymous\"\nlimits = { body = \"1000\" }\n",
    );
    let mut client = house.client();
    let head = client.request("POST", "/", &["Expect: 100-continue", "Content-Length: 1001"]).head();
    assert_eq!(head.status, 413);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_head_is_as_large_as_allowed_and_no_larger() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let status = |target: &str, lines: &[&str]| house.client().request("GET", target, lines).answer().status;
    let target = format!("/{}", "a".repeat((8 << 10) - 1));
    assert_eq!(status(&target, &[]), 200);
    assert_eq!(status(&format!("{target}a"), &[]), 414);
    assert_eq!(status(&format!("/{}", "a".repeat(100 << 10)), &[]), 431);
    let fields = vec!["A: b"; 99];
    assert_eq!(status("/", &fields), 200);
    assert_eq!(status("/", &[&fields[..], &["A: b"]].concat()), 431);
    let host = "Host: ".len() + house.address().to_string().len() + 2;
    let fits = format!("X: {}", "x".repeat((32 << 10) - host - "X: \r\n".len()));
    assert_eq!(status("/", &[&fits]), 200);
    assert_eq!(status("/", &[&format!("{fits}x")]), 431);
    assert_eq!(status("/", &[&format!("{fits}{}", "x".repeat(100 << 10))]), 431);
}

#[test]
fn a_body_that_stands_still_ends_the_request() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ body_stall = \"1s\" }}\n{OPEN}"));
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 10"]).send("abc");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.header("connection")),
        (408, "request_timeout", Some("close"))
    );
    assert!(client.is_closed());
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn a_head_that_does_not_come_to_its_end_ends_the_connection() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ header_read = \"1s\" }}\n{OPEN}"));
    let mut client = house.client();
    assert!(client.send("GET / HT").is_closed());
    let mut client = house.client();
    assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    assert!(client.send("GET / HTTP/1.1\r\nHost: local").is_closed());
    // Every byte in time does not help.
    let mut client = house.client();
    for byte in "GET / HTTP/1.1\r\n".bytes().cycle().take(15) {
        client.send([byte]);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(client.is_closed());
}

#[test]
fn an_idle_connection_is_closed() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ keep_alive = \"1s\" }}\n{OPEN}"));
    let mut silent = house.client();
    let mut client = house.client();
    assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    assert!(client.is_closed());
    assert!(silent.is_closed());
}

#[test]
fn the_newest_connection_is_refused_and_there_is_room_again() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ connections = 3 }}\n{OPEN}"));
    let mut open: Vec<_> = (0..3).map(|_| house.client()).collect();
    for client in &mut open {
        assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    }
    assert!(house.client().is_closed());
    assert_eq!(open[2].request("GET", "/", &[]).answer().status, 200);
    open.pop();
    until("there is room again", || {
        house.client().request("GET", "/", &[]).try_answer().ok().filter(|answer| answer.status == 200)
    });
}

#[test]
fn a_route_is_used_as_often_as_allowed() {
    let upstream = Upstream::echo();
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"GET /guest\"\naccess = \"anonymous\"\nlimits = { rate = \"2/h\" }\n\
         [[route]]\nmatch = \"GET /own\"\naccess = \"self\"\nlimits = { rate = \"1/h\" }\n",
    );
    let mut client = house.client();
    assert_eq!(client.request("GET", "/guest", &[]).answer().status, 200);
    assert_eq!(client.request("GET", "/guest", &[]).answer().status, 200);
    let answer = client.request("GET", "/guest", &[]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (429, "rate_limited"));
    assert!(
        answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|seconds| seconds > 60))
    );
    let ada = house.somebody();
    house.add_user("bob", &[]);
    let bob = house.log_in("bob");
    assert_eq!(client.request("GET", "/own", &[&ada.cookie]).answer().status, 200);
    assert_eq!(client.request("GET", "/own", &[&ada.cookie]).answer().status, 429);
    assert_eq!(client.request("GET", "/own", &[&bob.cookie]).answer().status, 200);
    // Who may not use it does not use it up.
    assert_eq!(client.request("GET", "/own", &[]).answer().status, 401);
    assert_eq!(upstream.seen().len(), 4);
}
