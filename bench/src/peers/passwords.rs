//! Gateways that get a password with each request.

use crate::run::Run;
use crate::table::Table;

use super::apache::Apache;
use super::caddy::Caddy;
use super::doorward::Doorward;
use super::haproxy::Haproxy;
use super::nginx::Basic;
use super::{Peer, field};

/// A well-formed password that is nobody's.
pub(crate) const NOT_THE_PASSWORD: &str = "a quiet sea at noon";

const FIELD: [&dyn Peer; 5] = [&Basic, &Haproxy::Bcrypt, &Apache::Basic, &Caddy::Bcrypt, &Doorward::Basic];
/// Few: each waits for a hash that takes a tenth of a second.
const CONNECTIONS: u32 = 4;
const COST: u32 = 10;

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = "Basic with a password that is right, `wrk` with four connections. nginx, HAProxy and Apache compute the hash for each \
                 request; Caddy and Doorward keep for a while what was right.";
    field::measure(Table::new("passwords", "A password in each request", about, &[]), &FIELD, CONNECTIONS, run)
}

/// A hash of everybody's password, as files of passwords have it.
pub(crate) fn bcrypt() -> anyhow::Result<String> {
    Ok(bcrypt::hash_with_result(crate::place::PASSWORD, COST)?.format_for_version(bcrypt::Version::TwoY))
}
