//! Gateways before the same upstream.

use crate::run::Run;
use crate::table::Table;
use crate::wrk::CONNECTIONS;

use super::caddy::Caddy;
use super::doorward::Doorward;
use super::haproxy::Haproxy;
use super::nginx::{AuthRequest, Plain};
use super::upstream::Upstream;
use super::{Peer, field, packages};

const FIELD: &[&dyn Peer] = &[
    &Plain,
    &Upstream,
    &Haproxy::Nothing,
    &Haproxy::PlainText,
    &AuthRequest,
    &Caddy::Nothing,
    &Caddy::Bcrypt,
    &Doorward::Nothing,
    &Doorward::Session,
    &Doorward::Basic,
];

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = format!(
        "Forwarding an answer of 34 bytes over HTTP/1.1, `wrk` with 32 connections. Each has a worker or thread for each \
         core and keeps its connections to the upstream. CPU is that of a peer and of what it asks, without the upstream. \
         Those that ask for nothing get a cookie too. {}",
        packages()
    );
    Ok(field::measure(Table::new("proxies", "Gateways beside each other", &about, &[]), FIELD, CONNECTIONS, run)?.0)
}
