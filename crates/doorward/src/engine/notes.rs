//! What is written later: audit events that belong to no change, and counters.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use super::Engine;
use super::ceiling::Ceiling;
use super::tallies::{Tallies, Tally};
use crate::audit::{Count, Event, EventKind};
use crate::client::network;
use crate::clock::Time;
use crate::csrf::CsrfRefusal;
use crate::policy::RouteId;
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, Seen, StoreError};
use crate::user::UserNumber;

/// Events and counters that wait to be written.
#[derive(Default)]
pub(super) struct Notes {
    events: Mutex<Vec<Event>>,
    lost: AtomicU32,
    /// Wrong passwords that wait to be counted.
    failures: Mutex<Vec<UserNumber>>,
    /// When users were there last who have no session that would say so.
    seen: Mutex<HashMap<UserNumber, Time>>,
    /// When a refusal of a kind from a network was written last, and how many were left out since.
    sampled: papaya::HashMap<(&'static str, IpAddr), Sample>,
    /// Of all refusals together, from however many networks, so many are written a minute.
    refusals: Ceiling<MOST_REFUSALS>,
    /// Those of somebody who is logged in have a ceiling of their own: guests who are refused everywhere must not hide them.
    forbidden: Ceiling<MOST_REFUSALS>,
    /// Wrong passwords of users have a ceiling of their own: a flood of refusals must not hide them.
    failed: Ceiling<600>,
    tallies: Tallies,
    counted: AtomicU32,
}

/// So many rows of refusals are written a minute, of guests and of others.
const MOST_REFUSALS: u32 = 120;

struct Sample {
    written: AtomicU32,
    omitted: AtomicU32,
}

/// What an operator may want to see of an engine.
#[derive(Clone, Copy, Debug)]
pub struct Gauges {
    /// Sessions in memory.
    pub sessions: usize,
    /// Users in memory.
    pub users: usize,
    /// Audit events that wait to be written.
    pub events_waiting: usize,
    /// Audit events that were lost because too many waited.
    pub events_lost: u32,
}

impl Notes {
    /// So many events may wait; strangers cannot fill the memory or the disk.
    const WAITING: usize = 4_096;
    /// Of refusals alike, one in so many seconds is written.
    const SAMPLE_EVERY: u32 = 10;
    const SAMPLES: usize = 8_192;
    /// Counters are written once in so many seconds: each time is a durable write.
    const COUNT_EVERY: u32 = 10;

