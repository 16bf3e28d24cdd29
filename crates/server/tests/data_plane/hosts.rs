//! One authority, and one that is served (D12 to D14).

use crate::kit::{House, OPEN, Upstream};

fn status(house: &House, text: &str) -> u16 {
    house.client().send(text).answer().status
}

#[test]
fn a_request_names_one_host() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for text in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost, localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET http://user@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        assert_eq!(status(&house, text), 400, "{text:?}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn an_authority_that_is_not_served_is_misdirected() {
    let upstream = Upstream::echo();
    let house =
        House::before(&upstream, &format!("public_url = [\"http://shop.example\"]\nallow_plain_http = true\n{OPEN}"));
    for host in ["evil.example", "10.0.0.1", "shop.example.evil", "shop.example:81"] {
        assert_eq!(status(&house, &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")), 421, "{host}");
    }
    assert_eq!(upstream.connections(), 0);
    for host in ["shop.example", "SHOP.example", "shop.example.", "shop.example:80", "localhost:1", "[::1]:5"] {
        assert_eq!(status(&house, &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")), 200, "{host}");
    }
}

#[test]
fn an_absolute_target_is_forwarded_as_a_path() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let answer = house.client().send("GET http://localhost/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, "/a?b"));
    assert_eq!(upstream.last().header("host"), Some("localhost"));
}

#[test]
fn https_on_a_plain_connection_is_misdirected() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    assert_eq!(status(&house, "GET https://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 421);
}

#[test]
fn a_target_is_one_of_http() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for scheme in ["ftp", "ws", "gopher"] {
        let answer =
            house.client().send(format!("GET {scheme}://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n")).answer();
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_request"), "{scheme}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn names_of_this_machine_are_for_whoever_is_on_it() {
    let upstream = Upstream::echo();
    let listen =
        "listen = { address = \"127.0.0.1:0\", proxy_protocol = true }\npublic_url = \"https://shop.example\"\n";
    let house = House::open(&format!("{listen}upstream = \"{}\"\n{OPEN}", upstream.url()));
    let status = |from: &str, host: &str| {
        let text = format!("PROXY TCP4 {from} 10.0.0.1 4000 80\r\nGET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        house.client().send(text).answer().status
    };
    for host in ["localhost", "127.0.0.1:8080", "[::1]"] {
        assert_eq!((status("203.0.113.7", host), status("127.0.0.1", host)), (421, 200), "{host}");
    }
    assert_eq!(status("203.0.113.7", "shop.example"), 200);
}

#[test]
fn routes_of_a_host_are_for_that_host() {
    let upstream = Upstream::echo();
    let house = House::before(
        &upstream,
        "public_url = [\"http://a.example\", \"http://b.example\"]\nallow_plain_http = true\n\
         [[route]]\nmatch = \"GET /x\"\nhost = \"a.example\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"GET /x\"\naccess = \"self\"\n",
    );
    assert_eq!(status(&house, "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n"), 200);
    assert_eq!(status(&house, "GET /x HTTP/1.1\r\nHost: b.example\r\n\r\n"), 401);
}
