//! Answers that last: whoever is still being answered after a second is judged again every second.
//!
//! Most answers end long before that, and cost one entry in a queue.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use doorward::Admission;
use doorward::{Engine, Pass};
use futures_util::{FutureExt as _, StreamExt as _};

/// How often an open stream is judged.
pub(crate) const INTERVAL: Duration = Duration::from_secs(1);
/// How many are judged at the same time where a store has to be asked.
const AT_ONCE: usize = 32;

/// An answer that may last.
pub(crate) struct OpenStream {
    pass: Held,
    since: Instant,
    ended: Cell<Option<End>>,
    reader: RefCell<Option<Waker>>,
}

/// Why a stream was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Whoever reads it may not any more.
    Revoked,
    /// The process ends, and this would not come to an end by itself.
    Draining,
}

/// Whoever holds the pass of a request.
pub(crate) enum Held {
    /// The gateway does.
    Pass(Box<Pass>),
    /// One of our own resources does.
    Admission(Admission),
    /// One of our own resources does, whose answer has no end.
    Endless(Admission),
}

impl Held {
    fn pass(&self) -> &Pass {
        match self {
            Self::Pass(pass) => pass,
            Self::Admission(admission) | Self::Endless(admission) => admission.pass(),
        }
    }
}

impl OpenStream {
    /// Whether the stream was ended, and why; whoever asks is woken when it is.
    pub(crate) fn end_of(&self, cx: &mut Context<'_>) -> Option<End> {
        if let Some(end) = self.ended.get() {
            return Some(end);
        }
        let mut reader = self.reader.borrow_mut();
        if !reader.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *reader = Some(cx.waker().clone());
        }
        None
    }

    fn end(&self, end: End) {
        self.ended.set(Some(end));
        if let Some(reader) = self.reader.borrow_mut().take() {
            reader.wake();
        }
    }
}

/// The open streams of one core.
#[derive(Default)]
pub(crate) struct OpenStreams {
    /// In the order in which they began.
    young: RefCell<VecDeque<Weak<OpenStream>>>,
    old: RefCell<Vec<Weak<OpenStream>>>,
    drains: Cell<bool>,
}

impl OpenStreams {
    /// Follows the answer to somebody. What guests may read nobody can take from them.
    pub(crate) fn follow(&self, pass: Held) -> Option<Rc<OpenStream>> {
        pass.pass().caller().known()?;
        let stream =
            Rc::new(OpenStream { pass, since: Instant::now(), ended: Cell::new(None), reader: RefCell::new(None) });
        // A connection on which a request was just being read is not closed before its answer.
        if self.drains.get() && matches!(stream.pass, Held::Endless(_)) {
            stream.end(End::Draining);
        }
        self.young.borrow_mut().push_back(Rc::downgrade(&stream));
        Some(stream)
    }

    /// Judges all that are open still; to be called every second. Where a store has to be asked and does not answer, the answer
    /// is for the next time: an outage is not a no, and delays nobody else's.
    pub(crate) async fn judge(&self, engine: &Engine) {
        self.sort_out();
        let mut unknown = Vec::new();
        for stream in self.old.borrow().iter().filter_map(Weak::upgrade) {
            match engine.is_still_allowed(stream.pass.pass()).now_or_never() {
                Some(true) => {}
                Some(false) => stream.end(End::Revoked),
                None => unknown.push(stream),
            }
        }
        if unknown.is_empty() {
            return;
        }
        let asking = futures_util::stream::iter(unknown).for_each_concurrent(AT_ONCE, |stream| async move {
            if !engine.is_still_allowed(stream.pass.pass()).await {
                stream.end(End::Revoked);
            }
        });
        let _ = tokio::time::timeout(INTERVAL, asking).await;
    }

    /// Ends those of ours that would keep the process from ending, also those that begin from now on: whoever watches figures watches them again elsewhere.
    pub(crate) fn drain(&self) {
        self.drains.set(true);
        let (young, old) = (self.young.borrow(), self.old.borrow());
        let open = young.iter().chain(old.iter()).filter_map(Weak::upgrade);
        open.filter(|stream| matches!(stream.pass, Held::Endless(_))).for_each(|stream| stream.end(End::Draining));
    }

    fn sort_out(&self) {
        let mut old = self.old.borrow_mut();
        old.retain(|stream| stream.upgrade().is_some_and(|stream| stream.ended.get().is_none()));
        let mut young = self.young.borrow_mut();
        while let Some(first) = young.front() {
            match first.upgrade() {
                Some(stream) if stream.since.elapsed() < INTERVAL => break,
                Some(_) => old.push(first.clone()),
                None => {}
            }
            young.pop_front();
        }
    }
}
