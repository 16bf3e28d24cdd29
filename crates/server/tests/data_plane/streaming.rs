//! Bodies that take their time, and those that never come to an end.

use std::io::{Read as _, Write as _};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::kit::{House, OPEN, Upstream, ok, read_head, until};

#[test]
fn an_answer_streams_while_it_comes() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let upstream = Upstream::serving(move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nfirst\n\n\r\n").expect("sent");
        wait.lock().expect("not poisoned").recv().expect("told");
        stream.write_all(b"6\r\nlast\n\n\r\n0\r\n\r\n").is_ok()
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    let head = client.request("GET", "/", &[]).head();
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(client.chunk().as_deref(), Some(&b"first\n\n"[..]));
    go.send(()).expect("heard");
    assert_eq!(client.chunk().as_deref(), Some(&b"last\n\n"[..]));
    assert_eq!(client.chunk(), None);
}

#[test]
fn an_answer_without_a_length_ends_with_its_connection() {
    let upstream = Upstream::serving(|_, stream| {
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nhello").expect("sent");
        false
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    let answer = client.request("GET", "/", &[]).answer();
    assert_eq!((answer.text().as_str(), answer.is_whole), ("hello", true));
    let old = house.client().send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").answer();
    assert_eq!((old.text().as_str(), old.header("transfer-encoding")), ("hello", None));
}

#[test]
fn a_request_streams_while_it_comes() {
    let upstream = Upstream::raw(|mut stream, number, _| {
        let mut buffer = Vec::new();
        read_head(&mut stream, &mut buffer, number).expect("a head");
        let mut first = [0; 8];
        while buffer.len() < 8 {
            let read = stream.read(&mut first).expect("more");
            buffer.extend(&first[..read]);
        }
        assert_eq!(buffer, b"3\r\nabc\r\n");
        // Answered before the request has ended.
        stream.write_all(&ok("enough")).expect("sent");
        while stream.read(&mut first).is_ok_and(|read| read > 0) {}
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    client.request("POST", "/", &["Transfer-Encoding: chunked"]).send("3\r\nabc\r\n");
    assert_eq!(client.answer().text(), "enough");
    client.send("0\r\n\r\n");
}

#[test]
fn a_large_body_goes_through_both_ways() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let house = House::before(&upstream, OPEN);
    let body = "0123456789abcdef".repeat(256 << 10);
    let answer = house.client().request_with("POST", "/", &[], &body).answer();
    assert!(answer.text() == body);
}

#[test]
fn a_client_that_leaves_takes_its_request_along_and_no_answer_goes_to_the_next_one() {
    let upstream = Upstream::serving(|seen, stream| {
        if seen.target == "/slow" {
            // Long after the client has left.
            std::thread::sleep(Duration::from_millis(300));
            return stream.write_all(&ok("of the first")).is_ok();
        }
        stream.write_all(&ok("of the second")).is_ok()
    });
    let house = House::before(&upstream, OPEN);
    let mut first = house.client();
    first.request("GET", "/slow", &[]);
    until("the first request is under way", || (upstream.seen().len() == 1).then_some(()));
    drop(first);
    for _ in 0..5 {
        assert_eq!(house.client().request("GET", "/fast", &[]).answer().text(), "of the second");
    }
}

#[test]
fn a_client_that_leaves_in_the_middle_of_its_body_ends_the_upstreams_request() {
    let (told, hear) = mpsc::channel();
    let told = Mutex::new(told);
    let upstream = Upstream::raw(move |mut stream, number, _| {
        let mut buffer = Vec::new();
        read_head(&mut stream, &mut buffer, number).expect("a head");
        let mut bytes = [0; 1024];
        while stream.read(&mut bytes).is_ok_and(|read| read > 0) {}
        told.lock().expect("not poisoned").send(()).expect("heard");
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 100000"]).send("abc");
    until("the request is under way", || (upstream.connections() == 1).then_some(()));
    drop(client);
    hear.recv_timeout(Duration::from_secs(10)).expect("the upstream's connection ended");
}

#[test]
fn a_short_body_that_breaks_off_never_gets_to_the_upstream() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    client.request("POST", "/", &["Content-Length: 1000"]).send("abc");
    drop(client);
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 200);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn an_endless_answer_waits_for_a_client_that_does_not_read() {
    let sent = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = sent.clone();
    let upstream = Upstream::serving(move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("sent");
        let block = [b'x'; 64 << 10];
        while stream.write_all(&block).is_ok() {
            counter.fetch_add(block.len(), std::sync::atomic::Ordering::SeqCst);
        }
        false
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    client.request("GET", "/", &[]).head();
    // It comes to rest at what sockets and buffers hold.
    let mut before = usize::MAX;
    let held = until("nothing more is taken", || {
        let now = sent.load(std::sync::atomic::Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(200));
        (std::mem::replace(&mut before, now) == now).then_some(now)
    });
    assert!(held < 64 << 20, "{held} bytes were taken for a client that reads nothing");
}
