//! How much, how long, how often (table S).

use std::time::Duration;

use crate::kit::{Client, House, OPEN, Upstream, ok, until};

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
fn a_body_that_drips_ends_the_request_too() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ body_stall = \"1s\" }}\n{OPEN}"));
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 4000"]);
    // Every byte in time does not help.
    for _ in 0..15 {
        client.send("x");
        std::thread::sleep(Duration::from_millis(100));
    }
    let answer = client.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "request_timeout"));
    assert_eq!(upstream.seen().len(), 0);
    // Slow, and yet on its way.
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 40960"]);
    for _ in 0..10 {
        std::thread::sleep(Duration::from_millis(200));
        client.send("x".repeat(4096));
    }
    assert_eq!(client.answer().status, 200);
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
    let house =
        House::before(&upstream, &format!("limits = {{ connections = 3, connections_per_network = 3 }}\n{OPEN}"));
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

/// The line of a metric.
fn metric(house: &House, name: &str) -> String {
    let text = Client::tcp(house.admin_address()).request("GET", "/metrics", &[]).answer().text();
    text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
}

/// Whether somebody who comes by this address is served.
fn is_served(client: &mut Client) -> bool {
    let request = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    client.send(request).try_answer().is_ok_and(|answer| answer.status == 200)
}

const SHOP: &str = "public_url = \"http://shop.example\"\n";

#[test]
fn one_client_never_takes_the_seats_of_all() {
    let upstream = Upstream::echo();
    let listen = "listen = { address = \"127.0.0.1:0\", proxy_protocol = true }\nadmin_listen = \"127.0.0.1:0\"\n";
    let limits = "limits = { connections = 8 }\n";
    let house = House::open(&format!("{listen}upstream = \"{}\"\n{limits}{SHOP}{OPEN}", upstream.url()));
    let from = |address: &str| {
        let family = if address.contains(':') { "TCP6 {} ::1" } else { "TCP4 {} 10.0.0.1" };
        let mut client = house.client();
        client.send(format!("PROXY {} 4000 80\r\n", family.replace("{}", address)));
        client
    };
    let mut greedy: Vec<Client> = (0..2).map(|_| from("203.0.113.7")).collect();
    let mut greedy_six = [from("2001:db8::1"), from("2001:db8::2")];
    assert!(greedy.iter_mut().chain(&mut greedy_six).all(is_served));
    assert!(!is_served(&mut from("203.0.113.7")) && !is_served(&mut from("2001:db8::3")));
    assert!(is_served(&mut from("203.0.113.8")) && is_served(&mut from("2001:db8:0:1::1")));
    let refused = "doorward_connections_refused_total{door=\"public\",reason=\"network\"}";
    assert_eq!(metric(&house, refused), format!("{refused} 2"));
    greedy.pop();
    until("there is room again", || is_served(&mut from("203.0.113.7")).then_some(()));
}

#[test]
fn whoever_comes_by_a_trusted_proxy_or_a_socket_is_one_of_many() {
    let upstream = Upstream::echo();
    let limits = "limits = { connections = 8, connections_per_network = 1 }\n";
    let listen = "listen = [\"127.0.0.1:0\", \"unix:{folder}/door.sock\"]\n";
    let text = format!("{listen}upstream = \"{}\"\n{limits}{SHOP}{OPEN}", upstream.url());
    let house = House::open(&format!("trusted_proxies = [\"127.0.0.1\"]\n{text}"));
    let mut proxied: Vec<Client> = (0..3).map(|_| house.client()).collect();
    assert!(proxied.iter_mut().all(is_served));
    let socket = house.folder.path().join("door.sock");
    let mut local: Vec<Client> = (0..3).map(|_| Client::unix(&socket)).collect();
    assert!(local.iter_mut().all(is_served));
    let house = House::open(&text);
    let mut first = house.client();
    assert!(is_served(&mut first) && house.client().is_closed());
}

#[test]
fn a_crowd_at_the_public_door_leaves_room_at_that_of_administrators() {
    let upstream = Upstream::echo();
    let text = format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{}\"\nlimits = {{ connections = 3, connections_per_network = 3 }}\n{SHOP}{OPEN}",
        upstream.url()
    );
    let house = House::open(&text);
    let mut crowd: Vec<Client> = (0..20).map(|_| house.client()).collect();
    assert!(is_served(&mut crowd[0]) && crowd[19].is_closed());
    let health = Client::tcp(house.admin_address()).request("GET", "/healthz", &[]).answer();
    assert_eq!(health.status, 200);
    let refused = "doorward_connections_refused_total{door=\"public\",reason=\"full\"}";
    assert_eq!(metric(&house, refused), format!("{refused} 17"));
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
