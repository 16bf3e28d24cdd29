//! The seats that connections take, and what they do with them.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
