//! Open streams end when the caller may not have them any more (K5).

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doorward::{Actor, UserState};

use crate::kit::{Client, House, Upstream, ok, until};

const RULES: &str = "[[acl]]\nid = \"Shop::events\"\n[role.reader]\nallow = [\"Shop::events\"]\n\
    [[route]]\nmatch = \"GET /events\"\naccess = \"Shop::events\"\n[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n\
    [[route]]\nmatch = \"GET /all\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"GET /late\"\naccess = \"self\"\n";

/// Sends an event every now and then, or none but the first.
fn events(counter: Arc<AtomicUsize>) -> Upstream {
    Upstream::serving(move |seen, stream| {
        if seen.target == "/late" {
            std::thread::sleep(Duration::from_millis(1_500));
            return stream.write_all(&ok("too late")).is_ok();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n:\n\n\r\n").expect("sent");
        let silent = seen.target == "/own";
        let begun = std::time::Instant::now();
        while begun.elapsed() < Duration::from_secs(15) {
            std::thread::sleep(Duration::from_millis(50));
            if !silent {
                counter.fetch_add(1, Ordering::SeqCst);
                if stream.write_all(b"3\r\n:\n\n\r\n").is_err() {
                    return false;
                }
            }
        }
        false
    })
}

fn follow(house: &House, target: &str, cookie: &str) -> Client {
    let mut client = house.client();
    assert_eq!(client.request("GET", target, &[cookie]).head().status, 200);
    assert!(client.chunk().is_some());
    client
}

/// Reads until the stream breaks off, and says that it did not end well.
fn breaks_off(client: &mut Client) {
    let begun = std::time::Instant::now();
    while client.chunk().is_some() {}
    assert!(begun.elapsed() < Duration::from_secs(10), "it went on");
    assert_eq!(client.rest(), b"", "no last chunk");
}

#[test]
fn a_stream_ends_with_its_session_also_when_nothing_comes() {
    let upstream = events(Arc::default());
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut silent = follow(&house, "/own", &session.cookie);
    house.end_sessions_of("ada");
    breaks_off(&mut silent);
}

#[test]
fn a_stream_ends_with_the_right_to_it() {
    let sent = Arc::<AtomicUsize>::default();
    let upstream = events(sent.clone());
    let house = House::before(&upstream, RULES);
    let user = house.add_user("ada", &["reader"]);
    let session = house.log_in("ada");
    let mut stream = follow(&house, "/events", &session.cookie);
    let (console, roles) = (Actor::console(), ["reader".to_owned()]);
    house
        .block_on(house.engine.change_roles(&console, &user, &[], &roles))
        .map_err(|refusal| refusal.code())
        .expect("removed");
    breaks_off(&mut stream);
    // The upstream is not left talking to nobody.
    let mut before = usize::MAX;
    until("the upstream has noticed", || {
        let now = sent.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(150));
        (std::mem::replace(&mut before, now) == now).then_some(())
    });
}

#[test]
fn a_stream_ends_when_its_user_is_disabled_and_a_guests_goes_on() {
    let upstream = events(Arc::default());
    let house = House::before(&upstream, RULES);
    let user = house.add_user("ada", &["reader"]);
    let session = house.log_in("ada");
    let mut known = follow(&house, "/events", &session.cookie);
    let mut guest = follow(&house, "/all", "X-None: 1");
    let console = Actor::console();
    house
        .block_on(house.engine.set_state(&console, &user, UserState::Disabled))
        .map_err(|refusal| refusal.code())
        .expect("disabled");
    breaks_off(&mut known);
    assert!(guest.chunk().is_some());
}

#[test]
fn who_had_to_wait_for_an_answer_gets_it_only_when_still_allowed() {
    let upstream = events(Arc::default());
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = house.client();
    client.request("GET", "/late", &[&session.cookie]);
    until("the request is under way", || (upstream.seen().len() == 1).then_some(()));
    house.end_sessions_of("ada");
    let answer = client.answer();
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"));
}

const UPLOADS: &str = "[[route]]\nmatch = \"POST /orders\"\naccess = \"self\"\n\
    [[route]]\nmatch = \"POST /forced\"\naccess = \"self\"\nforce = { customer = \"%user_id%\" }\n";

#[test]
fn a_body_that_comes_after_the_end_of_its_session_is_not_forwarded() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, UPLOADS);
    // Held here, held by the library because of another header, and held because parameters are forced in it.
    let ways: [(&str, &[&str]); 3] = [("/orders", &[]), ("/forced", &["TE: trailers"]), ("/forced", &[])];
    let session = house.somebody();
    let waiting = ways.map(|(target, lines)| {
        let mut client = house.client();
        let usual = ["Content-Length: 3", "Content-Type: application/x-www-form-urlencoded"];
        let all: Vec<&str> =
            [&*session.cookie, &*session.proof].into_iter().chain(usual).chain(lines.iter().copied()).collect();
        client.request("POST", target, &all);
        client
    });
    std::thread::sleep(Duration::from_millis(1_100));
    house.end_sessions_of("ada");
    for (mut client, way) in waiting.into_iter().zip(ways) {
        let answer = client.send("a=b").answer();
        assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"), "{way:?}");
    }
    assert!(upstream.seen().is_empty());
}

#[test]
fn an_upload_ends_with_its_session() {
    let received = Arc::<AtomicUsize>::default();
    let counter = received.clone();
    let upstream = Upstream::raw(move |mut stream, _, _| {
        let mut bytes = [0; 1_024];
        while let Ok(length @ 1..) = std::io::Read::read(&mut stream, &mut bytes) {
            counter.fetch_add(length, Ordering::SeqCst);
        }
    });
    let house = House::before(&upstream, UPLOADS);
    let session = house.somebody();
    let mut client = house.client();
    client
        .request("POST", "/orders", &[&session.cookie, &session.proof, "Transfer-Encoding: chunked"])
        .send("1\r\na\r\n");
    until("the upload has begun", || (received.load(Ordering::SeqCst) > 0).then_some(()));
    house.end_sessions_of("ada");
    let answer = client.answer();
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"));
    assert_eq!(answer.header("connection"), Some("close"));
    let before = received.load(Ordering::SeqCst);
    client.send("1\r\nb\r\n");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(received.load(Ordering::SeqCst), before);
}

#[test]
fn a_reader_who_takes_nothing_is_cut_off_with_their_session() {
    let (ended, has_ended) = std::sync::mpsc::channel();
    let ended = std::sync::Mutex::new(ended);
    let upstream = Upstream::serving(move |_, stream| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1 << 30);
        let piece = vec![b'a'; 1 << 16];
        let _ = stream.write_all(head.as_bytes());
        while stream.write_all(&piece).is_ok() {}
        let _ = ended.lock().expect("not poisoned").send(());
        false
    });
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = house.client();
    assert_eq!(client.request("GET", "/own", &[&session.cookie]).head().status, 200);
    house.end_sessions_of("ada");
    // Long before the client would be given up for taking nothing.
    has_ended.recv_timeout(Duration::from_secs(10)).expect("the upstream's connection is closed");
    drop(client);
}
