//! HTTP/1.1 without a library between: what most requests are, a head and perhaps a short body, is read, judged, asked and
//! answered by one task, in four calls to the system.
//!
//! Whatever is not plain is left to the library, with the connection and all that was read of it: other versions, upgrades,
//! bodies that are long or in chunks, and everything that is malformed. So there is one place that says what is wrong with it.
//!
//! ```text
//! head::read ─► judge ─► ask ─► answer::take ─► relay
//!      └──────────┴─► Library: `exchange::answer` by hyper
//! ```

pub(crate) mod answer;
mod ask;
pub(crate) mod chunks;
mod client;
pub(crate) mod head;
pub(crate) mod lines;
mod relay;
mod timer;
mod turn;
pub(crate) mod write;

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::watch;
use tokio::task::coop::unconstrained;
use tokio::time::Instant;

use crate::connection::Link;
use crate::core::Phase;
use crate::exchange::Judged;
use crate::setup::Setup;
use crate::stream::Stream;
use crate::wire::Patience;
use client::Client;
pub(crate) use client::Scratch;
use turn::Next;

/// How much is read at once.
pub(crate) const READ: usize = 64 << 10;

/// A connection that the library goes on with.
pub(crate) struct HandedOver {
    pub(crate) stream: Stream,
    /// What was read of it and not answered.
    pub(crate) read: Bytes,
    /// Its first request, where that was looked at already.
    pub(crate) judged: Option<Box<Judged>>,
}

/// A connection that is served here.
struct Direct<'a> {
    link: &'a Rc<Link>,
    client: Client,
    patience: Patience,
    keep_alive: Duration,
    longest_head: usize,
}

/// How it ends here.
enum End {
    Closed { is_sending: bool },
    Library { head: Bytes, judged: Option<Box<Judged>> },
}

/// Serves a connection until its end, or until something comes that the library is for.
pub(crate) async fn serve(
    link: &Rc<Link>,
    stream: Stream,
    read_ahead: Bytes,
    setup: &Setup,
    mut phase: watch::Receiver<Phase>,
) -> Option<HandedOver> {
    let client = Client::new(stream, read_ahead.into(), link.core.scratch.clone());
    let longest_head = setup.head.target + setup.head.headers;
    let (patience, keep_alive) = (setup.patience, setup.keep_alive);
    let mut direct = Direct { link, client, patience, keep_alive, longest_head };
    let end = {
        let turns = direct.turns();
        let mut turns = pin!(turns);
        loop {
            // Listened to once, a change wakes this task; until there is one, nobody listens again at each step of a request.
            let (news, mut listens) = (phase.clone(), false);
            // Without a budget: one that a first request used up would put the listening off, and nobody would come back to it.
            let mut changed = pin!(unconstrained(phase.changed()));
            let end = poll_fn(|cx| {
                if let Poll::Ready(end) = turns.as_mut().poll(cx) {
                    return Poll::Ready(Ok(Some(end)));
                }
                if std::mem::replace(&mut listens, true) && matches!(news.has_changed(), Ok(false)) {
                    return Poll::Pending;
                }
                changed.as_mut().poll(cx).map_ok(|()| None)
            });
            match end.await {
                Ok(Some(end)) => break end,
                // Asked again, a connection that waits for a request sees that there will be none.
                Ok(None) if *news.borrow() != Phase::Closing => {}
                Ok(None) | Err(_) => return None,
            }
        }
    };
    match end {
        End::Closed { is_sending } => {
            tokio::select! {
                () = direct.client.close(is_sending) => {}
                _ = phase.wait_for(|phase| *phase == Phase::Closing) => {}
            }
            None
        }
        End::Library { head, judged } => {
            let Client { stream, input, .. } = direct.client;
            let read = if input.is_empty() { head } else { [head, input.freeze()].concat().into() };
            Some(HandedOver { stream, read, judged })
        }
    }
}

impl Direct<'_> {
    /// One request after the other.
    async fn turns(&mut self) -> End {
        loop {
            let head = match self.head().await {
                Ok(head) => head,
                Err(end) => return end,
            };
            let Some(plain) = head::read(&head) else { return End::Library { head, judged: None } };
            match self.turn(plain).await {
                Next::Request => {}
                Next::End { is_sending } => return End::Closed { is_sending },
                Next::Library(judged) => return End::Library { head, judged: Some(judged) },
            }
        }
    }

    /// Waits for the next head, and reads all of it.
    async fn head(&mut self) -> Result<Bytes, End> {
        let (mut has_begun, mut begun) = (false, head::Begun::default());
        let mut deadline = Instant::now() + self.keep_alive;
        loop {
            let input = &mut self.client.input;
            if let Some(end) = begun.end(input) {
                return Ok(input.split_to(end).freeze());
            }
            if input.len() > self.longest_head || !begun.may_become_one(input) {
                let head = std::mem::take(input).freeze();
                return Err(End::Library { head, judged: None });
            }
            // From the first byte on it is the head that is waited for.
            if !input.is_empty() && !std::mem::replace(&mut has_begun, true) {
                deadline = Instant::now() + self.patience.head;
            }
            // An empty one may keep all of what it was once part of.
            if input.is_empty() {
                *input = BytesMut::new();
            }
            let core = &self.link.core;
            let filled = match has_begun {
                true => self.client.fill(deadline).await,
                false => self.client.fill_unless(deadline, || !core.serves()).await,
            };
            if !matches!(filled, Ok(1..)) {
                return Err(End::Closed { is_sending: false });
            }
        }
    }
}
