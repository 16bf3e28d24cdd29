//! Connections to upstreams that one core keeps: a request never changes cores, and neither does a connection.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{Upstream, Upstreams};
use crate::stream::Stream;

/// The most connections to one upstream that wait for a request.
const MOST_IDLE: usize = 256;
/// How long a connection waits for a request.
const LONGEST_IDLE: Duration = Duration::from_secs(60);
/// How long a request waits for a connection of an upstream that has as many as it may.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Why a request has no connection.
#[derive(Debug)]
pub(crate) enum NoConnection {
    /// The upstream is known to be down.
    Down,
    /// The upstream has as many connections as it may have.
    Full,
    /// It did not accept one.
    Failed(io::Error),
}

/// A connection to an upstream that can wait for a request.
pub(crate) trait Pooled: Sized {
    /// Begins to speak on a new connection, which has a seat for as long as it lasts.
    async fn open(stream: Stream, upstream: &Arc<Upstream>, seat: OwnedSemaphorePermit) -> io::Result<Self>;
    /// Whether it can take a request, as far as is known here.
    fn is_ready(&mut self) -> bool;
    /// It has waited, and serves again.
    fn reuse(&mut self);
    /// Ends it. Its seat, where that is given back at once.
    fn into_seat(self) -> Option<OwnedSemaphorePermit>;
}

/// Which connections a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Any.
    Any,
    /// One that has waited, and so had time to be told of its end, or a new one: none that has just served somebody else.
    Settled,
    /// A new one.
    Fresh,
}

impl Wish {
    /// The wish of a request that may be repeated, or not.
    pub(crate) fn first(may_repeat: bool) -> Self {
        if may_repeat { Self::Any } else { Self::Settled }
    }
}

/// The connections of one core that are spoken to in one way.
pub(crate) struct Pool<L>(Rc<RefCell<HashMap<u64, Shelf<L>>>>);

/// Those to one upstream.
struct Shelf<L> {
    upstream: Arc<Upstream>,
    /// The one used last is used next; the others may then end.
    idle: VecDeque<Idle<L>>,
    waiting: VecDeque<oneshot::Sender<L>>,
}

/// A connection that serves nobody.
struct Idle<L> {
    link: L,
    /// Since when, as the first sweep has seen it: no clock is asked for each request.
    since: Option<Instant>,
}

impl<L> Clone for Pool<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L> Default for Pool<L> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<L: Pooled> Pool<L> {
    /// A connection. When the upstream has as many as it may, all cores are told to give up what serves nobody.
    pub(crate) async fn lease(&self, upstream: &Arc<Upstream>, wish: Wish) -> Result<L, NoConnection> {
        if upstream.health.is_down() {
            return Err(NoConnection::Down);
        }
        if wish != Wish::Fresh
            && let Some(link) = self.take(upstream)
        {
            return Ok(link);
        }
        let seat = match upstream.seats.clone().try_acquire_owned() {
            Ok(seat) => seat,
            Err(_) => loop {
                match self.wait(upstream).await? {
                    Waited::Link(mut link) if wish == Wish::Any => {
                        if link.is_ready() {
                            link.reuse();
                            return Ok(link);
                        }
                        // It has ended on the way here, and gives its seat back to whoever waits first.
                    }
                    // Its end may be on the way here.
                    Waited::Link(link) => {
                        if let Some(seat) = link.into_seat() {
                            break seat;
                        }
                    }
                    Waited::Seat(seat) => break seat,
                }
            },
        };
        let stream = upstream.connect().await.map_err(NoConnection::Failed)?;
        L::open(stream, upstream, seat).await.map_err(NoConnection::Failed)
    }

    fn take(&self, upstream: &Upstream) -> Option<L> {
        let mut shelves = self.0.borrow_mut();
        let shelf = shelves.get_mut(&upstream.number)?;
        loop {
            let mut idle = shelf.idle.pop_back()?;
            if idle.link.is_ready() {
                idle.link.reuse();
                return Some(idle.link);
            }
        }
    }

