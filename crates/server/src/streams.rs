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
    ended: Cell<bool>,
    reader: RefCell<Option<Waker>>,
}

/// Whoever holds the pass of a request.
pub(crate) enum Held {
    /// The gateway does.
    Pass(Box<Pass>),
    /// One of our own resources does.
    Admission(Admission),
}

impl Held {
    fn pass(&self) -> &Pass {
        match self {
            Self::Pass(pass) => pass,
            Self::Admission(admission) => admission.pass(),
        }
    }
}

impl OpenStream {
    /// Whether the stream was ended; whoever asks is woken when it is.
    pub(crate) fn has_ended(&self, cx: &mut Context<'_>) -> bool {
        if self.ended.get() {
            return true;
        }
        let mut reader = self.reader.borrow_mut();
        if !reader.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *reader = Some(cx.waker().clone());
        }
        false
    }

    fn end(&self) {
        self.ended.set(true);
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
}

impl OpenStreams {
    /// Follows the answer to somebody. What guests may read nobody can take from them.
    pub(crate) fn follow(&self, pass: Held) -> Option<Rc<OpenStream>> {
        pass.pass().caller().known()?;
        let stream =
            Rc::new(OpenStream { pass, since: Instant::now(), ended: Cell::new(false), reader: RefCell::new(None) });
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
                Some(false) => stream.end(),
                None => unknown.push(stream),
            }
        }
        if unknown.is_empty() {
            return;
        }
        let asking = futures_util::stream::iter(unknown).for_each_concurrent(AT_ONCE, |stream| async move {
            if !engine.is_still_allowed(stream.pass.pass()).await {
                stream.end();
            }
        });
        let _ = tokio::time::timeout(INTERVAL, asking).await;
    }

    fn sort_out(&self) {
        let mut old = self.old.borrow_mut();
        old.retain(|stream| stream.upgrade().is_some_and(|stream| !stream.ended.get()));
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
