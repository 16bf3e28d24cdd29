//! The data plane, through real sockets: what clients send as bytes, what upstreams get, and what comes back.

#[path = "../kit/mod.rs"]
mod kit;

mod drain;
mod forced;
mod forwarding;
mod framing;
mod hops;
mod hosts;
mod identity;
mod limits;
mod methods;
mod outage;
mod paths;
mod retries;
mod revocation;
mod streaming;
mod websocket;
