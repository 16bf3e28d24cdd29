//! A client's connection as the HTTP parser sees it: framed to the letter, and never waiting for ever.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::stream::Stream;
use crate::strict::Scanner;

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the first byte of a head to its last.
    pub(crate) head: Duration,
    /// Between two bytes that it takes from us.
    pub(crate) write: Duration,
}

/// How much of an unread request is thrown away before the connection is closed, and for how long.
///
/// To close with bytes unread makes the kernel reset the connection, and the client would lose the answer.
pub(crate) const LINGER: (usize, Duration) = (64 << 10, Duration::from_secs(1));

pub(crate) struct Wire {
    stream: Stream,
    /// Bytes that were read before the protocol was known.
    read_ahead: Bytes,
    scanner: Scanner,
    refused: bool,
    patience: Patience,
    head: Timer,
    write: Timer,
    closing: Closing,
}

enum Closing {
    No,
    Lingering { left: usize, until: Pin<Box<Sleep>> },
    Done,
}

impl Wire {
    /// A connection that speaks HTTP/1.
    pub(crate) fn http1(stream: Stream, read_ahead: Bytes, patience: Patience) -> Self {
        Self::new(stream, read_ahead, patience, Scanner::default())
    }

    /// A connection that speaks HTTP/2, whose framing its own parser checks.
    pub(crate) fn http2(stream: Stream, read_ahead: Bytes, patience: Patience) -> Self {
        Self::new(stream, read_ahead, patience, Scanner::opaque())
    }

    fn new(stream: Stream, read_ahead: Bytes, patience: Patience, scanner: Scanner) -> Self {
        let (head, write) = (Timer::default(), Timer::default());
        Self { stream, read_ahead, scanner, refused: false, patience, head, write, closing: Closing::No }
    }

    /// The bytes that came last, without what must not be read.
    fn scan(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        if let Err(refused) = self.scanner.scan(&buf.filled()[before..]) {
            self.refused = true;
            buf.set_filled(before + refused.at);
            // No head and no chunk may hold a NUL: the parser answers 400 and closes.
            buf.put_slice(&[0]);
        }
        if self.scanner.is_in_head() {
            self.head.start(self.patience.head);
        } else {
            self.head.stop();
        }
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.read_ahead.is_empty() {
            let length = self.read_ahead.len().min(buf.remaining());
            buf.put_slice(&self.read_ahead[..length]);
            self.read_ahead.advance(length);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }

    fn watch_write<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.write.stop();
            return result;
        }
        self.write.start(self.patience.write);
        ready!(self.write.poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Closing::Lingering { left, until } = &mut self.closing else { return Poll::Ready(()) };
        let mut scratch = [0; 4096];
        while *left > 0 {
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => *left = left.saturating_sub(buf.filled().len()),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return until.as_mut().poll(cx),
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.refused || buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        match this.poll_bytes(cx, buf) {
            Poll::Ready(result) => {
                result?;
                this.scan(buf, before);
                Poll::Ready(Ok(()))
            }
            // An end in the middle of a head closes the connection.
            Poll::Pending if this.head.is_running() => this.head.poll(cx).map(Ok),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch_write(cx, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.watch_write(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_flush(cx);
        this.watch_write(cx, result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Closing::No = this.closing {
            let result = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.watch_write(cx, result))?;
            let unread = this.refused || !this.scanner.is_between_requests();
            this.closing = if unread {
                Closing::Lingering { left: LINGER.0, until: Box::pin(sleep(LINGER.1)) }
            } else {
                Closing::Done
            };
        }
        ready!(this.poll_linger(cx));
        this.closing = Closing::Done;
        Poll::Ready(Ok(()))
    }
}

/// A timer that costs nothing until something is late.
#[derive(Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    running: bool,
}

impl Timer {
    /// Starts, unless it runs.
    fn start(&mut self, duration: Duration) {
        if std::mem::replace(&mut self.running, true) {
            return;
        }
        match &mut self.sleep {
            Some(timer) => timer.as_mut().reset(Instant::now() + duration),
            None => self.sleep = Some(Box::pin(sleep(duration))),
        }
    }

    fn stop(&mut self) {
        self.running = false;
    }

    fn is_running(&self) -> bool {
        self.running
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(timer) if self.running => timer.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}
