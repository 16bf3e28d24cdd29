//! What the operating system was asked to do, in which order: the log of the database is on the disk before anybody is told.

mod kit;
mod peers;

use std::process::Command;

use kit::{Place, Server};
use peers::{Client, PASSWORD, Session, Upstream, add_user};
use sha2::{Digest as _, Sha256};

#[test]
fn the_log_is_on_the_disk_before_a_log_in_or_a_log_out_is_acknowledged() {
    let upstream = Upstream::echo();
    let rules = "[[route]]\nmatch = \"GET /orders\"\naccess = \"self\"\n";
    let place = Place::with(&format!("listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n{rules}", upstream.url()));
    add_user(&place, "anna");
    let trace = place.file("trace");
    let mut server = Server::by(strace(&place).arg("serve"));

    let mut client = Client::tcp(server.address());
    let answer = Session::try_log_in(&mut client, "anna", PASSWORD);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let session = Session::read(&answer);
    assert_eq!(session.log_out(&mut client).status, 204);
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.end(), 0);

    let calls = calls(&std::fs::read_to_string(trace).expect("a trace"));
    let (_, token) = session.cookie.split_once('=').expect("a cookie");
    // The store knows a session by the first half of its token's digest.
    let key = Sha256::digest(token.as_bytes())[..16].iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let at = |what: &str, test: &dyn Fn(&Call) -> bool| {
        calls.iter().position(test).unwrap_or_else(|| panic!("no {what} in the trace"))
    };

    let row = at("write of the session's row", &|call| call.writes_log() && call.text.contains(&key));
    let told = at("answer 201", &|call| call.answers("201"));
    let asked = at("request to log out", &|call| call.reads("DELETE "));
    let done = at("answer 204", &|call| call.answers("204"));
    assert_is_synced(&calls, row, told);
    let removed = calls[asked..done].iter().position(Call::writes_log).expect("a write to the log before 204") + asked;
    assert_is_synced(&calls, removed, done);
}

/// That the log was synced after one call and before another, and that the sync had ended before the other began.
#[track_caller]
fn assert_is_synced(calls: &[Call], after: usize, before: usize) {
    let (written, told) = (&calls[after], &calls[before]);
    let is_between = |call: &&Call| call.syncs_log() && call.begun > written.ended && call.ended < told.begun;
    let around = || calls[after.saturating_sub(2)..=before].iter().map(Call::short).collect::<Vec<_>>().join("\n");
    assert!(written.ended < told.begun, "told before it was written:\n{}", around());
    assert!(calls.iter().any(|call| is_between(&call)), "not synced in between:\n{}", around());
}

/// The program, watched.
fn strace(place: &Place) -> Command {
    let program = place.program();
    let mut command = Command::new("strace");
    // As a grandchild, so that signals to the child are signals to the program.
    command.args(["-D", "-f", "-y", "-xx", "-s", "16384", "-o"]).arg(place.file("trace"));
    command.args(["-e", "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg,read,recvfrom"]);
    command.arg(program.get_program()).current_dir(place.path()).env_remove("RUST_LOG").env_remove("DOORWARD_CONFIG");
    command
}

/// One call, from the line where it begins to the line where it ends.
struct Call {
    begun: usize,
    ended: usize,
    name: String,
    text: String,
}

impl Call {
    fn writes_log(&self) -> bool {
        matches!(&*self.name, "pwrite64" | "write" | "writev") && self.concerns_log()
    }

    fn syncs_log(&self) -> bool {
        matches!(&*self.name, "fdatasync" | "fsync") && self.concerns_log() && self.text.ends_with("= 0")
    }

    fn concerns_log(&self) -> bool {
        self.text.split(['<', '>']).nth(1).is_some_and(|path| unescape(path).ends_with("doorward.db-wal"))
    }

    fn answers(&self, status: &str) -> bool {
        let is_sent = matches!(&*self.name, "write" | "writev" | "sendto" | "sendmsg");
        is_sent && unescape(&self.text).contains(&format!("HTTP/1.1 {status}"))
    }

    fn reads(&self, begin: &str) -> bool {
        matches!(&*self.name, "read" | "recvfrom") && unescape(&self.text).contains(&format!("\"{begin}"))
    }

    fn short(&self) -> String {
        let text: String = unescape(&self.text).chars().take(120).collect();
        format!("{}-{} {}: {}", self.begun, self.ended, self.name, text.escape_debug())
    }
}

/// The calls of a trace, by their beginning. Lines of calls that others interrupt are put together.
fn calls(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for (place, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let (_, more) = resumed.split_once("resumed>").unwrap_or_default();
            let open = calls
                .iter_mut()
                .rev()
                .find(|call| call.ended == usize::MAX && call.text.starts_with(&format!("{thread} ")));
            if let Some(call) = open {
                call.ended = place;
                call.text.push_str(more);
            }
            continue;
        }
        let Some((name, _)) = rest.split_once('(') else { continue };
        let (text, ended) = match rest.strip_suffix("<unfinished ...>") {
            Some(text) => (text, usize::MAX),
            None => (rest, place),
        };
        calls.push(Call { begun: place, ended, name: name.to_owned(), text: format!("{thread} {text}") });
    }
    calls
}

/// What strace writes with `-xx`, as text.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let digits =
            more.get(1..3).filter(|_| rest.starts_with(b"\\x")).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[4..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
