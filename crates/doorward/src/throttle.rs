//! Failures by account and by network: how often somebody may guess.
//!
//! * An account, from one network: five failures, then a wait that doubles from 30 seconds to an hour.
//! * An account, from everywhere: a hundred failures in a row, ever. Then somebody must forgive them.
//! * A network, over all accounts: fifty failures in ten minutes.
//! * A device that logged in before has a budget of its own for its account, so that strangers cannot lock the owner out.
//!
//! An attempt is reserved before the password is computed, so that parallel ones cannot verify more than the limit allows.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Time;

/// Counts failures.
pub(crate) struct Throttle {
    shards: Box<[Shard]>,
    hash: RandomState,
    limits: ThrottleLimits,
    /// How often the failures of an account were forgiven. It is part of the keys of its sources, so that all of them
    /// are forgotten at once. Only administrators add to it.
    forgiven: Mutex<HashMap<u64, u32>>,
}

/// How many failures are borne.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleLimits {
    /// Failures of an account from one network before the first wait.
    pub by_source: u32,
    /// The first wait, in seconds; it doubles with each further failure.
    pub first_wait: u32,
    /// The longest wait, in seconds.
    pub longest_wait: u32,
    /// Failures of an account in a row, from everywhere.
    pub by_account: u32,
    /// Failures of a network, over all accounts, within [`ThrottleLimits::window`].
    pub by_network: u32,
    /// Seconds.
    pub window: u32,
}

impl Default for ThrottleLimits {
    fn default() -> Self {
        Self { by_source: 5, first_wait: 30, longest_wait: 3_600, by_account: 100, by_network: 50, window: 600 }
    }
}

/// Who tries, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// Realm and login, in their one form, also when no user has it.
    pub(crate) account: (&'a str, &'a str),
    /// The network's first address, see [`crate::client::network`].
    pub(crate) network: IpAddr,
    /// Whether the browser shows that it logged in to this account before.
    pub(crate) known_device: bool,
    /// Failures that the store remembers.
    pub(crate) stored_failures: u32,
}

/// How long to wait, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u32);

/// The right to try once. Say how it went; dropped, it counts for nothing.
pub(crate) struct Reservation<'t> {
    throttle: &'t Throttle,
    source: u64,
    account: Option<u64>,
    network: Option<u64>,
    now: Time,
    settled: bool,
}

#[derive(Default)]
struct Shard {
    counters: Mutex<HashMap<u64, Counter>>,
    finished: Notify,
}

#[derive(Clone, Copy, Default)]
struct Counter {
    failures: u32,
    trying: u32,
    blocked_until: Time,
    last: Time,
    window_start: Time,
}

impl Throttle {
    const SHARDS: usize = 64;
    const GREATEST_SHARD: usize = 4_096;

    pub(crate) fn new(limits: ThrottleLimits) -> Self {
        let shards = (0..Self::SHARDS).map(|_| Shard::default()).collect();
        Self { shards, hash: RandomState::new(), limits, forgiven: Mutex::default() }
    }