    /// Waits for what this core or another one gives back.
    async fn wait(&self, upstream: &Arc<Upstream>) -> Result<Waited<L>, NoConnection> {
        let seats = upstream.seats.clone();
        let (giver, receiver) = oneshot::channel();
        self.shelf(upstream, |shelf| shelf.waiting.push_back(giver));
        let _waiting = Waiting::at(upstream);
        tokio::select! {
            Ok(link) = receiver => Ok(Waited::Link(link)),
            Ok(seat) = seats.acquire_owned() => Ok(Waited::Seat(seat)),
            () = tokio::time::sleep(LONGEST_WAIT) => Err(NoConnection::Full),
        }
    }

    /// Takes back a connection that can take a request.
    pub(crate) fn put(&self, upstream: &Arc<Upstream>, mut link: L) {
        self.shelf(upstream, |shelf| {
            while let Some(waiting) = shelf.waiting.pop_front() {
                match waiting.send(link) {
                    Ok(()) => return,
                    Err(unwanted) => link = unwanted,
                }
            }
            // Another core waits for a seat: closing this connection gives it one.
            if upstream.waiting() == 0 && shelf.idle.len() < MOST_IDLE {
                shelf.idle.push_back(Idle { link, since: None });
            }
        });
    }

    fn shelf<T>(&self, upstream: &Arc<Upstream>, work: impl FnOnce(&mut Shelf<L>) -> T) -> T {
        let mut shelves = self.0.borrow_mut();
        let shelf = shelves.entry(upstream.number).or_insert_with(|| Shelf {
            upstream: upstream.clone(),
            idle: VecDeque::new(),
            waiting: VecDeque::new(),
        });
        work(shelf)
    }

    /// To be called every second: closes what has waited too long, what is closed already, and what leads to an upstream that is none any more.
    pub(crate) fn sweep(&self, upstreams: &Upstreams, now: Instant) {
        let known = |number: &u64| upstreams.each().any(|upstream| upstream.number == *number);
        self.0.borrow_mut().retain(|number, shelf| {
            shelf.waiting.retain(|waiting| !waiting.is_closed());
            let is_wanted = known(number) && shelf.upstream.waiting() == 0;
            shelf.idle.retain_mut(|idle| is_wanted && idle.may_wait(now));
            !shelf.idle.is_empty() || !shelf.waiting.is_empty()
        });
    }

    /// Closes one to this upstream that serves nobody: whoever waits for its seat has it. Whether there was one.
    pub(crate) fn make_room(&self, upstream: &Upstream) -> bool {
        let mut shelves = self.0.borrow_mut();
        shelves.get_mut(&upstream.number).is_some_and(|shelf| shelf.idle.pop_front().is_some())
    }

    /// Closes all that serve nobody.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

impl<L: Pooled> Idle<L> {
    /// Whether it may wait on.
    fn may_wait(&mut self, now: Instant) -> bool {
        now.duration_since(*self.since.get_or_insert(now)) < LONGEST_IDLE && self.link.is_ready()
    }
}

/// A seat, as soon as there is one.
pub(super) async fn seat(upstream: &Arc<Upstream>) -> Result<OwnedSemaphorePermit, NoConnection> {
    let seats = upstream.seats.clone();
    let _waiting = match seats.clone().try_acquire_owned() {
        Ok(seat) => return Ok(seat),
        Err(_) => Waiting::at(upstream),
    };
    let acquiring = tokio::time::timeout(LONGEST_WAIT, seats.acquire_owned()).await;
    acquiring.ok().and_then(Result::ok).ok_or(NoConnection::Full)
}

enum Waited<L> {
    Link(L),
    Seat(OwnedSemaphorePermit),
}

/// Somebody who waits, also when they give up.
struct Waiting<'a>(&'a Upstream);

impl<'a> Waiting<'a> {
    fn at(upstream: &'a Upstream) -> Self {
        upstream.waiting.fetch_add(1, Ordering::Relaxed);
        // What lies idle on any core is given up for it.
        upstream.wanted.notify_waiters();
        Self(upstream)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
