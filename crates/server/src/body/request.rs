//! What a client sends: counted, never standing still for ever, and reported on.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};

use crate::fault::Fault;
use crate::headers::may_be_trailer;

/// The body of a request that goes on.
pub(crate) enum RequestBody {
    /// None.
    Empty,
    /// One that was held, and perhaps altered.
    Held(Option<Bytes>),
    /// One that streams.
    Stream(Counted),
}

/// A body that is counted while it streams.
pub(crate) struct Counted {
    inner: Incoming,
    left: u64,
    pace: Pace,
    report: Arc<Report>,
}

/// How long a client may be waited for. Bytes that only just come in time hold a connection as well as none: the time begins
/// anew with each [`STEP`] of them, and not with each one. What an upstream is waited for does not count.
struct Pace {
    stall: Duration,
    /// Of `stall`, what is left until the step is made.
    patience: Duration,
    /// Bytes of the step that have come.
    came: u64,
    /// Runs while the client owes us bytes.
    timer: Option<Pin<Box<Sleep>>>,
    waits_since: Option<Instant>,
}

/// So many bytes come within `limits.body_stall`, or all that is left.
const STEP: u64 = 4 << 10;

/// What became of a body, for whoever waits for the answer to it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    state: AtomicU8,
    frames: AtomicU32,
}

/// A body that did not come as it should.
#[derive(Debug, thiserror::Error)]
#[error("the body of the request: {}", .0.code())]
pub(crate) struct BodyFault(pub(crate) Fault);

const BROKEN: u8 = 1;
const STALLED: u8 = 2;
const TOO_LARGE: u8 = 3;

impl Report {
    /// Why the body ended before its end.
    pub(crate) fn fault(&self) -> Option<Fault> {
        match self.state.load(Ordering::Relaxed) {
            BROKEN => Some(Fault::BodyBroken),
            STALLED => Some(Fault::BodyStalled),
            TOO_LARGE => Some(Fault::BodyTooLarge),
            _ => None,
        }
    }

    /// A number that changes while the body makes its way.
    pub(crate) fn progress(&self) -> u32 {
        self.frames.load(Ordering::Relaxed)
    }

    fn fail(&self, state: u8, fault: Fault) -> BodyFault {
        self.state.store(state, Ordering::Relaxed);
        BodyFault(fault)
    }
}

impl RequestBody {
    /// What came, no longer than `limit`, and no slower than one [`STEP`] in `stall`.
    pub(crate) fn new(inner: Incoming, limit: u64, stall: Duration) -> Self {
        if inner.is_end_stream() {
            return Self::Empty;
        }
        let report = Arc::default();
        Self::Stream(Counted { inner, left: limit, pace: Pace::new(stall), report })
    }

    /// What becomes of it, if it streams.
    pub(crate) fn report(&self) -> Option<Arc<Report>> {
        match self {
            Self::Stream(body) => Some(body.report.clone()),
            Self::Empty | Self::Held(_) => None,
        }
    }

    /// The bytes, where they are held.
    pub(crate) fn held(self) -> Option<Bytes> {
        match self {
            Self::Held(bytes) => Some(bytes.unwrap_or_default()),
            Self::Empty | Self::Stream(_) => None,
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl Pace {
    fn new(stall: Duration) -> Self {
        Self { stall, patience: stall, came: 0, timer: None, waits_since: None }
    }

    /// Nothing has come. Ready when that has been so for too long.
    fn poll_stall(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let began = self.waits_since.is_none();
        let since = *self.waits_since.get_or_insert_with(Instant::now);
        let timer = match &mut self.timer {
            Some(timer) => {
                if began {
                    timer.as_mut().reset(since + self.patience);
                }
                timer
            }
            None => self.timer.insert(Box::pin(sleep(self.patience))),
        };
        timer.as_mut().poll(cx)
    }

    /// Something has come.
    fn note(&mut self, length: u64) {
        self.came += length;
        let waited = self.waits_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        if self.came >= STEP {
            (self.came, self.patience) = (0, self.stall);
        } else if waited < self.patience {
            // Had it been longer, the timer would have said so, if anybody had asked: then it was the upstream that took its time.
            self.patience -= waited;
        }
    }
}

impl Counted {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        let Poll::Ready(came) = polled else {
            ready!(self.pace.poll_stall(cx));
            return Poll::Ready(Some(Err(self.report.fail(STALLED, Fault::BodyStalled))));
        };
        self.report.frames.fetch_add(1, Ordering::Relaxed);
        let frame = match came {
            None => return Poll::Ready(None),
            Some(Err(_)) => return Poll::Ready(Some(Err(self.report.fail(BROKEN, Fault::BodyBroken)))),
            Some(Ok(frame)) => frame,
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        self.pace.note(length);
        if length > 0 {
            let Some(left) = self.left.checked_sub(length) else {
                return Poll::Ready(Some(Err(self.report.fail(TOO_LARGE, Fault::BodyTooLarge))));
            };
            self.left = left;
        }
        Poll::Ready(Some(Ok(without_forbidden_trailers(frame))))
    }
}

/// The frame; of trailers, only what may stand there.
pub(crate) fn without_forbidden_trailers(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(trailers) => Frame::trailers(clean(&trailers)),
        Err(frame) => frame,
    }
}

fn clean(trailers: &HeaderMap) -> HeaderMap {
    let kept = trailers.iter().filter(|(name, _)| may_be_trailer(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Held(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream(body) => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Held(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::Stream(body) => body.inner.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Held(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Stream(body) => body.inner.size_hint(),
        }
    }
}
