//! What Doorward's own resources may know of the data plane.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use doorward::Engine;

use crate::own::Plane;
use crate::upstream::Upstreams;

/// A view of the data plane that does not hold it.
pub(crate) struct View {
    engine: Arc<Engine>,
    upstreams: Arc<ArcSwap<Upstreams>>,
    open: Arc<AtomicUsize>,
}

impl View {
    /// A view of what these show.
    pub(crate) fn new(engine: Arc<Engine>, upstreams: &Arc<ArcSwap<Upstreams>>, open: &Arc<AtomicUsize>) -> Self {
        Self { engine, upstreams: upstreams.clone(), open: open.clone() }
    }
}

impl Plane for View {
    fn upstreams(&self) -> Vec<(String, bool)> {
        self.upstreams.load().each().map(|upstream| (upstream.name().to_string(), upstream.is_up())).collect()
    }

    fn connections(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    fn passwords_waiting(&self) -> usize {
        self.engine.passwords_waiting()
    }
}
