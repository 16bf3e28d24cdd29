//! The data plane, through real sockets: what clients send as bytes, what upstreams get, and what comes back.

#[path = "../kit/mod.rs"]
mod kit;

mod crowds;
mod direct;
mod drain;
mod encrypted;
mod forced;
mod forwarding;
mod framing;
mod hops;
mod hosts;
mod http2;
mod identity;
mod limits;
mod listeners;
mod methods;
mod outage;
mod own;
mod paths;
mod reload;
mod retries;
mod revocation;
mod seats;
mod streaming;
mod trouble;
mod websocket;
