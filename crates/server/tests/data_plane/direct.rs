//! The path that most requests take: what is plain is served on it, whatever else comes is handed over, and neither shows.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::kit::{Client, House, OPEN, Upstream, ok};

/// A way to the other path: the library serves it from here on.
const HANDED_OVER: &str = "TE: x";

#[test]
fn what_can_be_no_request_is_refused_before_it_ends() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for begun in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/1.1\nHost: localhost\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: +1\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ] {
        let began = Instant::now();
        let mut client = house.client();
        let answer = client.send(begun).answer();
        assert_eq!((answer.status, answer.header("connection")), (400, Some("close")), "{}", begun.escape_ascii());
        assert!(client.is_closed());
        assert!(began.elapsed() < Duration::from_secs(3), "{}", begun.escape_ascii());
    }
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn what_follows_an_answer_is_nobodys() {
    let second = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let upstream = Upstream::serving(move |seen, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
        let (text, later) = match seen.target.as_str() {
            "/head" => (head.to_owned(), "evil"),
            "/204" => ("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n".to_owned(), "evil"),
            "/304" => {
                ("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(), "4\r\nevil\r\n0\r\n\r\n")
            }
            "/twice" => (format!("{head}good"), second),
            "/chunked" => {
                ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n".to_owned(), second)
            }
            _ => (format!("{head}good"), ""),
        };
        let at_once = seen.header("x-at").is_some_and(|at| at == "once");
        if at_once {
            return stream.write_all(format!("{text}{later}").as_bytes()).is_ok();
        }
        stream.write_all(text.as_bytes()).expect("sent");
        std::thread::sleep(Duration::from_millis(30));
        stream.write_all(later.as_bytes()).is_ok()
    });
    let house = House::before(&upstream, OPEN);
    for at in ["X-At: once", "X-At: last"] {
        for target in ["/head", "/204", "/304", "/twice", "/chunked"] {
            let mut client = house.client();
            if target == "/head" {
                assert_eq!(client.request("HEAD", target, &[at]).answer_to_head().status, 200);
            } else {
                client.request("GET", target, &[at]).answer();
            }
            std::thread::sleep(Duration::from_millis(if at.ends_with("last") { 60 } else { 0 }));
            for _ in 0..3 {
                assert_eq!(house.client().request("GET", "/fine", &[]).answer().text(), "good", "{at} {target}");
                assert_eq!(client.request("GET", "/fine", &[]).answer().text(), "good", "{at} {target}");
            }
        }
    }
}

#[test]
fn bodies_at_the_edge_between_both_paths_arrive_whole_and_so_does_what_follows() {
    let upstream = Upstream::answering(|seen| ok(&format!("{} {}", seen.target, seen.body.len())));
    let house = House::before(&upstream, OPEN);
    let mut all = String::new();
    let lengths = [0, 1, (16 << 10) - 1, 16 << 10, (16 << 10) + 1, 1, 0, 100_000, 2];
    for (number, length) in lengths.iter().enumerate() {
        all.push_str(&format!("POST /{number} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"));
        all.push_str(&"GET / HTTP/1.1\r\n\r\n".repeat(length / 18 + 1)[..*length]);
    }
    for step in [all.len(), 1_000, 16 << 10] {
        let before = upstream.seen().len();
        let mut client = house.client();
        for part in all.as_bytes().chunks(step) {
            client.send(part);
        }
        for (number, length) in lengths.iter().enumerate() {
            assert_eq!(client.answer().text(), format!("/{number} {length}"), "{step}");
        }
        assert_eq!(upstream.seen().len(), before + lengths.len(), "{step}");
    }
}

#[test]
fn many_requests_at_once_are_answered_in_their_order_on_either_path() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for at in [0, 1, 150, 300] {
        let mut all = String::new();
        for number in 0..300 {
            let line = if number == at { "TE: x\r\n" } else { "" };
            all.push_str(&format!("GET /{number} HTTP/1.1\r\nHost: localhost\r\n{line}\r\n"));
        }
        let mut client = house.client();
        client.send(&all);
        for number in 0..300 {
            assert_eq!(client.answer().text(), format!("/{number}"));
        }
    }
}

#[test]
fn whoever_has_ended_its_side_is_answered_alike_on_either_path() {
    let upstream = Upstream::answering(|seen| {
        std::thread::sleep(Duration::from_millis(200));
        ok(&seen.target)
    });
    let house = House::before(&upstream, &format!("[[route]]\nmatch = \"POST /own\"\naccess = \"self\"\n{OPEN}"));
    let ask = |text: &str| {
        let mut stream = TcpStream::connect(house.address()).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream.write_all(text.as_bytes()).expect("sent");
        stream.shutdown(Shutdown::Write).expect("ended");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or("none").to_owned()
    };
    for (text, status) in [
        ("POST /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc", "401"),
        ("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc", "400"),
        // An end while the upstream is waited for is a client that has left.
        ("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", "none"),
        ("GET /a HTTP/1.1\r\nHost: localhost\r\n", "none"),
    ] {
        let other = text.replacen("localhost\r\n", &format!("localhost\r\n{HANDED_OVER}\r\n"), 1);
        assert_eq!((ask(text).as_str(), ask(&other).as_str()), (status, status), "{text:?}");
    }
}

