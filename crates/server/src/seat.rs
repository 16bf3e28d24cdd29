//! The seats that connections take: of some things there are only so many.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use doorward::policy::Door;

use crate::networks::{Network, Networks, Share};
use crate::setup::Setup;

/// One of the seats that are counted. Free again when dropped.
pub(crate) struct Seat {
    taken: Arc<AtomicUsize>,
}

impl Seat {
    /// Takes one.
    pub(crate) fn take(taken: &Arc<AtomicUsize>) -> Self {
        taken.fetch_add(1, Ordering::Relaxed);
        Self { taken: taken.clone() }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The seats of one door. Each door has its own, so that a crowd at the public one leaves room at that of administrators.
#[derive(Default)]
pub(crate) struct Seats {
    taken: Arc<AtomicUsize>,
    networks: Arc<Networks>,
    refused: Refused,
}

/// The seats of both doors.
#[derive(Default)]
pub(crate) struct DoorSeats {
    public: Seats,
    admin: Seats,
}

impl DoorSeats {
    /// Those of one door.
    pub(crate) fn at(&self, door: Door) -> &Seats {
        match door {
            Door::Public => &self.public,
            Door::Admin => &self.admin,
        }
    }

    /// How many are taken, at both doors.
    pub(crate) fn taken(&self) -> usize {
        self.public.taken() + self.admin.taken()
    }
}

/// How many connections were refused, by the reason.
#[derive(Default)]
struct Refused {
    full: AtomicU64,
    network: AtomicU64,
}

impl Seats {
    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many connections were refused: because there were as many as there may be, and because their network had its share.
    pub(crate) fn refused(&self) -> [(&'static str, u64); 2] {
        let Refused { full, network } = &self.refused;
        [("full", full.load(Ordering::Relaxed)), ("network", network.load(Ordering::Relaxed))]
    }

    /// A seat, unless all are taken.
    pub(crate) fn take(&self, setup: &Setup) -> Option<Seat> {
        if self.taken() >= setup.connections {
            self.refused.full.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(Seat::take(&self.taken))
    }

    /// The share of a client's network, unless it is used up. Whoever comes by a trusted proxy or a Unix socket may be one of
    /// many, and needs none.
    pub(crate) fn share(&self, peer: Option<IpAddr>, setup: &Setup) -> Result<Option<Share>, UsedUp> {
        let Some(address) = peer.filter(|address| !setup.trusted.contains(*address)) else { return Ok(None) };
        match self.networks.take(Network::of(address), setup.connections_per_network) {
            Some(share) => Ok(Some(share)),
            None => {
                self.refused.network.fetch_add(1, Ordering::Relaxed);
                Err(UsedUp)
            }
        }
    }
}

/// A network has as many connections as one may have.
#[derive(Debug)]
pub(crate) struct UsedUp;

/// What a connection holds for as long as it lasts.
pub(crate) struct Held {
    _house: Seat,
    _core: Seat,
    /// None where its network is not counted, or not known yet.
    share: Option<Share>,
}

impl Held {
    pub(crate) fn new(house: Seat, core: Seat, share: Option<Share>) -> Self {
        Self { _house: house, _core: core, share }
    }

    /// Takes the share of a client who was not known before.
    pub(crate) fn hold(&mut self, share: Option<Share>) {
        self.share = share;
    }
}
