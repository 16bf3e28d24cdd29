//! Connections to upstreams that one core keeps: a request never changes cores, and neither does a connection.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{Upstream, Upstreams};
use crate::body::RequestBody;
use crate::stream::{Stream, Tap};

/// The most connections to one upstream that wait for a request.
const MOST_IDLE: usize = 256;
/// How long a connection waits for a request.
const LONGEST_IDLE: Duration = Duration::from_secs(60);
/// How long a request waits for a connection of an upstream that has as many as it may.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a connection may take to be ready after an answer.
const SETTLING: Duration = Duration::from_secs(5);
/// The largest head of an answer.
const LARGEST_HEAD: usize = 64 << 10;

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

/// The connections of one core.
#[derive(Clone, Default)]
pub(crate) struct Pool(Rc<RefCell<HashMap<u64, Shelf>>>);

/// Those to one upstream.
#[derive(Default)]
struct Shelf {
    /// The one used last is used next; the others may then end.
    idle: VecDeque<Link>,
    waiting: VecDeque<oneshot::Sender<Link>>,
}

/// A connection that serves nobody.
struct Link {
    sender: SendRequest<RequestBody>,
    received: Rc<Cell<bool>>,
    upstream: Arc<Upstream>,
    since: Instant,
}

/// A connection that serves a request. Dropped before [`finish`](Self::finish), it is closed.
pub(crate) struct Lease {
    link: Link,
    pool: Pool,
    reused: bool,
}

impl Pool {
    /// A connection: one that waits, unless `fresh`, or a new one.
    pub(crate) async fn lease(&self, upstream: &Arc<Upstream>, fresh: bool) -> Result<Lease, NoConnection> {
        if upstream.health.is_down() {
            return Err(NoConnection::Down);
        }
        if !fresh && let Some(link) = self.take(upstream) {
            return Ok(self.reuse(link));
        }
        let permit = match upstream.seats.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => match self.wait(upstream).await? {
                Waited::Link(link) => return Ok(self.reuse(link)),
                Waited::Seat(permit) => permit,
            },
        };
        let stream = upstream.connect().await.map_err(NoConnection::Failed)?;
        let link = open(stream, upstream, permit).await.map_err(NoConnection::Failed)?;
        Ok(Lease { link, pool: self.clone(), reused: false })
    }

    fn reuse(&self, link: Link) -> Lease {
        link.received.set(false);
        Lease { link, pool: self.clone(), reused: true }
    }

    fn take(&self, upstream: &Upstream) -> Option<Link> {
        let mut shelves = self.0.borrow_mut();
        let shelf = shelves.get_mut(&upstream.number)?;
        loop {
            let link = shelf.idle.pop_back()?;
            if link.is_good() {
                return Some(link);
            }
        }
    }

    /// Waits for what this core or another one gives back.
    async fn wait(&self, upstream: &Arc<Upstream>) -> Result<Waited, NoConnection> {
        let seats = upstream.seats.clone();
        let (giver, receiver) = oneshot::channel();
        self.0.borrow_mut().entry(upstream.number).or_default().waiting.push_back(giver);
        let _waiting = Waiting::at(upstream);
        tokio::select! {
            Ok(link) = receiver => Ok(Waited::Link(link)),
            Ok(permit) = seats.acquire_owned() => Ok(Waited::Seat(permit)),
            () = tokio::time::sleep(LONGEST_WAIT) => Err(NoConnection::Full),
        }
    }

    fn put(&self, mut link: Link) {
        let mut shelves = self.0.borrow_mut();
        let shelf = shelves.entry(link.upstream.number).or_default();
        link.since = Instant::now();
        while let Some(waiting) = shelf.waiting.pop_front() {
            match waiting.send(link) {
                Ok(()) => return,
                Err(unwanted) => link = unwanted,
            }
        }
        // Another core waits for a seat: closing this connection gives it one.
        if link.upstream.waiting.load(Ordering::Relaxed) == 0 && shelf.idle.len() < MOST_IDLE {
            shelf.idle.push_back(link);
        }
    }

    /// Closes what has waited too long, what is closed already, and what leads to an upstream that is none any more.
    pub(crate) fn sweep(&self, upstreams: &Upstreams) {
        let known = |number: &u64| upstreams.each().any(|upstream| upstream.number == *number);
        self.0.borrow_mut().retain(|number, shelf| {
            shelf.waiting.retain(|waiting| !waiting.is_closed());
            let is_wanted = known(number);
            shelf.idle.retain(|link| {
                let elsewhere = link.upstream.waiting.load(Ordering::Relaxed) > 0;
                is_wanted && !elsewhere && link.is_good()
            });
            !shelf.idle.is_empty() || !shelf.waiting.is_empty()
        });
    }

    /// Closes all that serve nobody.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

