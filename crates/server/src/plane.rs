//! What Doorward's own resources may know of the data plane.

use std::sync::Arc;

use arc_swap::ArcSwap;
use doorward::Engine;
use doorward::policy::Door;

use crate::own::Plane;
use crate::seat::DoorSeats;
use crate::upstream::Upstreams;

/// A view of the data plane that does not hold it.
pub(crate) struct View {
    engine: Arc<Engine>,
    upstreams: Arc<ArcSwap<Upstreams>>,
    seats: Arc<DoorSeats>,
}

impl View {
    /// A view of what these show.
    pub(crate) fn new(engine: Arc<Engine>, upstreams: &Arc<ArcSwap<Upstreams>>, seats: &Arc<DoorSeats>) -> Self {
        Self { engine, upstreams: upstreams.clone(), seats: seats.clone() }
    }
}

impl Plane for View {
    fn upstreams(&self) -> Vec<(String, bool)> {
        self.upstreams.load().each().map(|upstream| (upstream.name().to_string(), upstream.is_up())).collect()
    }

    fn connections(&self) -> usize {
        self.seats.taken()
    }

    fn connections_refused(&self) -> Vec<(&'static str, &'static str, u64)> {
        let doors = [("public", Door::Public), ("admin", Door::Admin)];
        let refused = |(name, door)| self.seats.at(door).refused().map(|(reason, count)| (name, reason, count));
        doors.into_iter().flat_map(refused).collect()
    }

    fn passwords_waiting(&self) -> usize {
        self.engine.passwords_waiting()
    }
}
