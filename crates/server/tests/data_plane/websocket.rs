//! WebSockets (table R).

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::kit::{Client, House, Upstream, ok, read_head};

const RULES: &str = "[[route]]\nmatch = \"* /ws\"\naccess = \"self\"\nwebsocket = true\n\
    [[route]]\nmatch = \"* /open\"\naccess = \"anonymous\"\nwebsocket = true\n\
    [[route]]\nmatch = \"* /plain\"\naccess = \"anonymous\"\n";
pub(crate) const SHAKE: [&str; 4] = [
    "Connection: keep-alive, Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
pub(crate) const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

/// Echoes all bytes after the handshake.
fn echo() -> Upstream {
    Upstream::raw(|mut stream, number, seen| {
        let mut buffer = Vec::new();
        let Some(request) = read_head(&mut stream, &mut buffer, number) else { return };
        seen.lock().expect("not poisoned").push(request);
        stream.write_all(SWITCHED.as_bytes()).expect("sent");
        stream.write_all(&buffer).expect("sent");
        let mut bytes = [0; 1024];
        while let Ok(read @ 1..) = stream.read(&mut bytes) {
            stream.write_all(&bytes[..read]).expect("sent");
        }
    })
}

fn lines<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SHAKE[..], more].concat()
}

fn origin(house: &House) -> String {
    format!("Origin: http://{}", house.address())
}

/// A session's socket, open.
fn connect(house: &House, cookie: &str) -> Client {
    let mut client = house.client();
    let answer = client.request("GET", "/ws", &lines(&[cookie, &origin(house)])).answer();
    assert_eq!(answer.status, 101, "{}", answer.text());
    client
}

#[test]
fn bytes_pass_both_ways_as_they_are() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = house.client();
    let origin = origin(&house);
    let all = lines(&[&session.cookie, &origin, "Sec-WebSocket-Extensions: permessage-deflate", "X-Doorward-User: 1"]);
    let answer = client.request("GET", "/ws", &all).answer();
    assert_eq!(
        (answer.status, answer.header("upgrade"), answer.header("connection")),
        (101, Some("websocket"), Some("upgrade"))
    );
    assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(answer.header("sec-websocket-extensions"), Some("permessage-deflate"));
    client.send([0x81, 0x83, 1, 2, 3, 4, 9, 9, 9]);
    assert_eq!(client.exact(9), [0x81, 0x83, 1, 2, 3, 4, 9, 9, 9]);
    let seen = upstream.last();
    assert_eq!(seen.header("x-doorward-login"), Some("ada"));
    assert_eq!((seen.header("upgrade"), seen.header("connection")), (Some("websocket"), Some("upgrade")));
    assert_eq!(seen.header("sec-websocket-extensions"), Some("permessage-deflate"));
    assert!(!seen.has("cookie"));
}

