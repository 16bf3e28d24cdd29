//! Session services that stand before an upstream, as Doorward does.

use crate::run::Run;
use crate::table::Table;
use crate::wrk::CONNECTIONS;

use super::apache::Apache;
use super::doorward::Doorward;
use super::{Peer, field};

const FIELD: &[&dyn Peer] = &[&Doorward::Session, &Apache::Form];

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = "A session's cookie in each request, an answer of 34 bytes, HTTP/1.1, `wrk` with 32 connections. CPU is that of a peer \
                 and of what it asks, without the upstream. LemonLDAP::NG is not among them: it would bring some eighty packages \
                 into the system.";
    Ok(field::measure(Table::new("services", "Sessions before an upstream", about, &[]), FIELD, CONNECTIONS, run)?.0)
}
