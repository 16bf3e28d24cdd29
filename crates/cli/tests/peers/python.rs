//! Programs in Python, which are not ours.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::child::Child;

/// The Python that has the packages of our peers.
pub fn python() -> PathBuf {
    match std::env::var_os("DOORWARD_TEST_PYTHON") {
        Some(python) => python.into(),
        None => {
            panic!("DOORWARD_TEST_PYTHON is not set: run `cargo xtask test`, which installs what this test talks to")
        }
    }
}

/// A script beside this file.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// httpbin: an HTTP API that is not ours.
pub struct Httpbin {
    _child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Httpbin {
    /// Starts it.
    pub fn start() -> Self {
        let mut child = Child::start(Command::new(python()).arg(script("serve_httpbin.py")));
        let address = child.until("it listens", |said| {
            let (_, place) = said.lines().find_map(|line| line.split_once("httpbin at "))?;
            place.trim().parse().ok()
        });
        Self { _child: child, address }
    }
}
