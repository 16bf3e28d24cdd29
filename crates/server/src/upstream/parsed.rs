//! Connections to upstreams that the HTTP library speaks on: for requests with long bodies, and for those that came over HTTP/2.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;

use super::Upstream;
use super::pool::{self, NoConnection, Pool, Pooled, Wish};
use crate::body::RequestBody;
use crate::stream::{Stream, Tap};

/// How long a connection may take to be ready after an answer.
const SETTLING: Duration = Duration::from_secs(5);
/// The largest head of an answer.
pub(crate) const LARGEST_HEAD: usize = 64 << 10;

/// A connection.
pub(crate) struct Parsed {
    sender: SendRequest<RequestBody>,
    received: Rc<Cell<bool>>,
    reused: bool,
}

/// A connection that serves a request. Dropped before [`finish`](Self::finish), it is closed.
pub(crate) struct Lease {
    link: Parsed,
    pool: Pool<Parsed>,
    upstream: Arc<Upstream>,
}

impl Pooled for Parsed {
    async fn open(stream: Stream, _: &Arc<Upstream>, seat: OwnedSemaphorePermit) -> io::Result<Self> {
        let received = Rc::new(Cell::new(false));
        let tap = Tap::new(stream, received.clone());
        let (sender, connection) = builder().handshake(TokioIo::new(tap)).await.map_err(io::Error::other)?;
        tokio::task::spawn_local(async move {
            // How it ends is told to whoever waits for an answer.
            let _ = connection.await;
            drop(seat);
        });
        Ok(Self { sender, received, reused: false })
    }

    fn is_ready(&mut self) -> bool {
        self.sender.is_ready()
    }

    fn reuse(&mut self) {
        self.reused = true;
        self.received.set(false);
    }

    /// Who speaks on it gives the seat back when they have seen its end.
    fn into_seat(self) -> Option<OwnedSemaphorePermit> {
        None
    }
}

impl Lease {
    /// A connection from this pool, or a new one.
    pub(crate) async fn take(pool: &Pool<Parsed>, upstream: &Arc<Upstream>, wish: Wish) -> Result<Self, NoConnection> {
        let link = pool.lease(upstream, wish).await?;
        Ok(Self { link, pool: pool.clone(), upstream: upstream.clone() })
    }

    /// What sends the request.
    pub(crate) fn sender(&mut self) -> &mut SendRequest<RequestBody> {
        &mut self.link.sender
    }

    /// Whether the upstream may have closed it without our knowing: it has served before, and said nothing since.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.link.reused && !self.link.received.get()
    }

    /// Gives the connection back, as soon as nothing of the answer is left on it.
    pub(crate) fn finish(self) {
        let Self { mut link, pool, upstream } = self;
        if link.sender.is_ready() {
            pool.put(&upstream, link);
        } else if !link.sender.is_closed() {
            tokio::task::spawn_local(async move {
                let ready = std::future::poll_fn(|cx| link.sender.poll_ready(cx));
                if let Ok(Ok(())) = tokio::time::timeout(SETTLING, ready).await {
                    pool.put(&upstream, link);
                }
            });
        }
    }
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
    let permit = Arc::new(pool::seat(upstream).await?);
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
