//! The threads that hash passwords: as many as cores, behind everything else, and never more work than can be done soon.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use doorward::password::{Busy, HashJob, HashOutcome, Hasher, Scratch};
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

/// How many jobs may wait for each thread: about half a second of work.
const WAITING: usize = 32;
/// When too many wait, this many seconds later it is worth trying again.
const RETRY_AFTER: u32 = 2;
/// How long a thread keeps its memory without work.
const IDLE: Duration = Duration::from_secs(10);
/// How much the threads stand back behind those that serve requests.
const NICENESS: i32 = 10;

/// Threads that compute one password hash after the other.
///
/// They end when it is dropped.
pub struct HashThreads {
    queue: Arc<Queue>,
}

struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
    bound: usize,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Task>,
    closed: bool,
}

struct Task {
    job: HashJob,
    answer: oneshot::Sender<HashOutcome>,
}

impl HashThreads {
    /// Starts `threads` of them.
    ///
    /// # Errors
    /// When the system has no threads left.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let threads = threads.max(1);
        let (state, changed) = (Mutex::default(), Condvar::new());
        let queue = Arc::new(Queue { state, changed, bound: threads * WAITING });
        let started = Self { queue };
        for number in 0..threads {
            let queue = started.queue.clone();
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || queue.work())?;
        }
        Ok(started)
    }
}

impl Drop for HashThreads {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Hasher for HashThreads {
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>> {
        let answer = self.queue.push(job);
        Box::pin(async move { Ok(answer?.await.unwrap_or(HashOutcome::Failed)) })
    }

    fn waiting(&self) -> usize {
        self.queue.lock().jobs.len()
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: HashJob) -> Result<oneshot::Receiver<HashOutcome>, Busy> {
        let (answer, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.jobs.len() >= self.bound {
            // Callers who went away make room for those who are there.
            waiting.jobs.retain(|task| !task.answer.is_closed());
        }
        if waiting.jobs.len() >= self.bound {
            return Err(Busy { retry_after: RETRY_AFTER });
        }
        waiting.jobs.push_back(Task { job, answer });
        drop(waiting);
        self.changed.notify_one();
        Ok(receiver)
    }

    fn work(&self) {
        // Refused where the system forbids it; then hashing merely competes.
        let _ = rustix::process::nice(NICENESS);
        let mut scratch = Scratch::default();
        while let Some(Task { job, answer }) = self.next(&mut scratch) {
            if answer.is_closed() {
                continue;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| job.execute(&mut scratch)));
            let _ = answer.send(outcome.unwrap_or_else(|_| {
                scratch = Scratch::default();
                HashOutcome::Failed
            }));
        }
    }

    /// The next job; `None` at the end. Without work for a while, the memory is given back.
    fn next(&self, scratch: &mut Scratch) -> Option<Task> {
        let mut waiting = self.lock();
        let mut idle = false;
        loop {
            if let Some(task) = waiting.jobs.pop_front() {
                return Some(task);
            }
            if waiting.closed {
                return None;
            }
            waiting = if idle {
                self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner)
            } else {
                let waited = self.changed.wait_timeout(waiting, IDLE);
                let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
                idle = result.timed_out();
                guard
            };
            if idle {
                scratch.release();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward::password::Cost;

    use super::*;

    fn job(password: &str) -> HashJob {
        let cost = Cost { memory: 64, passes: 1 };
        HashJob::Hash { password: password.as_bytes().to_vec().into(), cost }
    }

    #[tokio::test]
    async fn a_job_is_answered() {
        let threads = HashThreads::start(1).expect("threads");
        let outcome = threads.run(job("secret")).await.expect("not busy");
        let HashOutcome::Hashed(hash) = outcome else { panic!("no hash") };
        let cost = Cost { memory: 64, passes: 1 };
        let verify = HashJob::Verify { hash: Some(hash), password: b"secret".to_vec().into(), cost };
        let outcome = threads.run(verify).await.expect("not busy");
        assert!(matches!(outcome, HashOutcome::Right { outdated: false }));
    }

    #[tokio::test]
    async fn nothing_is_hashed_where_it_is_asked_for() {
        let threads = HashThreads::start(1).expect("threads");
        let large = HashJob::Hash { password: b"first".to_vec().into(), cost: Cost { memory: 19_456, passes: 2 } };
        let first = threads.run(large);
        // The only thread has something to do, so that this one waits; hashed here it would be ready when it is first asked.
        let mut second = threads.run(job("second"));
        assert!(futures_util::poll!(&mut second).is_pending());
        assert!(matches!(first.await, Ok(HashOutcome::Hashed(_))));
        assert!(matches!(second.await, Ok(HashOutcome::Hashed(_))));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_forgets_who_went_away() {
        let (state, changed) = (Mutex::default(), Condvar::new());
        let queue = Queue { state, changed, bound: 2 };
        let first = queue.push(job("a")).expect("room");
        let _second = queue.push(job("b")).expect("room");
        assert_eq!(queue.push(job("c")).err(), Some(Busy { retry_after: RETRY_AFTER }));
        drop(first);
        assert!(queue.push(job("c")).is_ok());
    }
}
