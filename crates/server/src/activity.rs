//! What happens on an HTTP/2 connection: when nothing does it is closed, and an answer that the client does not take holds no
//! upstream. HTTP/1 needs neither: there the parser counts the time between requests, and the wire that of each write.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// How busy a connection is.
pub(crate) struct Activity {
    running: Cell<usize>,
    idle_since: Cell<Instant>,
    /// Answers that may last.
    watched: RefCell<Vec<Weak<dyn Stallable>>>,
}

/// A request that is being answered.
pub(crate) struct Running(Rc<Activity>);

/// An answer that can be given up when its client does not take it.
pub(crate) trait Stallable {
    /// Since when the client could have taken more and did not.
    fn waits_since(&self) -> Option<Instant>;
    /// Lets go of what it holds. The client is told when it asks for more.
    fn give_up(&self);
}

impl Activity {
    /// A connection on which nothing has happened yet.
    pub(crate) fn new() -> Rc<Self> {
        let (running, idle_since) = (Cell::new(0), Cell::new(Instant::now()));
        Rc::new(Self { running, idle_since, watched: RefCell::default() })
    }

    /// Begins a request.
    pub(crate) fn run(self: &Rc<Self>) -> Running {
        self.running.set(self.running.get() + 1);
        Running(self.clone())
    }

    /// Gives up what is not taken for `stall`, and returns when nothing has happened for `idle`.
    pub(crate) async fn watch(&self, stall: Duration, idle: Duration) {
        loop {
            self.give_up(stall);
            let idle_left = match self.running.get() {
                0 => idle.saturating_sub(self.idle_since.get().elapsed()),
                _ => idle,
            };
            if idle_left.is_zero() {
                return;
            }
            // A request that begins meanwhile is not to wait for the end of a long sleep.
            tokio::time::sleep(idle_left.min(stall / 2).max(Duration::from_millis(10))).await;
        }
    }

    fn give_up(&self, stall: Duration) {
        self.watched.borrow_mut().retain(|answer| {
            let Some(answer) = answer.upgrade() else { return false };
            let is_stalled = answer.waits_since().is_some_and(|since| since.elapsed() > stall);
            if is_stalled {
                answer.give_up();
            }
            !is_stalled
        });
    }
}

impl Running {
    /// Watches an answer to this request.
    pub(crate) fn watch(&self, answer: Weak<dyn Stallable>) {
        self.0.watched.borrow_mut().push(answer);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let left = self.0.running.get().saturating_sub(1);
        self.0.running.set(left);
        if left == 0 {
            self.0.idle_since.set(Instant::now());
        }
    }
}
