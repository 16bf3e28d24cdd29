//! The data plane, through real sockets: what clients send as bytes, what upstreams get, and what comes back.

#[path = "../kit/mod.rs"]
mod kit;

mod forwarding;
