//! Connections to upstreams that are read and written here, as bytes, without a task between.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

use super::Upstream;
use super::pool::Pooled;
use crate::stream::Stream;

/// A connection.
pub(crate) struct Raw {
    pub(crate) stream: Stream,
    /// What has come and was not read.
    pub(crate) input: BytesMut,
    /// Whether it has served before, and nothing has come since: the upstream may have closed it without our knowing.
    pub(crate) may_be_stale: bool,
    /// One of the upstream's, for as long as the connection lasts.
    seat: OwnedSemaphorePermit,
}

impl Pooled for Raw {
    async fn open(stream: Stream, _: &Arc<Upstream>, seat: OwnedSemaphorePermit) -> io::Result<Self> {
        Ok(Self { stream, input: BytesMut::new(), may_be_stale: false, seat })
    }

    /// Nothing may have come while nobody has asked for anything: neither bytes nor an end.
    fn is_ready(&mut self) -> bool {
        let mut byte = [0];
        let polled =
            Pin::new(&mut self.stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut ReadBuf::new(&mut byte));
        matches!(polled, Poll::Pending)
    }

    fn reuse(&mut self) {
        self.may_be_stale = true;
    }

    fn into_seat(self) -> Option<OwnedSemaphorePermit> {
        Some(self.seat)
    }
}
