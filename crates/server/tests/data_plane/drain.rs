//! The end of the process.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::kit::{Client, House, OPEN, Upstream, ok, read_head, until};

#[test]
fn what_is_under_way_ends_well_and_nothing_new_begins() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let upstream = Upstream::serving(move |seen, stream| {
        if seen.target == "/slow" {
            wait.lock().expect("not poisoned").recv().expect("told");
        }
        stream.write_all(&ok("done")).is_ok()
    });
    let house = House::before(&upstream, OPEN);
    let address = house.address();
    // One on each core: when both are closed, every core has heard of the end.
    let mut idle = [house.client(), house.client()];
    for client in &mut idle {
        assert_eq!(client.request("GET", "/", &[]).answer().status, 200);
    }
    let mut busy = house.client();
    busy.request("GET", "/slow", &[]);
    until("it is under way", || upstream.seen().iter().any(|seen| seen.target == "/slow").then_some(()));
    let (drained, answer) = house.drain_beside(Duration::from_secs(20), move || {
        assert!(idle.iter_mut().all(Client::is_closed));
        until("nobody listens any more", || std::net::TcpStream::connect(address).is_err().then_some(()));
        go.send(()).expect("heard");
        busy.answer()
    });
    assert_eq!(drained.cut, 0);
    assert_eq!((answer.status, answer.text().as_str(), answer.header("connection")), (200, "done", Some("close")));
}

#[test]
fn what_does_not_end_is_cut_off_at_the_deadline() {
    let upstream = Upstream::serving(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n").expect("sent");
        std::thread::sleep(Duration::from_secs(20));
        false
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/", &[]).head().status, 200);
    assert_eq!(client.chunk().as_deref(), Some(&b"a"[..]));
    let drained = house.drain(Duration::from_millis(300));
    assert_eq!(drained.cut, 1);
    assert_eq!(client.chunk(), None);
}

#[test]
fn a_client_that_never_closes_is_not_waited_for_at_the_deadline() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    assert_eq!(client.request_with("POST", "/", &["Connection: close"], "abc").answer().status, 200);
    let began = Instant::now();
    house.drain(Duration::from_millis(50));
    assert!(began.elapsed() < Duration::from_millis(600), "{:?}", began.elapsed());
}

#[test]
fn figures_that_somebody_watches_keep_nothing_from_ending() {
    let house =
        House::open("listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"http://127.0.0.1:1\"\n");
    house.add_user("ada", &["administrator"]);
    let session = house.log_in("ada");
    let mut client = Client::tcp(house.admin_address());
    let head = client.request("GET", "/admin/events", &[&session.cookie]).head();
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    assert!(client.chunk().is_some());
    let (drained, rest) = house.drain_beside(Duration::from_secs(20), move || client.rest());
    assert_eq!(drained.cut, 0);
    assert!(rest.ends_with(b"0\r\n\r\n"), "{}", rest.escape_ascii());
}

#[test]
fn figures_that_somebody_asks_for_while_the_server_goes_end_at_once() {
    let house =
        House::open("listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"http://127.0.0.1:1\"\n");
    house.add_user("ada", &["administrator"]);
    let session = house.log_in("ada");
    let address = house.admin_address();
    let mut client = Client::tcp(address);
    client.send(format!("GET /admin/events HTTP/1.1\r\nHost: {address}\r\n{}\r\n", session.cookie));
    let (drained, rest) = house.drain_beside(Duration::from_secs(20), move || {
        until("the port is closed", || std::net::TcpStream::connect(address).is_err().then_some(()));
        client.send("\r\n").rest()
    });
    assert_eq!(drained.cut, 0);
    assert!(rest.is_empty() || rest.ends_with(b"0\r\n\r\n"), "{}", rest.escape_ascii());
}

#[test]
fn sockets_are_told_that_the_server_goes() {
    let leaves = Arc::new(AtomicBool::new(false));
    let noticed = leaves.clone();
    let upstream = Upstream::raw(move |mut stream, number, _| {
        read_head(&mut stream, &mut Vec::new(), number).expect("a head");
        let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
        stream.write_all(switched.as_bytes()).expect("sent");
        let mut byte = [0];
        let _ = std::io::Read::read(&mut stream, &mut byte);
        noticed.store(true, Ordering::SeqCst);
    });
    let house = House::before(&upstream, "[[route]]\nmatch = \"GET /ws\"\naccess = \"anonymous\"\nwebsocket = true\n");
    let mut client = house.client();
    let lines = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    assert_eq!(client.request("GET", "/ws", &lines).answer().status, 101);
    assert_eq!(house.drain(Duration::from_secs(20)).cut, 0);
    assert_eq!(client.rest(), [0x88, 2, 0x03, 0xe9]);
    until("the upstream has noticed", || leaves.load(Ordering::SeqCst).then_some(()));
}

#[test]
fn a_port_is_free_again() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let address = house.address();
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 200);
    house.drain(Duration::from_secs(5));
    let again = House::open(&format!("listen = \"{address}\"\nupstream = \"{}\"\n{OPEN}", upstream.url()));
    assert_eq!(Client::tcp(address).request("GET", "/", &[]).answer().status, 200);
    drop(again);
}
