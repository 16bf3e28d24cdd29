//! Gateways that get a password with each request.

use crate::goal::Aim;
use crate::run::Run;
use crate::table::{Cell, Table};

use super::apache::Apache;
use super::caddy::Caddy;
use super::doorward::Doorward;
use super::haproxy::Haproxy;
use super::nginx::Basic;
use super::{Peer, field, packages};

/// A well-formed password that is nobody's.
pub(crate) const NOT_THE_PASSWORD: &str = "a quiet sea at noon";

const CACHE: Caddy = Caddy::Bcrypt;
const OURS: Doorward = Doorward::Basic;
const FIELD: &[&dyn Peer] = &[&Basic, &Haproxy::Bcrypt, &Apache::Basic, &CACHE, &OURS];
/// Enough for each worker to have some, whichever of them it is that takes a connection; few enough for all to be answered in
/// time by those that hash for a twentieth of a second.
const CONNECTIONS: u32 = 32;
const COST: u32 = 10;

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let about = format!(
        "Basic with a password that is right, `wrk` with {CONNECTIONS} connections. nginx, HAProxy and Apache compute the hash for \
         each request; Caddy and Doorward keep for a while what was right, so that what is compared with them is a cache. {}",
        packages()
    );
    let table = Table::new("passwords", "A password in each request", &about, &[]);
    let (mut table, compared) = field::measure(table, FIELD, CONNECTIONS, run)?;
    for (what, other, aim) in [
        ("requests/s \u{f7} Caddy with its cache", CACHE.name(), 5.0),
        ("requests/s \u{f7} nginx, which hashes each time", Basic.name(), 3_000.0),
    ] {
        // A peer that cannot be had here has no ratio.
        let measured = compared.rate(OURS.name(), other).unwrap_or_else(|_| Cell::none());
        table.goal(what, &measured, "", Aim::AtLeast(aim, aim))?;
    }
    Ok(table)
}

/// A hash of everybody's password, as files of passwords have it.
pub(crate) fn bcrypt() -> anyhow::Result<String> {
    Ok(bcrypt::hash_with_result(crate::place::PASSWORD, COST)?.format_for_version(bcrypt::Version::TwoY))
}