#[test]
fn a_handshake_that_is_none_is_refused() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let without = |name: &str| SHAKE.iter().copied().filter(|line| !line.starts_with(name)).collect::<Vec<_>>();
    let with = |name: &str, line: &'static str| without(name).into_iter().chain([line]).collect::<Vec<_>>();
    let status = |method: &str, lines: &[&str]| house.client().request(method, "/open", lines).answer().status;
    assert_eq!(status("GET", &with("Upgrade", "Upgrade: h2c")), 400);
    assert_eq!(status("GET", &with("Upgrade", "Upgrade: websocket, h2c")), 400);
    assert_eq!(status("GET", &with("Connection", "Connection: keep-alive")), 400);
    assert_eq!(status("GET", &with("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8")), 426);
    assert_eq!(status("GET", &without("Sec-WebSocket-Version")), 426);
    assert_eq!(status("GET", &with("Sec-WebSocket-Key", "Sec-WebSocket-Key: short")), 400);
    assert_eq!(status("GET", &without("Sec-WebSocket-Key")), 400);
    assert_eq!(status("POST", &SHAKE), 400);
    let old = format!("GET /open HTTP/1.0\r\nHost: localhost\r\n{}\r\n\r\n", SHAKE.join("\r\n"));
    assert_eq!(house.client().send(old).answer().status, 400);
    let answer = house.client().request("GET", "/open", &lines(&["Content-Length: 0"])).answer();
    assert_eq!((answer.status, answer.code().as_str()), (400, "upgrade_refused"));
    assert_eq!(house.client().request("GET", "/open", &lines(&["Transfer-Encoding: chunked"])).answer().status, 400);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_route_that_declares_no_websocket_has_none() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let mut client = house.client();
    let answer = client.request("GET", "/plain", &SHAKE).answer();
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.header("connection")),
        (400, "upgrade_refused", Some("close"))
    );
    assert!(client.send("GET /plain HTTP/1.1\r\n\r\n").is_closed());
    assert_eq!(house.client().request("GET", "/healthz", &SHAKE).answer().status, 400);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_page_of_another_site_opens_no_socket_with_somebodys_cookie() {
    let upstream = echo();
    let house = House::before(&upstream, &format!("[cors]\norigins = [\"https://app.example\"]\n{RULES}"));
    let session = house.somebody();
    for line in [
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "X-None: 1",
        "Origin: https://app.example.evil",
    ] {
        let answer = house.client().request("GET", "/ws", &lines(&[&session.cookie, line])).answer();
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"), "{line}");
    }
    assert_eq!(house.client().request("GET", "/ws", &lines(&["Origin: https://app.example"])).answer().status, 401);
    assert_eq!(upstream.connections(), 0);
    let answer =
        house.client().request("GET", "/ws", &lines(&[&session.cookie, "Origin: https://app.example"])).answer();
    assert_eq!(answer.status, 101);
    connect(&house, &session.cookie);
}

#[test]
fn any_other_answer_is_passed_on_and_what_was_sent_ahead_is_not_read() {
    let upstream = Upstream::answering(|_| ok("no socket here"));
    let house = House::before(&upstream, RULES);
    let mut client = house.client();
    let smuggled = "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = client.request("GET", "/open", &SHAKE).send(smuggled).answer();
    assert_eq!(
        (answer.status, answer.text().as_str(), answer.header("connection")),
        (200, "no socket here", Some("close"))
    );
    assert!(client.is_closed());
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_switch_to_something_else_is_a_bad_gateway() {
    for bad in [
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ] {
        let upstream = Upstream::answering(move |_| bad.as_bytes().to_vec());
        let house = House::before(&upstream, RULES);
        assert_eq!(house.client().request("GET", "/open", &SHAKE).answer().status, 502, "{bad:?}");
    }
}

#[test]
fn bytes_sent_ahead_arrive_behind_the_handshake() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let mut client = house.client();
    client.request("GET", "/open", &SHAKE).send(b"\x81\x01a");
    assert_eq!(client.answer().status, 101);
    assert_eq!(client.exact(3), b"\x81\x01a");
}

#[test]
fn a_socket_is_closed_when_its_session_ends_and_says_why() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = connect(&house, &session.cookie);
    client.send(b"\x81\x01a");
    assert_eq!(client.exact(3), b"\x81\x01a");
    house.end_sessions_of("ada");
    assert_eq!(client.rest(), [0x88, 2, 0x03, 0xf0]);
}

#[test]
fn within_a_frame_a_socket_is_closed_without_a_word() {
    let upstream = echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = connect(&house, &session.cookie);
    client.send(b"\x81\x05ab");
    assert_eq!(client.exact(4), b"\x81\x05ab");
    house.end_sessions_of("ada");
    assert_eq!(client.rest(), b"");
}

#[test]
fn a_guests_socket_outlives_the_sessions_of_others_and_ends_with_its_upstream() {
    let ends = Arc::new(AtomicBool::new(false));
    let told = ends.clone();
    let upstream = Upstream::raw(move |mut stream, number, _| {
        read_head(&mut stream, &mut Vec::new(), number).expect("a head");
        stream.write_all(SWITCHED.as_bytes()).expect("sent");
        while !told.load(Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        stream.write_all(b"\x88\x00").expect("sent");
    });
    let house = House::before(&upstream, RULES);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/open", &SHAKE).answer().status, 101);
    ends.store(true, Ordering::SeqCst);
    assert_eq!(client.rest(), b"\x88\x00");
}