enum Waited {
    Link(Link),
    Seat(OwnedSemaphorePermit),
}

/// Somebody who waits, also when they give up.
struct Waiting<'a>(&'a Upstream);

impl<'a> Waiting<'a> {
    fn at(upstream: &'a Upstream) -> Self {
        upstream.waiting.fetch_add(1, Ordering::Relaxed);
        Self(upstream)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Link {
    fn is_good(&self) -> bool {
        self.sender.is_ready() && self.since.elapsed() < LONGEST_IDLE
    }
}

impl Lease {
    /// What sends the request.
    pub(crate) fn sender(&mut self) -> &mut SendRequest<RequestBody> {
        &mut self.link.sender
    }

    /// Whether the upstream may have closed it without our knowing: it has served before, and said nothing since.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.reused && !self.link.received.get()
    }

    /// Gives the connection back, as soon as nothing of the answer is left on it.
    pub(crate) fn finish(self) {
        let Self { mut link, pool, .. } = self;
        if link.sender.is_ready() {
            pool.put(link);
        } else if !link.sender.is_closed() {
            tokio::task::spawn_local(async move {
                let ready = std::future::poll_fn(|cx| link.sender.poll_ready(cx));
                if let Ok(Ok(())) = tokio::time::timeout(SETTLING, ready).await {
                    pool.put(link);
                }
            });
        }
    }
}

/// Speaks HTTP/1.1 on a new connection.
async fn open(stream: Stream, upstream: &Arc<Upstream>, permit: OwnedSemaphorePermit) -> io::Result<Link> {
    let received = Rc::new(Cell::new(false));
    let tap = Tap::new(stream, received.clone());
    let (sender, connection) = builder().handshake(TokioIo::new(tap)).await.map_err(io::Error::other)?;
    tokio::task::spawn_local(async move {
        // How it ends is told to whoever waits for an answer.
        let _ = connection.await;
        drop(permit);
    });
    Ok(Link { sender, received, upstream: upstream.clone(), since: Instant::now() })
}

/// A connection for one request that may turn it into something else.
pub(crate) struct Dedicated {
    pub(crate) sender: SendRequest<RequestBody>,
    /// Its seat, for as long as it lasts, whatever it is then.
    pub(crate) seat: Arc<OwnedSemaphorePermit>,
}

/// Opens a connection for one request.
pub(crate) async fn dedicated(upstream: &Arc<Upstream>) -> Result<Dedicated, NoConnection> {
    if upstream.health.is_down() {
        return Err(NoConnection::Down);
    }
    let acquiring = tokio::time::timeout(LONGEST_WAIT, upstream.seats.clone().acquire_owned());
    let permit = Arc::new(acquiring.await.ok().and_then(Result::ok).ok_or(NoConnection::Full)?);
    let stream = upstream.connect().await.map_err(NoConnection::Failed)?;
    let handshake = builder().handshake(TokioIo::new(stream)).await;
    let (sender, connection) = handshake.map_err(|error| NoConnection::Failed(io::Error::other(error)))?;
    let seat = permit.clone();
    tokio::task::spawn_local(async move {
        let _ = connection.with_upgrades().await;
        drop(permit);
    });
    Ok(Dedicated { sender, seat })
}

fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_header_size(LARGEST_HEAD);
    builder
}
