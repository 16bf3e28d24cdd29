//! Real threads for behaviour that shows only when many ask at once.

use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crate::store::{Change, Committed, Conflict, Store, StoreError};

/// Commits all changes at the same moment, each from a thread of its own.
pub(super) fn commit_at_once(store: &Arc<dyn Store>, changes: Vec<Change>) -> Vec<Result<Committed, Conflict>> {
    at_once(changes, |change| {
        let committed = block_on(store.commit(change, vec![]));
        committed.map_err(|error| match error {
            StoreError::Conflict(conflict) => conflict,
            error => panic!("a change failed: {error}"),
        })
    })
}

/// Does all of it at the same moment.
pub(super) fn at_once<A: Send, T: Send>(inputs: Vec<A>, act: impl Fn(A) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(inputs.len());
    std::thread::scope(|scope| {
        let threads = inputs.into_iter().map(|input| {
            scope.spawn(|| {
                start.wait();
                act(input)
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread that does not panic")).collect()
    })
}

/// Waits on this thread. Stores must need no runtime.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
