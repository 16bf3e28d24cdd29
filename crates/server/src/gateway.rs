//! What all cores share, and what a reload replaces.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use arc_swap::ArcSwap;
use doorward::Engine;
use doorward::policy::Settings;
use tokio::runtime::Handle;

use crate::pages::Look;
use crate::rate::Limiter;
use crate::seat::DoorSeats;
use crate::setup::Setup;
use crate::upstream::{UpstreamError, Upstreams};

/// The gateway: the engine that decides, and where requests go then.
pub(crate) struct Gateway {
    pub(crate) engine: Arc<Engine>,
    pub(crate) setup: ArcSwap<Setup>,
    pub(crate) upstreams: Arc<ArcSwap<Upstreams>>,
    pub(crate) limiter: Limiter,
    /// Doorward's own resources, served on the control runtime.
    pub(crate) own: axum::Router,
    /// How the pages look, for refusals that people read.
    pub(crate) look: Arc<ArcSwap<Look>>,
    pub(crate) control: Handle,
    /// The connections that are open.
    pub(crate) seats: Arc<DoorSeats>,
    /// How many of them are tunnels.
    pub(crate) tunnels: Arc<AtomicUsize>,
    /// Our name in `Via`, by which a loop is found.
    pub(crate) pseudonym: Box<str>,
    /// What paths in the settings are relative to.
    base: PathBuf,
    /// The port of our own TLS. Listeners stay when settings change.
    secure_port: Option<u16>,
    /// How many connections the system has descriptors for.
    room: usize,
}

/// What a reload puts in place, made before anything is replaced.
pub(crate) struct Replacement {
    setup: Setup,
    upstreams: Upstreams,
}

impl Gateway {
    /// A gateway with these settings.
    pub(crate) fn new(
        engine: Arc<Engine>,
        own: OwnResources,
        settings: &Settings,
        place: Place,
    ) -> Result<Self, UpstreamError> {
        let Place { base, secure_port, control, room } = place;
        let setup = Setup::new(settings, secure_port, room);
        let upstreams = Upstreams::new(&settings.upstream, &base, &Upstreams::default(), setup.connections)?;
        own.upstreams.store(Arc::new(upstreams));
        Ok(Self {
            engine,
            setup: ArcSwap::from_pointee(setup),
            upstreams: own.upstreams,
            limiter: Limiter::default(),
            own: own.router,
            look: own.look,
            control,
            seats: own.seats,
            tunnels: Arc::default(),
            pseudonym: pseudonym(),
            base,
            secure_port,
            room,
        })
    }

    /// Makes what other settings ask for, and replaces nothing yet.
    pub(crate) fn prepare(&self, settings: &Settings) -> Result<Replacement, UpstreamError> {
        let setup = Setup::new(settings, self.secure_port, self.room);
        let upstreams = Upstreams::new(&settings.upstream, &self.base, &self.upstreams.load(), setup.connections)?;
        Ok(Replacement { setup, upstreams })
    }

    /// Puts it in place. Requests under way end as they began.
    pub(crate) fn replace(&self, replacement: Replacement) {
        self.setup.store(Arc::new(replacement.setup));
        self.upstreams.store(Arc::new(replacement.upstreams));
    }

    /// What paths in the settings are relative to.
    pub(crate) fn base(&self) -> &Path {
        &self.base
    }
}

/// The routes of Doorward's own resources, and what they tell about.
pub(crate) struct OwnResources {
    pub(crate) router: axum::Router,
    pub(crate) look: Arc<ArcSwap<Look>>,
    pub(crate) upstreams: Arc<ArcSwap<Upstreams>>,
    pub(crate) seats: Arc<DoorSeats>,
}

/// Where the gateway is.
pub(crate) struct Place {
    pub(crate) base: PathBuf,
    pub(crate) secure_port: Option<u16>,
    pub(crate) control: Handle,
    pub(crate) room: usize,
}

/// Another one for each process, so that one gateway may stand behind another.
fn pseudonym() -> Box<str> {
    let mut random = [0; 8];
    let _ = getrandom::fill(&mut random);
    format!("doorward-{:016x}", u64::from_be_bytes(random)).into()
}
