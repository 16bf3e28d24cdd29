//! Our service in axum: bare, or behind Doorward's layer.

use crate::layer;
use crate::run::Run;
use crate::service;

use super::cookie::one_letter_off;
use super::doorward::Doorward;
use super::rust::locked;
use super::{Door, Peer, Site, Started};

/// Who guards it.
pub(crate) enum Axum {
    Nobody,
    Doorward,
}

impl Peer for Axum {
    fn name(&self) -> &str {
        match self {
            Self::Nobody => "axum, no authentication",
            Self::Doorward => "Doorward's layer in axum, session",
        }
    }

    fn version(&self, run: &Run) -> anyhow::Result<String> {
        match self {
            Self::Nobody => locked(include_str!("../../../Cargo.lock"), "axum"),
            Self::Doorward => Doorward::Session.version(run),
        }
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let (rules, data) = (site.folder.join("doorward.toml"), site.folder.join("bench.db"));
        let (server, door) = match self {
            Self::Nobody => (service::start(None)?, Door::Open),
            Self::Doorward => {
                let right = format!("Cookie: doorward-default={}", layer::prepare(&rules, &data)?);
                (service::start(Some((&rules, &data)))?, Door::Guarded { wrong: one_letter_off(&right), right })
            }
        };
        Ok(Started { url: format!("http://{}/me", server.address), processes: vec![server.process], door })
    }
}
