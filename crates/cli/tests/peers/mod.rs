//! Peers of the binary that are not ours: clients before it, services behind it, and what writes bytes as it is told to.

#![allow(dead_code, unused_imports, reason = "each program of tests uses a part of it")]

#[path = "../../../server/tests/kit/answer.rs"]
mod answer;
#[path = "../../../server/tests/kit/client.rs"]
mod client;
#[path = "../../../server/tests/kit/tls.rs"]
mod tls;
#[path = "../../../server/tests/kit/upstream.rs"]
mod upstream;

mod child;
mod chromium;
mod python;
mod read;
mod session;
mod tap;
mod webdriver;

pub use answer::Answer;
pub use child::Child;
pub use chromium::{Chromium, Page};
pub use client::Client;
pub use python::{Httpbin, python, script};
pub use read::{read_answer, read_request};
pub use session::{PASSWORD, Session, add_user};
pub use tap::{Passed, Tap};
pub use tls::Issued;
pub use upstream::{Seen, Upstream, ok};

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Machines that test are slow and shared: only a test that waits longer than this for anything has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until something is there.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A connection that waits for answers for as long as anything may take.
pub fn connect(address: SocketAddr) -> Client {
    try_connect(address).expect("it listens")
}

/// The same, if anybody listens.
pub fn try_connect(address: SocketAddr) -> Option<Client> {
    let stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_nodelay(true).ok()?;
    Some(Client::over(stream, &address.to_string()))
}

/// A port at which nobody listens. The system gives none of these to others by itself.
pub fn free_port() -> u16 {
    let first = 10_000 + u16::try_from(std::process::id() % 20_000).expect("a small number");
    (first..32_000)
        .chain(10_000..first)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port is free")
}

/// An upstream that echoes, at this listener.
pub fn echo_at(listener: TcpListener) -> Upstream {
    Upstream::at(listener, |mut stream, number, seen| {
        let mut buffer = Vec::new();
        while let Some(request) = upstream::read(&mut stream, &mut buffer, number) {
            let answer = ok(&request.target);
            seen.lock().expect("not poisoned").push(request);
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    })
}

/// RFC 4648, section 4.
pub fn base64(text: &str) -> Vec<u8> {
    let sextet = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = text.bytes().filter(|letter| *letter != b'=').map(sextet).collect();
    let mut bytes = Vec::with_capacity(letters.len() * 3 / 4);
    for group in letters.chunks(4) {
        let all = group.iter().fold(0u32, |all, six| all << 6 | u32::from(*six)) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&all.to_be_bytes()[1..group.len()]);
    }
    bytes
}
