//! The upstream itself, with nobody before it: no gateway can be faster.

use crate::nginx::Nginx;
use crate::run::Run;

use super::nginx::version;
use super::{Door, Peer, Site, Started};

pub(crate) struct Upstream;

impl Peer for Upstream {
    fn name(&self) -> &str {
        "the upstream alone (nginx, a constant answer)"
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        version()
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let upstream = Nginx::upstream(&site.folder)?;
        let url = format!("http://{}/me", upstream.address);
        Ok(Started { processes: vec![upstream.process], url, door: Door::Open })
    }
}
