//! Failures by account and by network: how often somebody may guess.
//!
//! * An account, from one network: five failures, then a wait that doubles from 30 seconds to an hour.
//! * An account, from everywhere: a hundred failures in a row, ever. Then somebody must forgive them.
//! * A network, over all accounts: fifty failures in ten minutes.
//! * A device that logged in before has a budget of its own for its account, so that strangers cannot lock the owner out.
//!
//! An attempt takes its place at each of these before the password is computed, so that parallel ones cannot verify more
//! than any limit allows.

mod counters;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Time;
use crate::punycode::decoded_address;
use crate::user::Login;
use counters::{Counter, Counters, Place};

/// Counts failures.
pub(crate) struct Throttle {
    counters: Counters,
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
    /// How many failures from one network are borne, where it is not as usual. Such failures are counted apart.
    pub(crate) lockout: Option<Lockout>,
}

/// So many failures of an account from one network, and then a wait that does not grow; after it they are counted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lockout {
    /// How many. None are too many where it is 0.
    pub(crate) failures: u32,
    /// Seconds.
    pub(crate) wait: u32,
}

/// How long to wait, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u32);

/// The right to try once. Say how it went; dropped, it counts for nothing.
pub(crate) struct Reservation<'t> {
    throttle: &'t Throttle,
    now: Time,
    account: Option<Account<'t>>,
    network: Option<Place<'t>>,
    source: Option<Place<'t>>,
    lockout: Option<Lockout>,
}

/// A place at an account's counter.
struct Account<'t> {
    place: Place<'t>,
    key: u64,
    /// What the store remembered, and how often the account had been forgiven then.
    stored_failures: u32,
    forgiven: u32,
}

impl Throttle {
    pub(crate) fn new(limits: ThrottleLimits) -> Self {
        Self { counters: Counters::new(), hash: RandomState::new(), limits, forgiven: Mutex::default() }
    }

    /// Reserves one try. Waits while as many tries are under way as there are left.
    pub(crate) async fn reserve(&self, attempt: &Attempt<'_>, now: Time) -> Result<Reservation<'_>, Wait> {
        let key = self.key(attempt.account);
        let forgiven = self.forgiven(key);
        // Always in this order: whoever waits at one counter holds no place at a later one, so that nobody waits in a circle.
        let (account, network) = match attempt.known_device {
            true => (None, None),
            false => {
                let place = self.at_account(key, attempt.stored_failures, now).await?;
                let account = Account { place, key, stored_failures: attempt.stored_failures, forgiven };
                (Some(account), Some(self.at_network(attempt.network, now).await?))
            }
        };
        let from = (!attempt.known_device).then_some(attempt.network);
        let lockout = attempt.lockout;
        let source = match lockout {
            None => self.at_source(self.hash.hash_one((key, from, forgiven)), now).await?,
            Some(lockout) => self.at_lockout(self.hash.hash_one((key, from, forgiven, lockout)), lockout, now).await?,
        };
        Ok(Reservation { throttle: self, now, account, network, source: Some(source), lockout })
    }

    /// Reserves one try that is about no account.
    pub(crate) async fn reserve_source(&self, network: IpAddr, now: Time) -> Result<Reservation<'_>, Wait> {
        let network = Some(self.at_network(network, now).await?);
        Ok(Reservation { throttle: self, now, account: None, network, source: None, lockout: None })
    }