    /// Writes an event soon.
    pub(super) fn event(&self, event: Event) {
        let mut events = lock(&self.events);
        if events.len() < Self::WAITING {
            events.push(event);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes soon that a user's password was wrong.
    pub(super) fn failed(&self, event: Event) {
        if self.failed.admits(event.at) {
            self.event(event);
        } else {
            self.failed.leave_out(1);
        }
    }

    /// Counts a wrong password soon.
    pub(super) fn failure(&self, user: UserNumber) {
        let mut failures = lock(&self.failures);
        if failures.len() < Self::WAITING {
            failures.push(user);
        }
    }

    /// Writes soon that a user was there.
    pub(super) fn seen(&self, user: UserNumber, now: Time) {
        let mut seen = lock(&self.seen);
        if seen.len() < Self::WAITING || seen.contains_key(&user) {
            let last = seen.entry(user).or_default();
            *last = now.max(*last);
        }
    }

    /// Writes the failure of a stranger soon. Of failures alike from one network, few are written and all are counted.
    pub(super) fn sampled(&self, code: &'static str, from: IpAddr, event: Event) {
        if let Some(omitted) = self.sample(&self.refusals, code, network(from).network(), event.at) {
            self.event(Event { omitted, ..event });
        }
    }

    /// How many of these are not to be written, or `None` when this one is not.
    fn sample(&self, ceiling: &Ceiling<MOST_REFUSALS>, code: &'static str, network: IpAddr, now: Time) -> Option<u32> {
        if ceiling.is_reached(now) {
            ceiling.leave_out(1);
            return None;
        }
        let samples = self.sampled.pin();
        if samples.len() >= Self::SAMPLES {
            let omitted = samples.values().map(|sample| sample.omitted.load(Ordering::Relaxed));
            self.refusals.leave_out(omitted.fold(0, u32::saturating_add));
            samples.clear();
        }
        let fresh = || Sample { written: AtomicU32::new(0), omitted: AtomicU32::new(0) };
        let sample = samples.get_or_insert_with((code, network), fresh);
        let written = sample.written.load(Ordering::Relaxed);
        let due = now.saturating_sub(written) >= Self::SAMPLE_EVERY;
        let won = due && sample.written.compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if won && ceiling.admits(now) {
            return Some(sample.omitted.swap(0, Ordering::Relaxed));
        }
        sample.omitted.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// One row for all that were too many.
    fn tell_of_the_rest(&self, now: Time) {
        let rows = [
            (EventKind::Refused, self.refusals.to_tell(now), "more refusals than are written one by one"),
            (EventKind::Refused, self.forbidden.to_tell(now), "more refusals of users than are written one by one"),
            (EventKind::LogIn, self.failed.to_tell(now), "more wrong passwords than are written one by one"),
        ];
        for (kind, omitted, words) in rows {
            if let Some(omitted) = omitted {
                let event = Event::new(kind, now).outcome("too_many").by("system").detail(words);
                self.event(Event { omitted, ..event });
            }
        }
    }

    /// Counts what CSRF protection refused, or would have.
    pub(super) fn count_csrf(&self, route: RouteId, refusal: CsrfRefusal) {
        self.tallies.count((Some(route), refusal.code()), 0);
    }
}

impl Engine {
    /// Counts a request that was served, and how long it took.
    pub fn count(&self, route: Option<RouteId>, outcome: &'static str, micros: u64) {
        self.notes.tallies.count((route, outcome), micros);
    }

    /// Notes a refusal for the audit log. Of refusals alike from one network, few are written and all are counted.
    pub fn note_refusal(&self, refusal: &Refusal, method: &str, path: &str, client: IpAddr, request_id: &str) {
        // A missing page and a guest at a closed door are everyday; the rest somebody may want to look into.
        if matches!(refusal.reason(), Reason::NotFound | Reason::MethodNotAllowed) {
            return;
        }
        let policy = self.policy.load();
        if !policy.audits_refusals() {
            return;
        }
        let now = self.clock.now();
        // Wrong credentials that name a user are still a stranger's, and 401.
        let is_known = refusal.terms().caller.is_some() && refusal.reason().status() == StatusCode::FORBIDDEN;
        let ceiling = if is_known { &self.notes.forbidden } else { &self.notes.refusals };
        let network = network(client).network();
        let Some(omitted) = self.notes.sample(ceiling, refusal.code(), network, now) else { return };
        let path: String = policy.redacted(path).chars().filter(|c| !c.is_control()).take(200).collect();
        let event = Event::new(EventKind::Refused, now).outcome(refusal.code()).of(refusal);
        self.notes.event(Event {
            address: Some(client.to_string()),
            request: Some(format!("{method} {path}")),
            request_id: Some(request_id.into()),
            detail: refusal.reason().detail(),
            omitted,
            ..event
        });
    }

    /// Notes an event that belongs to no change.
    pub fn note(&self, event: Event) {
        self.notes.event(event);
    }

    /// What was counted since the start, by route and outcome, in the order of routes.
    pub fn tallies(&self) -> Vec<Tally> {
        self.notes.tallies.all(&self.policy.load())
    }

    /// Other rules come into force: what was counted keeps the routes that it was counted for.
    pub(super) fn settle_tallies(&self) {
        self.notes.tallies.settle(&self.policy.load(), self.clock.now());
    }

    /// Figures for the operator.
    pub fn gauges(&self) -> Gauges {
        Gauges {
            sessions: self.sessions.len(),
            users: self.users.len(),
            events_waiting: lock(&self.notes.events).len(),
            events_lost: self.notes.lost.load(Ordering::Relaxed),
        }
    }

    /// Writes signs of life, events and counters.
    pub(super) async fn write_notes(&self) -> Result<(), StoreError> {
        let touched = self.sessions.take_touched();
        let seen = std::mem::take(&mut *lock(&self.notes.seen));
        let seen: Vec<Seen> = seen.into_iter().map(|(user, at)| Seen { user, at }).collect();
        if !(touched.is_empty() && seen.is_empty())
            && let Err(error) = self.store.touch(touched.clone(), seen.clone()).await
        {
            self.sessions.put_back(touched);
            seen.into_iter().for_each(|seen| self.notes.seen(seen.user, seen.at));
            return Err(error);
        }
        self.write_failures().await?;
        self.notes.tell_of_the_rest(self.clock.now());
        let events = std::mem::take(&mut *lock(&self.notes.events));
        let counts = self.take_counts();
        if events.is_empty() && counts.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store.record(events.clone(), counts.clone()).await {
            self.notes.tallies.put_back(counts);
            put_back(&self.notes.events, events);
            return Err(error);
        }
        Ok(())
    }

    async fn write_failures(&self) -> Result<(), StoreError> {
        let failures = std::mem::take(&mut *lock(&self.notes.failures));
        for (place, user) in failures.iter().enumerate() {
            match self.store.commit(Change::CountFailure { user: *user }, vec![]).await {
                // Whoever is gone has no failures.
                Ok(_) | Err(StoreError::Conflict(_)) => {}
                Err(error) => {
                    put_back(&self.notes.failures, failures[place..].to_vec());
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn take_counts(&self) -> Vec<Count> {
        let policy = self.policy.load();
        let now = self.clock.now();
        let counted = self.notes.counted.load(Ordering::Relaxed);
        if now.saturating_sub(counted) < Notes::COUNT_EVERY && now >= counted {
            return Vec::new();
        }
        self.notes.counted.store(now, Ordering::Relaxed);
        self.notes.tallies.take(&policy, now)
    }
}

impl Event {
    /// The same event, about whom the refusal is.
    pub(super) fn of(self, refusal: &Refusal) -> Self {
        match &refusal.terms().caller {
            Some(user) => self.about(user.number, &user.realm, user.login.as_str()),
            None => self,
        }
    }
}

/// What could not be written waits again, in front, as far as there is room.
fn put_back<T>(waiting: &Mutex<Vec<T>>, items: Vec<T>) {
    let mut waiting = lock(waiting);
    let room = Notes::WAITING.saturating_sub(waiting.len());
    waiting.splice(0..0, items.into_iter().take(room));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
