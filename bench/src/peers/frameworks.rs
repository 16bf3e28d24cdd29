//! Sessions inside a service, where a framework checks them.

use crate::run::Run;
use crate::table::Table;
use crate::wrk::CONNECTIONS;

use super::axum::Axum;
use super::django::Django;
use super::node::Node;
use super::rust::Rust;
use super::{Peer, field};

const FIELD: &[&dyn Peer] = &[
    &Axum::Nobody,
    &Axum::Doorward,
    &Rust::ActixSessionCookie,
    &Rust::ActixSessionRedis,
    &Rust::AxumLoginMemory,
    &Rust::AxumLoginSqlite,
    &Rust::AxumLoginRedis,
    &Node::Express,
    &Node::BetterAuth,
    &Django,
];

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = "A service that answers with 34 bytes to who has a session, HTTP/1.1, `wrk` with 32 connections. Each has a worker or \
                 thread for each core. CPU is that of a service and of what it asks, such as Redis. The user of axum-login, \
                 actix-session and passport is known without a look into any store; the others look up session and user. \
                 better-auth reads both for each request: its cache in the cookie (`session.cookieCache`) stays off, as it comes.";
    Ok(field::measure(Table::new("frameworks", "Sessions inside a service", about, &[]), FIELD, CONNECTIONS, run)?.0)
}