    /// Reserves one try. Waits while as many tries are under way as there are left.
    pub(crate) async fn reserve(&self, attempt: &Attempt<'_>, now: Time) -> Result<Reservation<'_>, Wait> {
        let (realm, login) = attempt.account;
        let account = self.hash.hash_one((realm, login));
        let network = (!attempt.known_device).then_some(attempt.network);
        let forgiven = lock(&self.forgiven).get(&account).copied().unwrap_or_default();
        let source = self.hash.hash_one((account, network, forgiven));
        let network_key = self.hash.hash_one(attempt.network);
        if !attempt.known_device {
            let known = self.read(account).failures.max(attempt.stored_failures);
            if known >= self.limits.by_account {
                return Err(Wait(self.limits.longest_wait));
            }
            if let Some(wait) = self.network_wait(attempt.network, now) {
                return Err(wait);
            }
        }
        let shard = self.shard(source);
        loop {
            let finished = shard.finished.notified();
            {
                let mut counters = shard.lock();
                make_room(&mut counters, now);
                let counter = counters.entry(source).or_default();
                if now < counter.blocked_until {
                    return Err(Wait(counter.blocked_until - now));
                }
                // After a wait one try is left, not five: the wait doubles when it fails.
                let left = self.limits.by_source.saturating_sub(counter.failures).max(1);
                if counter.trying < left {
                    counter.trying += 1;
                    counter.last = now;
                    let stranger = !attempt.known_device;
                    return Ok(Reservation {
                        throttle: self,
                        source,
                        account: stranger.then_some(account),
                        network: stranger.then_some(network_key),
                        now,
                        settled: false,
                    });
                }
            }
            finished.await;
        }
    }

    /// How long a network must wait, over all accounts.
    pub(crate) fn network_wait(&self, network: IpAddr, now: Time) -> Option<Wait> {
        let counter = self.read(self.hash.hash_one(network));
        let window_end = counter.window_start.saturating_add(self.limits.window);
        let exceeded = counter.failures >= self.limits.by_network && now < window_end;
        exceeded.then(|| Wait(window_end - now))
    }

    /// Counts a refusal that says nothing about an account: malformed, forged, or sent over plain HTTP.
    pub(crate) fn count_source(&self, network: IpAddr, now: Time) {
        self.fail_network(self.hash.hash_one(network), now);
    }

    /// Forgives the failures of an account, from everywhere.
    pub(crate) fn forgive(&self, realm: &str, login: &str) {
        let account = self.hash.hash_one((realm, login));
        self.shard(account).lock().remove(&account);
        let mut forgiven = lock(&self.forgiven);
        *forgiven.entry(account).or_default() += 1;
    }

    /// Forgets what has no weight any more.
    pub(crate) fn sweep(&self, now: Time) {
        for shard in &self.shards {
            shard.lock().retain(|_, counter| {
                counter.trying > 0
                    || counter.last.saturating_add(86_400) > now
                    || counter.failures >= self.limits.by_account
            });
        }
    }

    fn read(&self, key: u64) -> Counter {
        self.shard(key).lock().get(&key).copied().unwrap_or_default()
    }

    fn fail_network(&self, key: u64, now: Time) {
        let mut counters = self.shard(key).lock();
        make_room(&mut counters, now);
        let counter = counters.entry(key).or_default();
        if now >= counter.window_start.saturating_add(self.limits.window) {
            *counter = Counter { window_start: now, ..Counter::default() };
        }
        counter.failures = counter.failures.saturating_add(1);
        counter.last = now;
    }

    fn shard(&self, key: u64) -> &Shard {
        &self.shards[key as usize % Self::SHARDS]
    }
}

impl Reservation<'_> {
    /// The password was right: this source and the account start afresh. The network does not.
    pub(crate) fn succeed(mut self) {
        let source = self.throttle.shard(self.source);
        source.lock().remove(&self.source);
        source.finished.notify_waiters();
        self.settled = true;
        if let Some(account) = self.account {
            self.throttle.shard(account).lock().remove(&account);
        }
    }

