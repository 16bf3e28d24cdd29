//! How a server starts and ends.

use rustix::process::Signal;

use crate::kit::{Api, Browser, Place, Server};
use crate::rules;

#[tokio::test]
async fn a_second_server_on_the_same_database_is_refused() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    let server = Server::start(&place);
    let error = place.run("serve").failed(1);
    assert!(error.contains("is being served by process "), "{error}");
    assert_eq!(Browser::at(&server.base).get("/open").await.status, 200);
    drop(server);
    // However the first one ended.
    Server::start(&place);
}

#[tokio::test]
async fn the_start_says_where_the_panel_is() {
    let api = Api::start().await;
    let place = Place::with(&format!("mount = \"/auth\"\n{}", rules(&api.base)));
    let server = Server::start(&place);
    let admin = format!("http://{}", server.admin_address());
    let at = |server: &Server, place: &str| {
        let line = format!("the Panel is at {place}");
        server.lines().iter().filter(|said| said.trim_end().ends_with(&line)).count()
    };
    assert_eq!(at(&server, &format!("{admin}/auth/panel")), 1);
    assert_eq!(at(&server, &format!("{}/auth/panel", server.base)), 0);
    drop(server);
    let place = Place::with(&format!("panel.public = true\n{}", rules(&api.base)));
    let server = Server::start(&place);
    assert_eq!(at(&server, &format!("{}/panel", server.base)), 1);
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_says_so() {
    let api = Api::start().await;
    let taken = api.base.trim_start_matches("http://");
    let place = Place::with(
        &rules(&api.base).replace("listen = \"127.0.0.1:0\"\nadmin", &format!("listen = \"{taken}\"\nadmin")),
    );
    let error = place.run("serve").failed(1);
    assert!(error.contains(&format!("{taken} is taken: another process listens there")), "{error}");
}

#[tokio::test]
async fn requests_under_way_end_before_the_server_does() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    let mut server = Server::start(&place);
    let browser = Browser::at(&server.base);
    let slow = browser.request(reqwest::Method::GET, "/slow");
    let waiting = tokio::spawn(async move { slow.send().await.map(|answer| answer.status().as_u16()) });
    // The request is at the API before the server is told to end.
    api.arrived.notified().await;
    server.signal(Signal::TERM);
    server.said("ending: requests under way have 30s");
    api.release.notify_one();
    assert_eq!(waiting.await.expect("no panic").expect("an answer"), 200);
    assert_eq!(server.end(), 0);
    server.said("ended");
    assert!(!place.file("doorward.db.reload").exists());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    let mut server = Server::start(&place);
    let browser = Browser::at(&server.base);
    let slow = browser.request(reqwest::Method::GET, "/slow");
    let waiting = tokio::spawn(async move { slow.send().await.map(|answer| answer.status().as_u16()) });
    api.arrived.notified().await;
    server.signal(Signal::TERM);
    server.said("a second signal ends at once");
    server.signal(Signal::INT);
    assert_eq!(server.end(), 1);
    assert!(waiting.await.expect("no panic").is_err());
}

#[tokio::test]
async fn the_deadline_cuts_off_what_does_not_end() {
    let api = Api::start().await;
    let place = Place::with(&format!("{}\n[drain]\ndeadline = \"1s\"\n", rules(&api.base)));
    let mut server = Server::start(&place);
    let slow = Browser::at(&server.base).request(reqwest::Method::GET, "/slow");
    let waiting = tokio::spawn(async move { slow.send().await.map(|answer| answer.status().as_u16()) });
    api.arrived.notified().await;
    server.signal(Signal::TERM);
    assert_eq!(server.end(), 0);
    assert!(waiting.await.expect("no panic").is_err());
    server.said("were cut off at the deadline");
}

#[tokio::test]
async fn the_log_is_json_where_it_is_asked_for() {
    let api = Api::start().await;
    let place = Place::with(&format!("{}\n[log]\nformat = \"json\"\naccess = true\n", rules(&api.base)));
    let server = Server::start(&place);
    assert_eq!(Browser::at(&server.base.replace(['"', '}', '{'], "")).get("/open").await.status, 200);
    for line in server.lines() {
        serde_json::from_str::<serde_json::Value>(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    }
}

#[test]
fn other_stores_are_not_there_yet() {
    for text in ["sessions = \"redis://127.0.0.1\"\n", "store_file = \"store\"\n"] {
        for verb in ["check", "serve"] {
            let error = Place::with(text).run(verb).failed(2);
            assert!(error.contains("not available in this build yet"), "{error}");
        }
    }
}

#[test]
fn routes_without_an_upstream_are_refused() {
    let place = Place::with("[[route]]\nmatch = \"GET /x\"\naccess = \"anonymous\"\n");
    place.run("check").ok();
    let error = place.run("serve").failed(2);
    assert!(error.contains("doorward.toml:2:9"), "{error}");
    assert!(error.contains("no upstream is named"), "{error}");
}

#[test]
fn the_service_manager_is_told_when_it_serves() {
    let place = Place::with("listen = \"127.0.0.1:0\"\n");
    let socket = std::os::unix::net::UnixDatagram::bind(place.file("notify")).expect("a socket");
    socket.set_read_timeout(Some(crate::kit::PATIENCE)).expect("a timeout");
    let child = place
        .program()
        .arg("serve")
        .env("NOTIFY_SOCKET", place.file("notify"))
        .stderr(std::process::Stdio::null())
        .spawn();
    let mut child = child.expect("it starts");
    let hear = || {
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).expect("a word");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    assert_eq!(hear(), "READY=1");
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::TERM).expect("it is there");
    assert_eq!(hear(), "STOPPING=1");
    assert!(child.wait().expect("it ends").success());
}
