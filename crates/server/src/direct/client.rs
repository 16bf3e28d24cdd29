//! The client's side of a connection: bytes in, bytes out, and never waiting for ever.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf};
use tokio::time::Instant;

use super::timer::Timer;
use crate::stream::Stream;
use crate::wire::LINGER;

/// Where the bytes of one read lie until they are sorted: one place for all connections of a core, since none keeps it.
pub(crate) type Scratch = Rc<RefCell<Box<[u8]>>>;

/// The most that is read of the next request before this one is answered.
const READ_AHEAD: usize = 16 << 10;

/// One client.
pub(super) struct Client {
    pub(super) stream: Stream,
    /// What has come and was not read.
    pub(super) input: BytesMut,
    pub(super) timer: Timer,
    scratch: Scratch,
}

impl Client {
    pub(super) fn new(stream: Stream, input: BytesMut, scratch: Scratch) -> Self {
        Self { stream, input, timer: Timer::default(), scratch }
    }

    /// Waits for more, until `deadline`. How much has come: nothing at the end.
    pub(super) async fn fill(&mut self, deadline: Instant) -> io::Result<usize> {
        self.fill_unless(deadline, || false).await
    }

    /// The same, unless `is_over`, of which whoever waits is told by being asked again.
    pub(super) async fn fill_unless(&mut self, deadline: Instant, is_over: impl Fn() -> bool) -> io::Result<usize> {
        poll_fn(|cx| {
            if let Poll::Ready(filled) = poll_fill(&mut self.stream, &mut self.input, &self.scratch, cx) {
                return Poll::Ready(filled);
            }
            if is_over() {
                return Poll::Ready(Ok(0));
            }
            ready!(self.timer.poll_late(cx, deadline));
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    }

    /// Sends all of this; the client may take `patience` for each part of it.
    pub(super) async fn send(&mut self, bytes: &[u8], patience: Duration) -> io::Result<()> {
        self.send_unless(bytes, patience, |_| Ok(())).await
    }

    /// The same, as long as `may_go_on` says so whenever the client takes no more.
    pub(super) async fn send_unless(
        &mut self,
        bytes: &[u8],
        patience: Duration,
        mut may_go_on: impl FnMut(&mut Context<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (mut at, mut deadline) = (0, None);
        poll_fn(|cx| {
            let before = at;
            if let Poll::Ready(sent) = poll_send(&mut self.stream, bytes, &mut at, cx) {
                return Poll::Ready(sent);
            }
            may_go_on(cx)?;
            if at > before {
                deadline = None;
            }
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + patience);
            ready!(self.timer.poll_late(cx, deadline));
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    }

    /// Ready when the client has gone away. What it sends meanwhile is of its next request.
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.input.len() < READ_AHEAD {
            if !matches!(ready!(poll_fill(&mut self.stream, &mut self.input, &self.scratch, cx)), Ok(1..)) {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Does this work, unless the client goes away before it is done: what stands still, a store perhaps, must not keep the
    /// seats of those who have left.
    pub(super) async fn unless_gone<F: Future>(&mut self, work: F) -> Option<F::Output> {
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => self.poll_gone(cx).map(|()| None),
        })
        .await
    }

    /// Closes the connection. Where the client is still sending, what it sends is thrown away for a while: to close with
    /// bytes unread makes the kernel reset the connection, and the client would lose the answer.
    pub(super) async fn close(&mut self, is_sending: bool) {
        let closed = tokio::time::timeout(LINGER.1, self.stream.shutdown()).await;
        if !matches!(closed, Ok(Ok(()))) || (!is_sending && self.input.is_empty()) {
            return;
        }
        let (deadline, mut left) = (Instant::now() + LINGER.1, LINGER.0);
        while let Ok(length @ 1..) = self.fill(deadline).await {
            self.input.clear();
            left = left.saturating_sub(length);
            if left == 0 {
                return;
            }
        }
    }
}

/// Reads what has come, at the end of `input`.
pub(super) fn poll_fill(
    stream: &mut Stream,
    input: &mut BytesMut,
    scratch: &Scratch,
    cx: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    let mut scratch = scratch.borrow_mut();
    let mut buf = ReadBuf::new(&mut scratch);
    ready!(Pin::new(stream).poll_read(cx, &mut buf))?;
    input.extend_from_slice(buf.filled());
    Poll::Ready(Ok(buf.filled().len()))
}

/// Sends what is left of `bytes` from `at` on.
pub(super) fn poll_send(
    stream: &mut Stream,
    bytes: &[u8],
    at: &mut usize,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while *at < bytes.len() {
        match ready!(Pin::new(&mut *stream).poll_write(cx, &bytes[*at..]))? {
            0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            length => *at += length,
        }
    }
    Pin::new(stream).poll_flush(cx)
}