    async fn at_account(&self, key: u64, stored: u32, now: Time) -> Result<Place<'_>, Wait> {
        let limits = self.limits;
        let left = |counter: &mut Counter| match limits.by_account.saturating_sub(counter.failures.max(stored)) {
            0 => Err(Wait(limits.longest_wait)),
            left => Ok(left),
        };
        self.counters.take(key, now, left).await
    }

    async fn at_network(&self, network: IpAddr, now: Time) -> Result<Place<'_>, Wait> {
        let limits = self.limits;
        let left = |counter: &mut Counter| {
            let end = counter.window_start.saturating_add(limits.window);
            if now >= end {
                return Ok(limits.by_network.max(1));
            }
            match limits.by_network.saturating_sub(counter.failures) {
                0 => Err(Wait(end - now)),
                left => Ok(left),
            }
        };
        self.counters.take(self.hash.hash_one(network), now, left).await
    }

    async fn at_source(&self, key: u64, now: Time) -> Result<Place<'_>, Wait> {
        let limits = self.limits;
        let left = |counter: &mut Counter| match counter.blocked_until.checked_sub(now) {
            // After a wait one try is left, not five: the wait doubles when it fails.
            None | Some(0) => Ok(limits.by_source.saturating_sub(counter.failures).max(1)),
            Some(wait) => Err(Wait(wait)),
        };
        self.counters.take(key, now, left).await
    }

    async fn at_lockout(&self, key: u64, lockout: Lockout, now: Time) -> Result<Place<'_>, Wait> {
        let left = |counter: &mut Counter| match counter.blocked_until.checked_sub(now) {
            _ if lockout.failures == 0 => Ok(u32::MAX),
            Some(wait) if wait > 0 => Err(Wait(wait)),
            // The wait is over, or there was none.
            _ => {
                if counter.blocked_until > 0 {
                    (counter.failures, counter.blocked_until) = (0, 0);
                }
                Ok(lockout.failures.saturating_sub(counter.failures).max(1))
            }
        };
        self.counters.take(key, now, left).await
    }

    /// Counts a refusal that says nothing about an account: malformed, forged, or sent over plain HTTP.
    pub(crate) fn count_source(&self, network: IpAddr, now: Time) {
        let window = self.limits.window;
        self.counters.alter(self.hash.hash_one(network), now, |counter| counter.fail_within(window, now));
    }

    /// Forgives the failures of an account, from everywhere.
    pub(crate) fn forgive(&self, realm: &str, login: &str) {
        let account = self.key((realm, login));
        *lock(&self.forgiven).entry(account).or_default() += 1;
        self.counters.forgive(account);
    }

    /// Forgets what has no weight any more.
    pub(crate) fn sweep(&self, now: Time) {
        let by_account = self.limits.by_account;
        self.counters.retain(|counter| counter.last.saturating_add(86_400) > now || counter.failures >= by_account);
    }

    /// The key of an account. An address whose host is written in ASCII is the one that it stands for, whether somebody has it
    /// or not: where the two were counted apart for strangers alone, that would tell who is one.
    fn key(&self, (realm, login): (&str, &str)) -> u64 {
        let spelled = decoded_address(login).and_then(|address| Login::parse(&address).ok());
        self.hash.hash_one((realm, spelled.as_ref().map_or(login, Login::as_str)))
    }

    fn forgiven(&self, account: u64) -> u32 {
        lock(&self.forgiven).get(&account).copied().unwrap_or_default()
    }
}

impl Counter {
    /// One failure more, of those within a window.
    fn fail_within(&mut self, window: u32, now: Time) {
        if now >= self.window_start.saturating_add(window) {
            *self = Self { window_start: now, trying: self.trying, ..Self::default() };
        }
        self.failures = self.failures.saturating_add(1);
        self.last = now;
    }
}

impl Reservation<'_> {
    /// The password was right: this source and the account start afresh. The network does not.
    pub(crate) fn succeed(self) {
        let places = [self.source.as_ref(), self.account.as_ref().map(|account| &account.place)];
        places.into_iter().flatten().for_each(Place::forgive);
    }

    /// The password was wrong.
    pub(crate) fn fail(self) {
        let (limits, lockout, now) = (self.throttle.limits, self.lockout, self.now);
        if let Some(source) = &self.source {
            source.alter(now, |counter| {
                counter.failures = counter.failures.saturating_add(1);
                if let Some(lockout) = lockout {
                    if lockout.failures > 0 && counter.failures >= lockout.failures {
                        counter.blocked_until = now.saturating_add(lockout.wait);
                    }
                } else if counter.failures >= limits.by_source {
                    let doublings = (counter.failures - limits.by_source).min(16);
                    let wait = limits.first_wait.saturating_mul(1 << doublings).min(limits.longest_wait);
                    counter.blocked_until = now.saturating_add(wait);
                }
            });
        }
        if let Some(account) = &self.account {
            // What the store remembered is counted here too, so that the next one need not hear of it from there.
            let holds = self.throttle.forgiven(account.key) == account.forgiven;
            let stored = if holds { account.stored_failures } else { 0 };
            account.place.alter(now, |counter| {
                counter.failures = counter.failures.max(stored).saturating_add(1);
                counter.last = now;
            });
        }
        if let Some(network) = &self.network {
            network.alter(now, |counter| counter.fail_within(limits.window, now));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
