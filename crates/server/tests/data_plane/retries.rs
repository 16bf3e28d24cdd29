//! A second try, only where the first one cannot have done anything.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::kit::{House, OPEN, Upstream, ok, read};

/// An upstream that answers one request on each connection, and closes it when the next one comes, before or after reading it.
fn fickle(says: &'static [u8]) -> Upstream {
    Upstream::raw(move |mut stream, number, seen| {
        let mut buffer = Vec::new();
        let Some(request) = read(&mut stream, &mut buffer, number) else { return };
        seen.lock().expect("not poisoned").push(request);
        let _ = stream.write_all(&ok("first"));
        if let Some(request) = read(&mut stream, &mut buffer, number) {
            seen.lock().expect("not poisoned").push(request);
            let _ = stream.write_all(says);
        }
    })
}

/// Lines of plain requests, and one that makes the HTTP library serve it.
const WAYS: [&[&str]; 2] = [&[], &["TE: trailers"]];

#[test]
fn a_safe_request_is_tried_again_when_a_used_connection_had_been_closed() {
    for method in ["GET", "OPTIONS"] {
        for lines in WAYS {
            let upstream = fickle(b"");
            let house = House::before(&upstream, OPEN);
            let mut client = house.client();
            assert_eq!(client.request(method, "/", lines).answer().status, 200, "{method} {lines:?}");
            assert_eq!(client.request(method, "/", lines).answer().text(), "first", "{method} {lines:?}");
            assert_eq!(upstream.connections(), 2, "{method} {lines:?}");
        }
    }
}

#[test]
fn what_may_have_been_done_is_not_done_again() {
    for (method, body) in [("POST", ""), ("PUT", "a"), ("PUT", ""), ("DELETE", "")] {
        for lines in WAYS {
            let upstream = fickle(b"");
            let house = House::before(&upstream, OPEN);
            let mut client = house.client();
            assert_eq!(client.request_with(method, "/", lines, body).answer().status, 200, "{method} {lines:?}");
            assert_eq!(client.request_with(method, "/", lines, body).answer().status, 502, "{method} {lines:?}");
            assert_eq!(upstream.seen().len(), 2, "{method} {lines:?}");
        }
    }
}

#[test]
fn an_answer_that_has_begun_is_not_asked_for_again() {
    for lines in WAYS {
        let upstream = fickle(b"HTTP/1.1 2");
        let house = House::before(&upstream, OPEN);
        let mut client = house.client();
        assert_eq!(client.request("GET", "/", lines).answer().status, 200, "{lines:?}");
        assert_eq!(client.request("GET", "/", lines).answer().status, 502, "{lines:?}");
        assert_eq!(upstream.connections(), 1, "{lines:?}");
    }
}

#[test]
fn a_fresh_connection_gets_one_try() {
    let tries = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = tries.clone();
    let upstream = Upstream::serving(move |_, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        false
    });
    let house = House::before(&upstream, OPEN);
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 502);
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}

#[test]
fn a_connection_that_was_closed_between_two_requests_costs_nobody_an_answer() {
    let (closed, wait) = std::sync::mpsc::channel();
    let closed = std::sync::Mutex::new(closed);
    let upstream = Upstream::raw(move |mut stream, number, seen| {
        let Some(request) = read(&mut stream, &mut Vec::new(), number) else { return };
        seen.lock().expect("not poisoned").push(request);
        let _ = stream.write_all(&ok("x"));
        drop(stream);
        closed.lock().expect("not poisoned").send(()).expect("heard");
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    for _ in 0..50 {
        assert_eq!(client.request_with("POST", "/", &[], "body").answer().text(), "x");
        wait.recv().expect("closed");
    }
    assert_eq!(upstream.seen().len(), 50);
}
