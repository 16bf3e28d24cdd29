//! What breaks around Doorward, and mends again: nobody is logged out by it, and nobody is let in.

mod kit;
mod peers;

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use kit::{Place, Server};
use peers::{Answer, Child, PASSWORD, Session, Upstream, add_user, connect, echo_at, free_port, until};

const RULES: &str = "
data = \"disk/doorward.db\"

[[route]]
match = \"GET /open\"
access = \"anonymous\"

[[route]]
match = \"GET,POST /orders\"
access = \"self\"
";

/// A folder `disk` with a database, in which there is one user.
fn furnish(upstream: &Upstream) -> Place {
    let place = Place::with(&format!("listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n{RULES}", upstream.url()));
    fs::create_dir(place.file("disk")).expect("a folder");
    add_user(&place, "anna");
    place
}

/// The program, with a small disk of its own on `disk`, on which the database is. `then` is done in a shell before it starts.
fn on_a_small_disk(place: &Place, then: &str) -> Command {
    let (disk, seed) = (place.file("disk"), place.file("seed"));
    fs::rename(&disk, &seed).expect("it can be moved");
    fs::create_dir(&disk).expect("a folder");
    let program = place.program();
    let script = format!("mount -t tmpfs -o size=4m none disk && cp seed/* disk/ && {then} exec \"$0\" serve");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(program.get_program());
    command.current_dir(place.path()).env_remove("RUST_LOG").env_remove("DOORWARD_CONFIG");
    command
}

fn log_in(address: SocketAddr) -> Answer {
    Session::try_log_in(&mut connect(address), "anna", PASSWORD)
}

/// What needs no writing goes on; what does is refused for now, and cookies are left alone.
#[track_caller]
fn assert_only_writing_fails(address: SocketAddr, session: &Session) {
    let refused = log_in(address);
    assert_eq!((refused.status, &*refused.code()), (503, "unavailable"), "{}", refused.text());
    assert!(refused.header("retry-after").is_some(), "{:?}", refused.headers);
    assert!(refused.header("set-cookie").is_none(), "{:?}", refused.headers);
    let mut client = connect(address);
    for _ in 0..3 {
        let answer = client.request("GET", "/orders", &[&session.cookie]).answer();
        assert_eq!((answer.status, answer.header("set-cookie")), (200, None), "{}", answer.text());
        assert_eq!(client.request("POST", "/orders", &[&session.cookie, &session.proof]).answer().status, 200);
        assert_eq!(client.request("GET", "/user/me", &[&session.cookie]).answer().status, 200);
        assert_eq!(client.request("GET", "/open", &[]).answer().status, 200);
        assert_eq!(client.request("GET", "/orders", &[]).answer().status, 401);
        assert_eq!(client.request("GET", "/healthz", &[]).answer().status, 200);
    }
}

#[track_caller]
fn assert_all_is_well_again(address: SocketAddr, session: &Session) {
    until("log-ins are possible again", || (log_in(address).status == 201).then_some(()));
    assert_eq!(session.status(address), 200);
    let mut client = connect(address);
    assert_eq!(session.log_out(&mut client).status, 204);
    assert_eq!(session.status(address), 401);
}

#[test]
fn a_full_disk_keeps_nobody_out_who_is_in() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let server = Server::by(&mut on_a_small_disk(&place, ""));
    let session = Session::log_in(server.address(), "anna");
    let filler = PathBuf::from(format!("/proc/{}/root", server.id()))
        .join(place.file("disk/filler").strip_prefix("/").expect("a path"));
    let mut file = fs::File::create(&filler).expect("its disk can be reached");
    while file.write_all(&[0; 512]).is_ok() {}

    assert_only_writing_fails(server.address(), &session);
    let kept = session.log_out(&mut connect(server.address()));
    assert_eq!(kept.status, 503, "an end that is not stored is none: {}", kept.text());
    server.said("the disk is full: free some space");

    fs::remove_file(&filler).expect("it can be removed");
    drop(file);
    until("log-ins are possible again", || (log_in(server.address()).status == 201).then_some(()));
    // Whether the session that was to end did is for its owner to ask again.
    assert_eq!(session.log_out(&mut connect(server.address())).status, 204);
    assert_eq!(session.status(server.address()), 401);
}

