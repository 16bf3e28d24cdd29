//! The seats that connections take: of some things there are only so many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
