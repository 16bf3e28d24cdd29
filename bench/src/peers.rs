//! What Doorward is compared with beyond a proxy that asks nobody anything. A peer is one short file.

mod apache;
mod axum;
mod caddy;
mod cookie;
mod django;
mod door;
mod doorward;
mod field;
mod form;
mod frameworks;
mod haproxy;
mod lemonldap;
mod nginx;
mod node;
mod passwords;
mod proxies;
mod redis;
mod rust;
mod services;
mod site;
mod upstream;

pub(crate) use frameworks::measure as frameworks;
pub(crate) use passwords::measure as passwords;
pub(crate) use proxies::measure as proxies;
pub(crate) use services::measure as services;

use crate::machine::distribution;
use crate::process::Process;
use crate::run::Run;
use door::Door;
use site::Site;

/// Whose packages most peers are: a distribution's may be years older than what its makers have.
fn packages() -> String {
    format!("Peers that are packages are those of {}.", distribution())
}

/// One of what is compared.
pub(crate) trait Peer {
    /// As a row of a table is named: who it is, and what it does with each request.
    fn name(&self) -> &str;

    /// What it says about itself. Fails where it is not installed, with what would have to be done.
    fn version(&self, run: &Run) -> anyhow::Result<String>;

    /// Starts it in a folder of its own, on ports that are free, and makes a user there where it needs one.
    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started>;
}

/// A peer that answers. It ends with this.
pub(crate) struct Started {
    /// All that works for a request: the peer, and what it asks.
    pub(crate) processes: Vec<Process>,
    pub(crate) url: String,
    pub(crate) door: Door,
}
