//! What a client gets: an answer of ours, or an upstream's while it comes.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;

use super::request::without_forbidden_trailers;
use crate::activity::{Running, Stallable};
use crate::streams::{End, OpenStream};
use crate::upstream::Lease;

/// The body of an answer.
pub(crate) struct ResponseBody {
    kind: Kind,
    /// Set on what may last: it is judged again while it does.
    stream: Option<Rc<OpenStream>>,
    /// Keeps the connection from being idle.
    running: Option<Running>,
}

enum Kind {
    Whole(Full<Bytes>),
    /// From an upstream, whose connection goes back when the body has ended.
    Upstream(Incoming, Option<Lease>),
    Own(axum::body::Body),
    /// One of the above, which may be given up.
    Watched(Rc<Watched>),
}

struct Watched {
    /// None once it was given up.
    kind: RefCell<Option<Box<Kind>>>,
    waits_since: Cell<Option<Instant>>,
}

/// Why a body ends before its end; the connection is then closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The upstream went away, or framed its answer badly.
    #[error("the upstream's answer broke off: {0}")]
    Upstream(#[from] hyper::Error),
    /// Something of ours failed.
    #[error("the answer broke off: {0}")]
    Own(#[from] axum::Error),
    /// The caller may not have the rest.
    #[error("the caller is no longer allowed to read this")]
    Revoked,
    /// The client did not take it for too long.
    #[error("the client takes too long")]
    Stalled,
}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl ResponseBody {
    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self::whole(Bytes::new())
    }

    /// These bytes.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self::of(Kind::Whole(Full::new(bytes)))
    }

    /// What an upstream sends. `lease` is its connection; when there is no body, it goes back at once.
    pub(crate) fn upstream(body: Incoming, lease: Option<Lease>) -> Self {
        if !body.is_end_stream() {
            return Self::of(Kind::Upstream(body, lease));
        }
        if let Some(lease) = lease {
            lease.finish();
        }
        Self::empty()
    }

    /// What one of our own resources sends.
    pub(crate) fn own(body: axum::body::Body) -> Self {
        Self::of(Kind::Own(body))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, stream: None, running: None }
    }

    /// The same, ended when `stream` is.
    pub(crate) fn watched(mut self, stream: Option<Rc<OpenStream>>) -> Self {
        self.stream = stream;
        self
    }

    /// The same, with the connection busy until its end. Given up when the client does not take it.
    pub(crate) fn running(mut self, running: Running) -> Self {
        if self.may_last() {
            let (kind, waits_since) = (RefCell::new(Some(Box::new(self.kind))), Cell::new(Some(Instant::now())));
            let watched = Rc::new(Watched { kind, waits_since });
            let weak = Rc::downgrade(&watched);
            running.watch(weak);
            self.kind = Kind::Watched(watched);
        }
        self.running = Some(running);
        self
    }

    /// Whether it may last long enough for somebody's rights to change: its length is unknown, or great.
    pub(crate) fn may_last(&self) -> bool {
        const SOON_DONE: u64 = 64 << 10;
        match &self.kind {
            Kind::Whole(_) | Kind::Watched(_) => false,
            Kind::Upstream(..) | Kind::Own(_) => self.size_hint().upper().is_none_or(|length| length > SOON_DONE),
        }
    }
}

impl Kind {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let (body, lease) = match self {
            Self::Whole(body) => return Pin::new(body).poll_frame(cx).map_err(Broken::from),
            Self::Own(body) => return Pin::new(body).poll_frame(cx).map_err(Broken::from),
            Self::Watched(watched) => return watched.poll_frame(cx),
            Self::Upstream(body, lease) => (body, lease),
        };
        let came = ready!(Pin::new(&mut *body).poll_frame(cx));
        let ended = came.as_ref().is_none_or(|came| came.is_ok() && body.is_end_stream());
        if ended && let Some(lease) = lease.take() {
            lease.finish();
        }
        Poll::Ready(came.map(|came| came.map(without_forbidden_trailers).map_err(Broken::from)))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = self.get_mut();
        match this.stream.as_ref().and_then(|stream| stream.end_of(cx)) {
            Some(End::Revoked) => Poll::Ready(Some(Err(Broken::Revoked))),
            Some(End::Draining) => Poll::Ready(None),
            None => this.kind.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.kind.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.kind.size_hint()
    }
}

impl Kind {
    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Upstream(body, _) => body.is_end_stream(),
            Self::Own(body) => body.is_end_stream(),
            Self::Watched(watched) => watched.kind.borrow().as_ref().is_some_and(|kind| kind.is_end_stream()),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Upstream(body, _) => body.size_hint(),
            Self::Own(body) => body.size_hint(),
            Self::Watched(watched) => {
                watched.kind.borrow().as_ref().map_or_else(SizeHint::default, |kind| kind.size_hint())
            }
        }
    }
}

impl Watched {
    fn poll_frame(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        // Whoever asks is ready for more; from the next frame on it is the client's turn.
        self.waits_since.set(None);
        let mut kind = self.kind.borrow_mut();
        let Some(kind) = kind.as_mut() else { return Poll::Ready(Some(Err(Broken::Stalled))) };
        let came = ready!(kind.poll_frame(cx));
        self.waits_since.set(Some(Instant::now()));
        Poll::Ready(came)
    }
}

impl Stallable for Watched {
    fn waits_since(&self) -> Option<Instant> {
        self.waits_since.get()
    }

    fn give_up(&self) {
        self.kind.borrow_mut().take();
    }
}
