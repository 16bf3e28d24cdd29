//! A tap on the line between Doorward and a service: what passes, byte for byte, in both directions.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A tap that runs as long as the test's process.
pub struct Tap {
    /// Where it listens.
    pub address: SocketAddr,
    passed: Arc<Mutex<Vec<Passed>>>,
}

/// What passed on one connection.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// To the service.
    pub there: Vec<u8>,
    /// From it.
    pub back: Vec<u8>,
}

impl Tap {
    /// A tap before this service.
    pub fn before(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let passed = Arc::<Mutex<Vec<Passed>>>::default();
        let all = passed.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let all = all.clone();
                thread::spawn(move || {
                    let passed = carry(client, service);
                    all.lock().expect("not poisoned").push(passed);
                });
            }
        });
        Self { address, passed }
    }

    /// What has passed since this was asked last, of the connections that have ended.
    pub fn take(&self) -> Vec<Passed> {
        std::mem::take(&mut self.passed.lock().expect("not poisoned"))
    }
}

fn carry(client: TcpStream, service: SocketAddr) -> Passed {
    let service = TcpStream::connect(service).expect("the service listens");
    let (to, from) = (service.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
    let there = thread::spawn(move || copy(from, to));
    // The service closes when it has answered.
    let back = copy(service, client.try_clone().expect("a socket"));
    let _ = client.shutdown(Shutdown::Both);
    Passed { there: there.join().expect("no panic"), back }
}

/// Carries bytes as they come, and keeps them.
fn copy(mut from: TcpStream, mut to: TcpStream) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut bytes = [0; 16_384];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        kept.extend_from_slice(&bytes[..read]);
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    kept
}