    /// The password was wrong.
    pub(crate) fn fail(mut self) {
        self.settled = true;
        let limits = self.throttle.limits;
        let source = self.throttle.shard(self.source);
        {
            let mut counters = source.lock();
            let counter = counters.entry(self.source).or_default();
            counter.trying = counter.trying.saturating_sub(1);
            counter.failures = counter.failures.saturating_add(1);
            if counter.failures >= limits.by_source {
                let doublings = (counter.failures - limits.by_source).min(16);
                let wait = limits.first_wait.saturating_mul(1 << doublings).min(limits.longest_wait);
                counter.blocked_until = self.now.saturating_add(wait);
            }
        }
        source.finished.notify_waiters();
        if let Some(account) = self.account {
            let mut counters = self.throttle.shard(account).lock();
            make_room(&mut counters, self.now);
            let counter = counters.entry(account).or_default();
            counter.failures = counter.failures.saturating_add(1);
            counter.last = self.now;
        }
        if let Some(network) = self.network {
            self.throttle.fail_network(network, self.now);
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let shard = self.throttle.shard(self.source);
        if let Some(counter) = shard.lock().get_mut(&self.source) {
            counter.trying = counter.trying.saturating_sub(1);
        }
        shard.finished.notify_waiters();
    }
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Counter>> {
        lock(&self.counters)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere must not stop log-ins: the counters are whole at every step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a shard bounded. What a flood of random names leaves, one failure each, goes before what has many.
fn make_room(counters: &mut HashMap<u64, Counter>, now: Time) {
    if counters.len() < Throttle::GREATEST_SHARD {
        return;
    }
    let light = |counter: &Counter| counter.trying == 0 && counter.blocked_until <= now && counter.failures <= 1;
    counters.retain(|_, counter| !light(counter));
    if counters.len() >= Throttle::GREATEST_SHARD {
        counters.retain(|_, counter| counter.trying > 0 || counter.failures >= 5);
    }
    if counters.len() >= Throttle::GREATEST_SHARD * 4 {
        counters.retain(|_, counter| counter.trying > 0 || counter.blocked_until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

    fn attempt(login: &str, network: IpAddr) -> Attempt<'_> {
        Attempt { account: ("default", login), network, known_device: false, stored_failures: 0 }
    }

    fn throttle() -> Throttle {
        Throttle::new(ThrottleLimits::default())
    }

    async fn fail(throttle: &Throttle, attempt: &Attempt<'_>, now: Time) -> Result<(), Wait> {
        throttle.reserve(attempt, now).await.map(Reservation::fail)
    }

    #[tokio::test]
    async fn five_failures_bring_a_wait_that_doubles() {
        let throttle = throttle();
        let anna = attempt("anna", HERE);
        for _ in 0..5 {
            assert_eq!(fail(&throttle, &anna, 0).await, Ok(()));
        }
        assert_eq!(fail(&throttle, &anna, 0).await, Err(Wait(30)));
        assert_eq!(fail(&throttle, &anna, 29).await, Err(Wait(1)));
        assert_eq!(fail(&throttle, &anna, 30).await, Ok(()));
        assert_eq!(fail(&throttle, &anna, 30).await, Err(Wait(60)));
        assert_eq!(fail(&throttle, &attempt("anna", THERE), 30).await, Ok(()));
    }

    #[tokio::test]
    async fn a_right_password_clears_its_own_source_only() {
        let throttle = throttle();
        for _ in 0..49 {
            fail(&throttle, &attempt(&format!("user{}", rand()), HERE), 0).await.expect("not blocked yet");
        }
        match throttle.reserve(&attempt("mallory", HERE), 0).await {
            Ok(reservation) => reservation.succeed(),
            Err(wait) => panic!("blocked already: {wait:?}"),
        }
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Ok(()));
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 1).await, Err(Wait(599)));
    }

    #[tokio::test]
    async fn a_hundred_failures_from_everywhere_stop_strangers_but_not_a_known_device() {
        let throttle = throttle();
        for n in 0..100u8 {
            let network = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, n));
            assert_eq!(fail(&throttle, &attempt("anna", network), 0).await, Ok(()));
        }
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Err(Wait(3_600)));
        let own = Attempt { known_device: true, ..attempt("anna", HERE) };
        assert!(throttle.reserve(&own, 0).await.is_ok());
        throttle.forgive("default", "anna");
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Ok(()));
    }

    #[tokio::test]
    async fn forgiving_ends_the_waits_of_every_source() {
        let throttle = throttle();
        for _ in 0..5 {
            fail(&throttle, &attempt("anna", HERE), 0).await.expect("not blocked yet");
        }
        throttle.forgive("default", "anna");
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 1).await, Ok(()));
    }

    #[tokio::test]
    async fn of_two_hundred_parallel_tries_no_more_than_five_are_verified() {
        let throttle = std::sync::Arc::new(throttle());
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let throttle = throttle.clone();
            tries.spawn(async move {
                let reservation = throttle.reserve(&attempt("anna", HERE), 0).await.ok()?;
                tokio::task::yield_now().await;
                reservation.fail();
                Some(())
            });
        }
        assert_eq!(tries.join_all().await.into_iter().flatten().count(), 5);
    }

    #[tokio::test]
    async fn parallel_right_passwords_wait_for_each_other_and_all_pass() {
        let throttle = std::sync::Arc::new(throttle());
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let throttle = throttle.clone();
            tries.spawn(async move {
                let reservation = throttle.reserve(&attempt("anna", HERE), 0).await.ok()?;
                tokio::task::yield_now().await;
                reservation.succeed();
                Some(())
            });
        }
        assert_eq!(tries.join_all().await.into_iter().flatten().count(), 50);
    }

    #[tokio::test]
    async fn a_million_names_leave_the_memory_bounded_and_the_busy_counters_in_place() {
        let throttle = throttle();
        for _ in 0..5 {
            fail(&throttle, &attempt("anna", HERE), 0).await.expect("not blocked yet");
        }
        for n in 0..300_000u32 {
            throttle.count_source(IpAddr::V4(n.into()), 0);
        }
        let held: usize = throttle.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(held <= Throttle::SHARDS * Throttle::GREATEST_SHARD, "{held}");
        assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Err(Wait(30)));
    }

    fn rand() -> u64 {
        RandomState::new().hash_one(0)
    }
}