#[test]
fn a_disk_that_refuses_to_write_keeps_nobody_out_who_is_in() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let program = place.program();
    let mut command = Command::new("sh");
    // A file that may not grow is an error here, not the end.
    command.args(["-c", "trap '' XFSZ; exec \"$0\" serve"]).arg(program.get_program()).current_dir(place.path());
    let server = Server::by(&mut command);
    let session = Session::log_in(server.address(), "anna");
    let limit = |size: &str| {
        let status = Command::new("prlimit")
            .arg(format!("--pid={}", server.id()))
            .arg(format!("--fsize={size}:unlimited"))
            .status();
        assert!(status.expect("prlimit starts").success());
    };
    limit("1");
    assert_only_writing_fails(server.address(), &session);
    server.said("the disk does not do what it is told");
    limit("unlimited");
    assert_all_is_well_again(server.address(), &session);
}

#[test]
fn a_database_that_cannot_be_written_is_refused_with_what_to_do() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let output = on_a_small_disk(&place, "mount -o remount,ro disk &&").output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("mount it for writing") || errors.contains("mount the file system for writing"),
        "{errors}"
    );
}

#[test]
fn a_database_that_another_program_locks_keeps_nobody_out_who_is_in() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let server = Server::start(&place);
    let session = Session::log_in(server.address(), "anna");
    let script = "import sqlite3, sys, time\n\
                  file = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n\
                  file.execute('BEGIN IMMEDIATE')\n\
                  print('it is locked', flush=True)\n\
                  time.sleep(3600)";
    let mut other =
        Child::start(Command::new(peers::python()).args(["-c", script]).arg(place.file("disk/doorward.db")));
    other.until("it has the lock", |said| said.contains("it is locked").then_some(()));
    assert_only_writing_fails(server.address(), &session);
    server.said("another program keeps the database locked");
    other.kill();
    assert_all_is_well_again(server.address(), &session);
}

#[test]
fn an_upstream_that_is_down_is_no_reason_to_log_anybody_out() {
    let port = free_port();
    let place = Place::with(&format!(
        r#"
listen = "127.0.0.1:0"

[upstream.plain]
url = "http://127.0.0.1:{port}"

[upstream.watched]
url = "http://127.0.0.1:{port}"
health = "/health"

[[route]]
match = "GET /plain"
access = "self"
upstream = "plain"

[[route]]
match = "GET /watched"
access = "self"
upstream = "watched"
"#
    ));
    add_user(&place, "anna");
    let server = Server::start(&place);
    let address = server.address();
    let session = Session::log_in(address, "anna");
    let ask = |path: &str| connect(address).request("GET", path, &[&session.cookie]).answer();

    let answer = ask("/plain");
    assert_eq!(
        (answer.status, &*answer.code(), answer.header("set-cookie")),
        (502, "bad_gateway", None),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains(&port.to_string()), "{}", answer.text());
    server.said("no connection");
    let answer = until("it is known to be down", || Some(ask("/watched")).filter(|answer| answer.status == 503));
    assert_eq!(&*answer.code(), "upstream_unavailable");
    assert!(answer.header("retry-after").is_some() && answer.header("set-cookie").is_none(), "{:?}", answer.headers);
    server.said("upstream is down");
    assert_eq!(session.status(address), 200);
    assert_eq!(connect(address).request("GET", "/plain", &[]).answer().status, 401);

    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let upstream = echo_at(listener);
    until("it is known to be up", || (ask("/watched").status == 200).then_some(()));
    assert_eq!(ask("/plain").text(), "/plain");
    assert!(upstream.seen().iter().any(|seen| seen.target == "/health"));
}
