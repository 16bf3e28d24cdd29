//! Passwords on tokio's threads for blocking work: a few at a time, and never more work than can be done soon.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::password::{Busy, HashJob, HashOutcome, Hasher, Scratch};

/// How many jobs may wait for each one that runs: about half a second of work.
const WAITING: usize = 32;
/// When too many wait, so many seconds later it is worth trying again.
const RETRY_AFTER: u32 = 2;

/// Computes password hashes on tokio's blocking threads, as many at once as it was told, 19 MiB each.
///
/// ```
/// use std::sync::Arc;
/// let hasher: Arc<dyn doorward::password::Hasher> = Arc::new(doorward::runtime::BlockingHasher::new());
/// ```
pub struct BlockingHasher {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    bound: usize,
    scratch: Arc<Pool>,
}

/// Memory that jobs hand to each other, and give back when nobody waits for it.
#[derive(Default)]
struct Pool(Mutex<Vec<Scratch>>);

/// A place in the queue; free again when dropped, whatever becomes of the caller.
struct Place(Arc<AtomicUsize>);

impl BlockingHasher {
    /// As many jobs at once as the machine has cores.
    pub fn new() -> Self {
        Self::with_threads(available_parallelism().map_or(1, usize::from))
    }

    /// So many jobs at once.
    pub fn with_threads(threads: usize) -> Self {
        let threads = threads.max(1);
        Self {
            running: Arc::new(Semaphore::new(threads)),
            waiting: Arc::default(),
            bound: threads * WAITING,
            scratch: Arc::default(),
        }
    }

    fn place(&self) -> Result<Place, Busy> {
        let place = Place(self.waiting.clone());
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        if before < self.bound { Ok(place) } else { Err(Busy { retry_after: RETRY_AFTER }) }
    }
}

impl Default for BlockingHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher for BlockingHasher {
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>> {
        let place = self.place();
        Box::pin(async move {
            let place = place?;
            // The semaphore is never closed; were it, the machine could not do it.
            let Ok(permit) = self.running.clone().acquire_owned().await else {
                return Ok(HashOutcome::Failed);
            };
            drop(place);
            let (pool, waiting) = (self.scratch.clone(), self.waiting.clone());
            let work = move || {
                let mut scratch = pool.lock().pop().unwrap_or_default();
                let outcome = job.execute(&mut scratch);
                pool.put_back(scratch, waiting.load(Ordering::SeqCst) > 0);
                drop(permit);
                outcome
            };
            Ok(tokio::task::spawn_blocking(work).await.unwrap_or(HashOutcome::Failed))
        })
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Vec<Scratch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, scratch: Scratch, is_needed: bool) {
        let mut pool = self.lock();
        if is_needed {
            pool.push(scratch);
        } else {
            pool.clear();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Cost;

    fn job(password: &str) -> HashJob {
        HashJob::Hash { password: password.as_bytes().to_vec().into(), cost: Cost { memory: 64, passes: 1 } }
    }

    #[tokio::test]
    async fn a_password_is_verified_by_the_hash_that_was_made_of_it() {
        let hasher = BlockingHasher::with_threads(1);
        let Ok(HashOutcome::Hashed(hash)) = hasher.run(job("secret")).await else { panic!("no hash") };
        let cost = Cost { memory: 64, passes: 1 };
        let verify = HashJob::Verify { hash: Some(hash), password: b"secret".to_vec().into(), cost };
        assert!(matches!(hasher.run(verify).await, Ok(HashOutcome::Right { outdated: false })));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_forgets_who_went_away() {
        let hasher = BlockingHasher::with_threads(1);
        let waiting: Vec<_> = (0..WAITING).map(|_| hasher.run(job("a"))).collect();
        assert_eq!(hasher.run(job("b")).await.err(), Some(Busy { retry_after: RETRY_AFTER }));
        drop(waiting);
        assert!(hasher.run(job("b")).await.is_ok());
    }

    #[tokio::test]
    async fn the_memory_is_given_back_when_nobody_waits() {
        let hasher = BlockingHasher::with_threads(2);
        let jobs = (0..10).map(|_| hasher.run(job("a")));
        for outcome in futures_util::future::join_all(jobs).await {
            assert!(outcome.is_ok());
        }
        assert!(hasher.run(job("a")).await.is_ok());
        assert!(hasher.scratch.lock().is_empty());
    }
}
