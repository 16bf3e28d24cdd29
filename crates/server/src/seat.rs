//! The seat that a connection takes, and what it does with it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One of the connections that may be open at once. Free again when dropped.
pub(crate) struct Seat {
    counters: [Arc<AtomicUsize>; 2],
}

impl Seat {
    /// Takes a seat in both rooms: the house and the core.
    pub(crate) fn take(house: &Arc<AtomicUsize>, core: &Arc<AtomicUsize>) -> Self {
        let counters = [house.clone(), core.clone()];
        for counter in &counters {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        Self { counters }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        for counter in &self.counters {
            counter.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// How busy a connection is.
#[derive(Default)]
pub(crate) struct Activity {
    running: Cell<usize>,
    idle_since: Cell<Option<Instant>>,
}

/// A request that is being answered.
pub(crate) struct Running(Rc<Activity>);

impl Activity {
    /// A connection on which nothing has happened yet.
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self { running: Cell::new(0), idle_since: Cell::new(Some(Instant::now())) })
    }

    /// Begins a request.
    pub(crate) fn run(self: &Rc<Self>) -> Running {
        self.running.set(self.running.get() + 1);
        self.idle_since.set(None);
        Running(self.clone())
    }

    /// Returns when nothing has happened for so long.
    pub(crate) async fn idle(&self, patience: Duration) {
        loop {
            let idle = self.idle_since.get().map_or(Duration::ZERO, |since| since.elapsed());
            match patience.checked_sub(idle) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let left = self.0.running.get().saturating_sub(1);
        self.0.running.set(left);
        if left == 0 {
            self.0.idle_since.set(Some(Instant::now()));
        }
    }
}
