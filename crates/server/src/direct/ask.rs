//! What an upstream is asked, and what it answers first.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use http::{Method, Uri};
use tokio::time::Instant;

use super::answer::{self, Answer};
use super::client::{Client, poll_fill, poll_send};
use super::lines::Lines;
use super::write;
use crate::exchange::{Exchange, Stop};
use crate::forward::is_safe;
use crate::upstream::{Raw, Upstream, Wish};

/// A request as an upstream gets it.
pub(super) struct Question {
    method: Method,
    bytes: Vec<u8>,
    /// Whether it may be sent twice.
    may_repeat: bool,
}

/// Why there is no answer.
pub(super) enum Failed {
    /// The client is told why.
    Stop(Stop),
    /// The client is gone.
    Gone,
}

impl<S: Into<Stop>> From<S> for Failed {
    fn from(stop: S) -> Self {
        Self::Stop(stop.into())
    }
}

/// How one try ended.
enum Broken {
    Gone,
    Late,
    /// What came is no answer.
    Malformed(&'static str),
    /// The connection ended. Whether anything had been sent over it.
    Ended(io::Error, bool),
}

impl Question {
    /// This head, and this body, if there is one.
    pub(super) fn new(method: Method, uri: &Uri, lines: &Lines, body: Option<&[u8]>) -> Self {
        let bytes = write::request(&method, uri, lines, body);
        Self { may_repeat: body.is_none() && is_safe(&method), method, bytes }
    }

    /// Asks over one connection, or over a second one when the first turns out to have been closed before.
    pub(super) async fn ask(
        &self,
        exchange: &Exchange<'_>,
        client: &mut Client,
        upstream: &Arc<Upstream>,
        patience: Duration,
    ) -> Result<(Answer, Raw), Failed> {
        let core = &exchange.link.core;
        if !self.may_repeat {
            // There is one try only: connections that were closed meanwhile get the chance to notice before one is taken.
            tokio::task::yield_now().await;
        }
        let mut wish = Wish::first(self.may_repeat);
        loop {
            let leased = client.unless_gone(core.raw.lease(upstream, wish)).await.ok_or(Failed::Gone)?;
            let mut raw = leased.map_err(|error| exchange.unreachable(upstream, &error))?;
            match self.converse(client, &mut raw, Instant::now() + patience, exchange).await {
                Ok(answer) => return Ok((answer, raw)),
                Err(Broken::Gone) => return Err(Failed::Gone),
                Err(Broken::Late) => return Err(exchange.late(upstream).into()),
                Err(Broken::Malformed(what)) => return Err(exchange.bad_gateway(upstream, what).into()),
                // Never sent at all, or never read by anybody.
                Err(Broken::Ended(_, has_begun))
                    if wish != Wish::Fresh && (!has_begun || (self.may_repeat && raw.may_be_stale)) =>
                {
                    wish = Wish::Fresh;
                }
                Err(Broken::Ended(error, _)) => return Err(exchange.bad_gateway(upstream, error).into()),
            }
        }
    }

    async fn converse(
        &self,
        client: &mut Client,
        raw: &mut Raw,
        deadline: Instant,
        exchange: &Exchange<'_>,
    ) -> Result<Answer, Broken> {
        let mut sent = 0;
        poll_fn(|cx| {
            if let Poll::Ready(result) = poll_send(&mut raw.stream, &self.bytes, &mut sent, cx) {
                return Poll::Ready(result.map_err(|error| Broken::Ended(error, sent > 0)));
            }
            ready!(client.timer.poll_late(cx, deadline));
            Poll::Ready(Err(Broken::Late))
        })
        .await?;
        poll_fn(|cx| {
            while let Poll::Ready(filled) = poll_fill(&mut raw.stream, &mut raw.input, &exchange.link.core.scratch, cx)
            {
                match filled {
                    Ok(1..) => raw.may_be_stale = false,
                    Ok(0) => return Poll::Ready(Err(Broken::Ended(io::ErrorKind::UnexpectedEof.into(), true))),
                    Err(error) => return Poll::Ready(Err(Broken::Ended(error, true))),
                }
                if let Some(answer) = answer::take(&mut raw.input, &self.method).map_err(Broken::Malformed).transpose()
                {
                    return Poll::Ready(answer);
                }
            }
            if client.poll_gone(cx).is_ready() {
                return Poll::Ready(Err(Broken::Gone));
            }
            ready!(client.timer.poll_late(cx, deadline));
            Poll::Ready(Err(Broken::Late))
        })
        .await
    }
}
