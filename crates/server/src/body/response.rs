//! What a client gets: an answer of ours, or an upstream's while it comes.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;

use super::request::without_forbidden_trailers;
use crate::seat::Running;
use crate::streams::OpenStream;
use crate::upstream::Lease;

/// The body of an answer.
pub(crate) struct ResponseBody {
    kind: Kind,
    /// Set on what may last: it is judged again while it does.
    stream: Option<Rc<OpenStream>>,
    /// Keeps the connection from being idle.
    _running: Option<Running>,
}

enum Kind {
    Whole(Full<Bytes>),
    /// From an upstream, whose connection goes back when the body has ended.
    Upstream(Incoming, Option<Lease>),
    Own(axum::body::Body),
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
        Self { kind, stream: None, _running: None }
    }

    /// The same, ended when `stream` is.
    pub(crate) fn watched(mut self, stream: Option<Rc<OpenStream>>) -> Self {
        self.stream = stream;
        self
    }

    /// The same, with the connection busy until its end.
    pub(crate) fn running(mut self, running: Running) -> Self {
        self._running = Some(running);
        self
    }

    /// Whether it may last long enough for somebody's rights to change: its length is unknown, or great.
    pub(crate) fn may_last(&self) -> bool {
        const SOON_DONE: u64 = 64 << 10;
        match &self.kind {
            Kind::Whole(_) => false,
            Kind::Upstream(..) | Kind::Own(_) => self.size_hint().upper().is_none_or(|length| length > SOON_DONE),
        }
    }
}

impl Kind {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let (body, lease) = match self {
            Self::Whole(body) => return Pin::new(body).poll_frame(cx).map_err(Broken::from),
            Self::Own(body) => return Pin::new(body).poll_frame(cx).map_err(Broken::from),
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
        if let Some(stream) = &this.stream
            && stream.has_ended(cx)
        {
            return Poll::Ready(Some(Err(Broken::Revoked)));
        }
        this.kind.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Whole(body) => body.is_end_stream(),
            Kind::Upstream(body, _) => body.is_end_stream(),
            Kind::Own(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(body) => body.size_hint(),
            Kind::Upstream(body, _) => body.size_hint(),
            Kind::Own(body) => body.size_hint(),
        }
    }
}
