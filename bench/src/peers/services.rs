//! Session services that stand before an upstream, as Doorward does.

use crate::run::Run;
use crate::table::Table;
use crate::wrk::CONNECTIONS;

use super::apache::Apache;
use super::doorward::Doorward;
use super::lemonldap::LemonLdap;
use super::{Peer, field};

const FIELD: &[&dyn Peer] = &[&Doorward::Session, &LemonLdap, &Apache::Form];

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = "A session's cookie in each request, an answer of 34 bytes, HTTP/1.1, `wrk` with 32 connections. CPU is that of a peer \
                 and of what it asks, without the upstream. Each of LemonLDAP::NG's processes keeps the session that it \
                 saw last for 15 seconds, so that with the one session here it reads its files hardly ever.";
    Ok(field::measure(Table::new("services", "Sessions before an upstream", about, &[]), FIELD, CONNECTIONS, run)?.0)
}
