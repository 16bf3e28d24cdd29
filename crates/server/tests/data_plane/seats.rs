//! Connections to an upstream that may have few: nobody waits for one that serves nobody, and nobody gets one that has ended.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::kit::{Client, House, OPEN, Seen, Upstream, ok, read, until};
use crate::websocket::{SHAKE, SWITCHED};

#[test]
fn nobody_waits_for_a_connection_that_serves_nobody() {
    let upstream = Upstream::echo();
    let house = House::open(&format!("[upstream.one]\nurl = \"{}\"\nmax_connections = 1\n{OPEN}", upstream.url()));
    // They come to different cores, and each of these has its own connections, of two kinds.
    let mut clients = [house.client(), house.client()];
    let began = Instant::now();
    for turn in 0..24 {
        let lines: &[&str] = if turn % 4 < 2 { &[] } else { &["TE: trailers"] };
        assert_eq!(clients[turn % 2].request("GET", "/", lines).answer().status, 200, "turn {turn}");
    }
    // Whoever waited would wait for most of a second, each time.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn an_upgrade_finds_a_seat_where_connections_serve_nobody() {
    let upstream = Upstream::answering(|seen| match seen.header("upgrade") {
        Some(_) => SWITCHED.into(),
        None => ok("x"),
    });
    let house = House::open(&format!(
        "[upstream.one]\nurl = \"{}\"\nmax_connections = 1\n[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\nwebsocket = true\n",
        upstream.url()
    ));
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 200);
    let origin = format!("Origin: http://{}", house.address());
    assert_eq!(house.client().request("GET", "/", &[&SHAKE[..], &[&origin]].concat()).head().status, 101);
}

/// An upstream on a Unix socket, whose buffers have one size: it sends a large answer and its end at once, tells so, and reads on.
fn ends_behind_its_answer(path: &Path) -> (Receiver<()>, Arc<Mutex<Vec<Seen>>>) {
    let listener = UnixListener::bind(path).expect("bound");
    let (told, tells) = channel();
    let seen = Arc::<Mutex<Vec<Seen>>>::default();
    let all = seen.clone();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let (told, all) = (told.clone(), all.clone());
            std::thread::spawn(move || serve(stream, number, &told, &all));
        }
    });
    (tells, seen)
}

fn serve(mut stream: UnixStream, number: usize, told: &Sender<()>, all: &Mutex<Vec<Seen>>) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer, number) {
        all.lock().expect("not poisoned").push(request.clone());
        if request.target != "/large" {
            let _ = stream.write_all(&ok("small"));
            continue;
        }
        stream.write_all(&ok(&"x".repeat(LARGE))).expect("taken");
        stream.shutdown(Shutdown::Write).expect("ended");
        told.send(()).expect("the test waits");
    }
}

/// More than a client's socket takes, and no more than both sockets do together.
const LARGE: usize = 300 << 10;

#[test]
fn nobody_who_waits_gets_a_connection_that_has_ended() {
    for method in ["GET", "POST"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("api.sock");
        let (tells, seen) = ends_behind_its_answer(&path);
        let house = House::open(&format!(
            "listen = \"unix:{{folder}}/door.sock\"\n[upstream.one]\nurl = \"unix:{}\"\nmax_connections = 1\n{OPEN}",
            path.display()
        ));
        let door = house.folder.path().join("door.sock");
        let mut first = Client::unix(&door);
        first.request("GET", "/large", &[]);
        // One of these is on the core of the first.
        let mut others = [Client::unix(&door), Client::unix(&door)];
        tells.recv().expect("the upstream has sent all");
        for other in &mut others {
            other.request_with(method, "/after", &[], "");
        }
        std::thread::sleep(Duration::from_millis(200));
        let answer = first.answer();
        assert_eq!((answer.status, answer.body.len()), (200, LARGE));
        for other in &mut others {
            let answer = other.answer();
            assert_eq!((answer.status, answer.text().as_str()), (200, "small"), "{method}");
        }
        let seen = seen.lock().expect("not poisoned").clone();
        assert_eq!(seen.iter().filter(|seen| seen.connection == 0).count(), 1, "{method}");
    }
}

#[test]
fn a_request_that_must_not_be_repeated_is_not_given_a_connection_that_has_just_served_another() {
    let (served, wait) = channel();
    let served = Mutex::new(served);
    let upstream = Upstream::raw(move |mut stream, number, seen| {
        if let Some(request) = read(&mut stream, &mut Vec::new(), number) {
            seen.lock().expect("not poisoned").push(request.clone());
            if request.target == "/slow" {
                served.lock().expect("not poisoned").send(()).expect("heard");
                std::thread::sleep(Duration::from_millis(300));
            }
            let _ = stream.write_all(&ok("x"));
            // As an upstream does that closes each connection and does not say so: a moment after the answer.
            std::thread::sleep(Duration::from_micros(50));
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let house = House::open(&format!("[upstream.one]\nurl = \"{}\"\nmax_connections = 1\n{OPEN}", upstream.url()));
    for _ in 0..8 {
        let mut slow = house.client();
        slow.request("GET", "/slow", &[]);
        wait.recv().expect("it is under way");
        let mut others = [house.client(), house.client()];
        for other in &mut others {
            other.request_with("POST", "/", &[], "a");
        }
        assert_eq!(slow.answer().status, 200);
        for other in &mut others {
            assert_eq!(other.answer().status, 200);
        }
    }
    until("all have been asked", || (upstream.seen().len() == 24).then_some(()));
}
