//! A system that has no descriptors left.

mod kit;
mod peers;

use std::net::SocketAddr;
use std::process::Command;

use kit::{Place, Server};
use peers::{Client, Upstream, until};

/// A server whose public listener anybody may fill, and one for administration.
fn furnish(upstream: &Upstream) -> Place {
    Place::with(&format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n\
         limits = {{ connections_per_network = 10000 }}\n[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n",
        upstream.url()
    ))
}

fn status(address: SocketAddr, target: &str) -> Option<u16> {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    Client::tcp(address).send(request).try_answer().ok().map(|answer| answer.status)
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.id())).expect("it runs").count()
}

#[test]
fn few_descriptors_are_shared_so_that_administration_has_some() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let program = place.program();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 200; exec \"$0\" serve"]).arg(program.get_program()).current_dir(place.path());
    let server = Server::by(&mut command);
    server.said("the system gives 200 descriptors, so that there are 36 connections at most");
    let crowd: Vec<Client> = (0..150).map(|_| Client::tcp(server.address())).collect();
    assert_eq!(status(server.admin_address(), "/healthz"), Some(200));
    assert_eq!(status(server.address(), "/"), None, "all seats are taken");
    drop(crowd);
    until("there is room again", || (status(server.address(), "/") == Some(200)).then_some(()));
}

#[test]
fn a_server_without_descriptors_waits_for_some() {
    let upstream = Upstream::echo();
    let place = furnish(&upstream);
    let server = Server::start(&place);
    assert_eq!(status(server.address(), "/"), Some(200));
    let limit = |most: String| {
        let status =
            Command::new("prlimit").arg(format!("--pid={}", server.id())).arg(format!("--nofile={most}:")).status();
        assert!(status.expect("prlimit starts").success());
    };
    limit((descriptors(&server) + 1).to_string());
    let waiting: Vec<Client> = (0..20).map(|_| Client::tcp(server.address())).collect();
    server.said("cannot accept; connections wait");
    std::thread::sleep(std::time::Duration::from_secs(1));
    let told = server.lines().iter().filter(|line| line.contains("cannot accept")).count();
    assert_eq!(told, 1, "it tells once in a while, and does not fill the log");
    limit("1024".to_owned());
    assert_eq!(status(server.address(), "/"), Some(200));
    assert_eq!(status(server.admin_address(), "/healthz"), Some(200));
    drop(waiting);
}
