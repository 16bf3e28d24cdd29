//! What tests of the server are made with: a house with a door, a client that writes bytes, and an upstream that reads them.
#![allow(dead_code, unused_imports, reason = "not every test uses all of it")]

mod answer;
mod client;
mod frames;
mod house;
mod log;
mod shaky;
mod tls;
mod until;
mod upstream;

pub use answer::Answer;
pub use client::Client;
pub use frames::{Frame, RawHttp2};
pub use house::{House, PASSWORD, Session};
pub use log::Log;
pub use shaky::{Mood, Shaky};
pub use tls::Issued;
pub use until::until;
pub use upstream::{Seen, Upstream, ok, read, read_head};

/// A rule that lets everybody have everything.
pub const OPEN: &str =
    "[[route]]\nmatch = \"* /\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"* /*rest\"\naccess = \"anonymous\"\n";
