//! Doorward on the network: listeners, one runtime per core, the gateway to upstreams, and Doorward's own resources.
//!
//! ```text
//! listen ─► connection ─► exchange: Head::read ─► engine.judge(&head) ─► forward(request, pass)
//! ```

mod activity;
mod admin;
mod body;
mod connection;
mod core;
mod descriptors;
mod dialect;
mod direct;
mod exchange;
mod fault;
mod files;
mod forward;
mod frames;
mod framing;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gateway;
mod hasher;
mod headers;
mod health;
mod hop;
mod listen;
mod maintenance;
mod metrics;
mod networks;
mod openapi;
mod own;
mod pages;
mod panel;
mod person;
mod plane;
pub mod proxy_protocol;
mod rate;
mod record;
mod redirect;
mod request_id;
mod resource;
mod seat;
mod server;
mod setup;
mod stream;
mod streams;
mod strict;
mod tls;
mod trace;
mod tunnel;
mod upgrade;
mod upstream;
mod wire;

pub use files::examine_files;
pub use hasher::HashThreads;
pub use listen::{Address, ListenError};
pub use server::{Drained, Plan, Server, StartError, start};
pub use tls::TlsError;
#[cfg(feature = "otel")]
pub use trace::{Traces, TracesError};
pub use upstream::{InvalidTarget, Target, UpstreamError};
