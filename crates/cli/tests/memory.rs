//! What connections cost that wait for a next request.

mod kit;
mod peers;

use kit::{Place, Server};
use peers::{Client, Upstream};

const CONNECTIONS: usize = 300;

/// Resident bytes of a server that each connection adds, after one request with a header line of so many bytes.
fn held_after(line: usize) -> f64 {
    let upstream = Upstream::echo();
    let place = Place::with(&format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n",
        upstream.url()
    ));
    let server = Server::start(&place);
    let filling = format!("X-Filling: {}", "x".repeat(line));
    let open = || {
        let mut client = Client::tcp(server.address());
        assert_eq!(client.request("GET", "/", &[&filling]).answer().status, 200);
        client
    };
    // What is allocated once is there.
    drop((0..20).map(|_| open()).collect::<Vec<_>>());
    let before = resident(&server);
    let waiting: Vec<Client> = (0..CONNECTIONS).map(|_| open()).collect();
    let held = (resident(&server) - before) / CONNECTIONS as f64;
    drop(waiting);
    held
}

fn resident(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") * 1024.0
}

#[test]
fn a_connection_that_waits_does_not_keep_what_its_last_request_was_read_into() {
    let (small, large) = (held_after(10), held_after(31_000));
    assert!(large - small < 8_192.0, "{large} bytes after a large head, {small} after a small one");
}
