//! Upstreams that are away, slow, or full.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::kit::{House, OPEN, Upstream, ok, until};

#[test]
fn an_upstream_that_is_away_is_a_bad_gateway_without_detail() {
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let house = House::open(&format!("upstream = \"http://{gone}\"\n{OPEN}"));
    let answer = house.client().request("GET", "/", &[]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (502, "bad_gateway"));
    assert!(!answer.text().contains(&gone.port().to_string()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn an_upstream_that_does_not_answer_in_time_is_a_gateway_timeout() {
    let upstream = Upstream::serving(|_, _| {
        std::thread::sleep(Duration::from_secs(20));
        false
    });
    let house =
        House::before(&upstream, "[[route]]\nmatch = \"* /\"\naccess = \"anonymous\"\nlimits = { timeout = \"1s\" }\n");
    let mut client = house.client();
    let answer = client.request("GET", "/", &[]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (504, "gateway_timeout"));
    // The connection of the client is good still, the upstream's is not.
    assert_eq!(client.request("GET", "/", &[]).answer().status, 504);
    assert_eq!(upstream.connections(), 2);
}

#[test]
fn a_slow_upload_is_not_a_slow_answer() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"POST /\"\naccess = \"anonymous\"\nlimits = { timeout = \"1s\" }\n",
    );
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 6"]);
    for byte in ["a", "b", "c", "d", "e", "f"] {
        std::thread::sleep(Duration::from_millis(400));
        client.send(byte);
    }
    assert_eq!(client.answer().text(), "abcdef");
}

#[test]
fn an_upstream_that_is_known_to_be_down_is_not_tried_and_comes_back() {
    let well = Arc::new(AtomicBool::new(false));
    let health = well.clone();
    let upstream = Upstream::answering(move |seen| match seen.target.as_str() {
        "/health" if !health.load(Ordering::SeqCst) => b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".to_vec(),
        _ => ok("well"),
    });
    let house = House::open(&format!("[upstream.one]\nurl = \"{}\"\nhealth = \"/health\"\n{OPEN}", upstream.url()));
    let answer = until("two checks have failed", || {
        let answer = house.client().request("GET", "/", &[]).answer();
        (answer.status != 200).then_some(answer)
    });
    assert_eq!((answer.status, answer.code().as_str()), (503, "upstream_unavailable"));
    assert!(answer.header("retry-after").is_some());
    well.store(true, Ordering::SeqCst);
    until("it is up again", || (house.client().request("GET", "/", &[]).answer().status == 200).then_some(()));
}

#[test]
fn an_upstream_has_no_more_connections_than_it_may() {
    let upstream = Upstream::serving(|seen, stream| {
        if seen.target == "/slow" {
            std::thread::sleep(Duration::from_secs(3));
        }
        stream.write_all(&ok("x")).is_ok()
    });
    let house = House::open(&format!("[upstream.one]\nurl = \"{}\"\nmax_connections = 2\n{OPEN}", upstream.url()));
    let (mut first, mut second) = (house.client(), house.client());
    first.request("GET", "/slow", &[]);
    second.request("GET", "/slow", &[]);
    until("both are under way", || (upstream.seen().len() == 2).then_some(()));
    let answer = house.client().request("GET", "/fast", &[]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (503, "upstream_unavailable"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!([first.answer().status, second.answer().status], [200, 200]);
    // Whichever core serves them now, the two connections are enough.
    for _ in 0..8 {
        assert_eq!(house.client().request("GET", "/fast", &[]).answer().status, 200);
    }
}

#[test]
fn an_upstream_that_nobody_has_bounded_has_no_more_connections_than_clients_may() {
    let upstream = Upstream::serving(|_, stream| {
        std::thread::sleep(Duration::from_secs(3));
        stream.write_all(&ok("x")).is_ok()
    });
    // Many requests may come over one connection, by HTTP/2: the one that a client may have is not the bound.
    let house = House::open(&format!("upstream = \"{}\"\nlimits.connections = 3\n{OPEN}", upstream.url()));
    let statuses = crate::http2::statuses(&house, 6);
    assert_eq!(upstream.seen().len(), 3);
    assert_eq!(statuses.iter().filter(|status| **status == 503).count(), 3, "{statuses:?}");
}

#[test]
fn an_upstream_on_a_unix_socket_is_one_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("api.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let read = std::io::Read::read(&mut stream, &mut head).expect("a request");
            let text = String::from_utf8_lossy(&head[..read]).into_owned();
            assert!(text.contains("\r\nhost: 127.0.0.1"), "{text}");
            stream.write_all(&ok("by a socket")).expect("sent");
        }
    });
    let house = House::open(&format!("upstream = \"unix:{}\"\n{OPEN}", path.display()));
    assert_eq!(house.client().request("GET", "/", &[]).answer().text(), "by a socket");
}
