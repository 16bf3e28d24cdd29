//! Where connections come from.

use std::net::Ipv4Addr;

use crate::kit::{Client, House, OPEN, Upstream};

#[test]
fn ipv6_is_an_address_like_any_other() {
    let upstream = Upstream::echo();
    let house = House::open(&format!("listen = \"[::1]:0\"\nupstream = \"{}\"\n{OPEN}", upstream.url()));
    assert_eq!(house.client().request("GET", "/a", &[]).answer().text(), "/a");
    let seen = upstream.last();
    assert_eq!(seen.header("x-forwarded-for"), Some("::1"));
    let host = house.address();
    assert_eq!(seen.header("forwarded"), Some(format!("for=\"[::1]\";proto=http;host=\"{host}\"").as_str()));
}

#[test]
fn a_unix_socket_is_a_listener_too() {
    let upstream = Upstream::echo();
    let house = House::open(&format!(
        "listen = [\"unix:{{folder}}/door.sock\", \"127.0.0.1:0\"]\nupstream = \"{}\"\n{OPEN}",
        upstream.url()
    ));
    let mut client = Client::unix(&house.folder.path().join("door.sock"));
    assert_eq!(client.request("GET", "/a", &[]).answer().text(), "/a");
    assert_eq!(upstream.last().header("x-forwarded-for"), Some("unknown"));
    assert_eq!(
        Client::tcp(house.server().addresses()[1].socket().expect("TCP")).request("GET", "/b", &[]).answer().text(),
        "/b"
    );
}

#[test]
fn the_proxy_protocol_says_who_the_client_is() {
    let upstream = Upstream::echo();
    let listen =
        "public_url = \"http://shop.example\"\nlisten = { address = \"127.0.0.1:0\", proxy_protocol = true }\n";
    let house = House::open(&format!("{listen}upstream = \"{}\"\n{OPEN}", upstream.url()));
    let request = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    let mut client = house.client();
    assert_eq!(client.send("PROXY TCP4 203.0.113.7 10.0.0.1 4000 80\r\n").send(request).answer().status, 200);
    assert_eq!(upstream.last().header("x-forwarded-for"), Some("203.0.113.7"));
    assert_eq!(client.send(request).answer().status, 200);
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    binary.extend(Ipv4Addr::new(203, 0, 113, 8).octets());
    binary.extend(Ipv4Addr::new(10, 0, 0, 1).octets());
    binary.extend([0x0f, 0xa0, 0, 80]);
    assert_eq!(house.client().send(binary).send(request).answer().status, 200);
    assert_eq!(upstream.last().header("x-forwarded-for"), Some("203.0.113.8"));
    assert_eq!(house.client().send("PROXY UNKNOWN\r\n").send(request).answer().status, 200);
    assert_eq!(upstream.last().header("x-forwarded-for"), Some("127.0.0.1"));
    let before = upstream.seen().len();
    for bad in
        [request, "PROXY TCP4 203.0.113.7\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "PROXY TCP9 1 2 3 4\r\n"]
    {
        assert!(house.client().send(bad).is_closed(), "{bad:?}");
    }
    assert_eq!(upstream.seen().len(), before);
}

#[test]
fn connections_are_spread_over_cores_and_each_stays_where_it_is() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut clients: Vec<_> = (0..4).map(|_| house.client()).collect();
    for _ in 0..3 {
        for client in &mut clients {
            assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
        }
    }
    // Two cores, each with the one connection that requests one after the other need.
    assert_eq!(upstream.connections(), 2);
}

#[test]
fn a_taken_port_is_an_error_that_names_it() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let text = format!("listen = \"{}\"\nupstream = \"{}\"\n{OPEN}", house.address(), upstream.url());
    let error =
        House::try_open(&text, std::sync::Arc::new(doorward::MemoryStore::new())).err().expect("taken").to_string();
    assert!(error.contains(&house.address().to_string()) && error.contains("taken"), "{error}");
}