#[test]
fn odd_answers_come_alike_on_either_path() {
    // What the client gets of each: its status.
    let odd: &[(&str, u16)] = &[
        ("200\r\nContent-Length: 0\r\n\r\n", 200),
        ("099 Low\r\nContent-Length: 0\r\n\r\n", 502),
        ("000 None\r\nContent-Length: 0\r\n\r\n", 502),
        ("2000 Long\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 a\rb\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 OK\r\nSet-Cookie: a=b\rX: y\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 OK\r\nX: a\r\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 OK\r\n\tX: a\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 OK\r\nX\0: a\r\nContent-Length: 0\r\n\r\n", 502),
        ("200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", 502),
        ("200 OK\r\nContent-Length:\r\n\r\n", 502),
        ("200 OK\r\nConnection: content-length, x\r\nX: y\r\nContent-Length: 0\r\n\r\n", 200),
        (
            "100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            200,
        ),
        ("100 Continue\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 502),
        ("205 Reset\r\nContent-Length: 0\r\n\r\n", 205),
        ("200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n0\r\nSet-Cookie: a=b\r\nX: y\r\n\r\n", 200),
    ];
    let upstream = Upstream::serving(|seen, stream| {
        let number: usize = seen.target[1..].parse().expect("a number");
        let _ = stream.write_all(format!("HTTP/1.1 {}", odd[number].0).as_bytes());
        false
    });
    let house = House::before(&upstream, OPEN);
    for (number, (text, status)) in odd.iter().enumerate() {
        let told = |lines: &[&str]| {
            let answer = house.client().request("GET", &format!("/{number}"), lines).answer();
            assert!(answer.is_whole && answer.trailers.is_empty(), "{text:?}");
            let own = |name: &str| matches!(name, "date" | "x-request-id");
            let mut headers: Vec<_> = answer.headers.into_iter().filter(|(name, _)| !own(name)).collect();
            headers.sort();
            (answer.status, headers)
        };
        let (here, there) = (told(&[]), told(&[HANDED_OVER]));
        assert_eq!(here, there, "{text:?}");
        assert_eq!(here.0, *status, "{text:?}");
        assert!(!here.1.iter().any(|(name, _)| name == "x" || name == "set-cookie"), "{text:?}");
    }
}

#[test]
fn a_request_that_is_handed_over_is_one_request() {
    let upstream = Upstream::answering(|seen| ok(&seen.body.len().to_string()));
    let house = House::before(
        &upstream,
        "admin_listen = \"127.0.0.1:0\"\n\
         [[route]]\nmatch = \"POST /a\"\naccess = \"anonymous\"\nlimits = { rate = \"3/h\" }\n\
         [[route]]\nmatch = \"POST /own\"\naccess = \"self\"\n",
    );
    let body = "x".repeat(20_000);
    let statuses: Vec<u16> =
        (0..5).map(|_| house.client().request_with("POST", "/a", &[], &body).answer().status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(house.client().request_with("POST", "/own", &[], &body).answer().status, 401);
    assert_eq!(house.client().request("TRACE", "/own", &[]).answer().status, 405);
    let text = Client::tcp(house.admin_address()).request("GET", "/metrics", &[]).answer().text();
    for line in [
        "doorward_requests_total{route=\"POST /a\",outcome=\"allow\"} 3",
        "doorward_requests_total{route=\"POST /a\",outcome=\"rate_limited\"} 2",
        "doorward_requests_total{route=\"POST /own\",outcome=\"not_logged_in\"} 1",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in {text}");
    }
}

#[test]
fn a_client_that_sends_on_and_on_is_read_no_further_than_it_is_answered() {
    let upstream = Upstream::serving(|_, stream| {
        std::thread::sleep(Duration::from_secs(2));
        stream.write_all(&ok("late")).is_ok()
    });
    let house = House::before(&upstream, OPEN);
    let mut stream = TcpStream::connect(house.address()).expect("connects");
    stream.set_write_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut sent = 0;
    while let Ok(length) = stream.write(&[b'x'; 64 << 10]) {
        sent += length;
        assert!(sent < 64 << 20);
    }
    let mut client = Client::over(stream, "localhost");
    assert_eq!(client.answer().text(), "late");
}
