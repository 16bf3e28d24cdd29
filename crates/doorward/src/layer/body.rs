//! Bodies on their way through: bounded on the way in, judged again on the way out.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Either, Full, Limited};
use pin_project_lite::pin_project;

use super::Sleep;
use crate::admission::Admission;

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request's body as the service gets it: what the client sends, or, where the route forces parameters of the body, what
/// became of it. Never longer than the route allows: past that it ends with
/// [`LengthLimitError`](http_body_util::LengthLimitError).
pub type RequestBody<B> = Limited<Either<B, Full<Bytes>>>;

/// A caller may no longer have what is being sent: their session ended, or their rights did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the caller may no longer have this response")]
pub struct Revoked;

pin_project! {
    /// A response's body: the service's own, or the words of a refusal. What goes to a user is judged again while it is sent,
    /// at most once a second, and ends with [`Revoked`] when the answer is no.
    ///
    /// It ends with an error and not quietly: what was cut off must not look complete.
    pub struct ResponseBody<R> {
        #[pin]
        body: Either<Full<Bytes>, R>,
        watch: Option<Watch>,
        is_cut: bool,
    }
}

impl<R> ResponseBody<R> {
    /// The words of a refusal.
    pub(super) fn ours(bytes: Bytes) -> Self {
        Self { body: Either::Left(Full::new(bytes)), watch: None, is_cut: false }
    }

    /// What a service answers to this admission.
    pub(super) fn theirs(body: R, admission: &Admission, sleep: Option<Sleep>) -> Self {
        // Nothing ends for a guest: there is nobody whose session could.
        let watched = admission.caller().known().is_some();
        let watch = watched.then(|| Watch::new(admission.clone(), sleep));
        Self { body: Either::Right(body), watch, is_cut: false }
    }
}

impl<R> Body for ResponseBody<R>
where
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if *this.is_cut {
            return Poll::Ready(None);
        }
        if this.watch.as_mut().is_some_and(|watch| watch.says_no(cx)) {
            *this.is_cut = true;
            *this.watch = None;
            return Poll::Ready(Some(Err(Revoked.into())));
        }
        let polled = this.body.poll_frame(cx);
        if let (Poll::Pending, Some(watch)) = (&polled, this.watch) {
            watch.wake_up(cx);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.is_cut || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Asks now and then whether a response may go on.
struct Watch {
    admission: Admission,
    judged: Instant,
    /// The question, while it is open.
    question: Option<BoxFuture<'static, bool>>,
    sleep: Option<Sleep>,
    /// What wakes a stream that sends nothing.
    alarm: Option<BoxFuture<'static, ()>>,
}

impl Watch {
    const EVERY: Duration = Duration::from_secs(1);

    fn new(admission: Admission, sleep: Option<Sleep>) -> Self {
        Self { admission, judged: Instant::now(), question: None, sleep, alarm: None }
    }

    fn says_no(&mut self, cx: &mut Context<'_>) -> bool {
        if self.question.is_none() && self.judged.elapsed() >= Self::EVERY {
            let admission = self.admission.clone();
            self.question = Some(Box::pin(async move { admission.is_still_allowed().await }));
        }
        let Some(question) = &mut self.question else { return false };
        // While a store is asked, the stream goes on: the last answer was yes, a second ago.
        let Poll::Ready(allowed) = question.as_mut().poll(cx) else { return false };
        self.question = None;
        self.judged = Instant::now();
        if !allowed {
            let route = self.admission.pass().route();
            tracing::info!(%route, request_id = self.admission.request_id(), "a response is cut off: its caller may no longer have it");
        }
        !allowed
    }

    /// Has the task woken when the next question is due.
    fn wake_up(&mut self, cx: &mut Context<'_>) {
        let Some(sleep) = self.sleep.filter(|_| self.question.is_none()) else { return };
        let left = Self::EVERY.saturating_sub(self.judged.elapsed());
        let alarm = self.alarm.get_or_insert_with(|| sleep(left));
        if alarm.as_mut().poll(cx).is_ready() {
            self.alarm = None;
            cx.waker().wake_by_ref();
        }
    }
}
