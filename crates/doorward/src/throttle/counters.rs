//! Counters of failures, and the tries under way at each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Wait;
use crate::clock::Time;

/// Counters by the digest of what they are about.
pub(super) struct Counters {
    shards: Box<[Shard]>,
}

#[derive(Default)]
struct Shard {
    counters: Mutex<HashMap<u64, Counter>>,
    finished: Notify,
    /// How many wait here for a try to end.
    waiting: AtomicUsize,
}

/// What is known of an account, of one network's tries of it, or of a network.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counter {
    pub(super) failures: u32,
    /// Tries under way.
    pub(super) trying: u32,
    pub(super) blocked_until: Time,
    pub(super) last: Time,
    pub(super) window_start: Time,
}

/// Somebody who waits. No more when dropped.
struct Waiting<'c>(&'c AtomicUsize);

/// A try under way at a counter. Dropped, it is over.
pub(super) struct Place<'c> {
    counters: &'c Counters,
    key: u64,
}

impl Counters {
    pub(super) const SHARDS: usize = 64;
    pub(super) const GREATEST_SHARD: usize = 4_096;
    /// So many may wait in a shard: each try that ends wakes all of them, and whoever knows one right password could make
    /// as many wait as they have requests.
    pub(super) const GREATEST_WAITING: usize = 256;
    /// For how many seconds those are sent away who would be too many.
    const COME_BACK: Wait = Wait(1);

    pub(super) fn new() -> Self {
        Self { shards: (0..Self::SHARDS).map(|_| Shard::default()).collect() }
    }

    /// Takes a place. `left` says how many tries the counter has left; while so many are under way, this waits, unless too
    /// many do.
    pub(super) async fn take(
        &self,
        key: u64,
        now: Time,
        left: impl Fn(&mut Counter) -> Result<u32, Wait>,
    ) -> Result<Place<'_>, Wait> {
        let shard = self.shard(key);
        let mut waiting = None;
        loop {
            let finished = shard.finished.notified();
            let taken = self.alter(key, now, |counter| {
                let left = left(counter)?;
                let is_free = counter.trying < left;
                if is_free {
                    counter.trying += 1;
                    counter.last = now;
                }
                Ok(is_free)
            });
            if taken? {
                return Ok(Place { counters: self, key });
            }
            if waiting.is_none() {
                waiting = Some(Waiting::one_of(&shard.waiting).ok_or(Self::COME_BACK)?);
            }
            finished.await;
        }
    }

    /// Alters a counter, in a shard that is kept bounded. One that says nothing is not kept.
    pub(super) fn alter<T>(&self, key: u64, now: Time, alter: impl FnOnce(&mut Counter) -> T) -> T {
        let mut counters = self.shard(key).lock();
        make_room(&mut counters, now);
        let counter = counters.entry(key).or_default();
        let answer = alter(counter);
        if counter.is_empty() {
            counters.remove(&key);
        }
        answer
    }

    /// Forgets the failures of a counter, but not the tries under way: what they come to is counted again.
    pub(super) fn forgive(&self, key: u64) {
        let shard = self.shard(key);
        {
            let mut counters = shard.lock();
            let Some(counter) = counters.get_mut(&key) else { return };
            *counter = Counter { trying: counter.trying, last: counter.last, ..Counter::default() };
            if counter.is_empty() {
                counters.remove(&key);
            }
        }
        shard.finished.notify_waiters();
    }

    /// Keeps what `keep` says, and what is tried now.
    pub(super) fn retain(&self, keep: impl Fn(&Counter) -> bool) {
        for shard in &self.shards {
            shard.lock().retain(|_, counter| counter.trying > 0 || keep(counter));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    fn shard(&self, key: u64) -> &Shard {
        &self.shards[key as usize % Self::SHARDS]
    }
}

impl Counter {
    /// Whether it says no more than one that is not there.
    fn is_empty(&self) -> bool {
        self.failures == 0 && self.trying == 0 && self.blocked_until == 0
    }
}

impl<'c> Waiting<'c> {
    fn one_of(waiting: &'c AtomicUsize) -> Option<Self> {
        let one = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < Counters::GREATEST_WAITING).then_some(one)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Place<'_> {
    /// Alters the counter.
    pub(super) fn alter(&self, now: Time, alter: impl FnOnce(&mut Counter)) {
        self.counters.alter(self.key, now, alter);
    }

    /// Forgets the failures.
    pub(super) fn forgive(&self) {
        self.counters.forgive(self.key);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let shard = self.counters.shard(self.key);
        {
            let mut counters = shard.lock();
            if let Some(counter) = counters.get_mut(&self.key) {
                counter.trying = counter.trying.saturating_sub(1);
                // Whoever was sent away because too many passwords wait leaves nothing behind that could crowd others out.
                if counter.is_empty() {
                    counters.remove(&self.key);
                }
            }
        }
        shard.finished.notify_waiters();
    }
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Counter>> {
        // A panic elsewhere must not stop log-ins: the counters are whole at every step.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a shard bounded. What a flood of random names leaves, one failure each, goes before what has many.
fn make_room(counters: &mut HashMap<u64, Counter>, now: Time) {
    if counters.len() < Counters::GREATEST_SHARD {
        return;
    }
    let light = |counter: &Counter| counter.trying == 0 && counter.blocked_until <= now && counter.failures <= 1;
    counters.retain(|_, counter| !light(counter));
    if counters.len() >= Counters::GREATEST_SHARD {
        counters.retain(|_, counter| counter.trying > 0 || counter.failures >= 5);
    }
    if counters.len() >= Counters::GREATEST_SHARD * 4 {
        counters.retain(|_, counter| counter.trying > 0 || counter.blocked_until > now);
    }
}
