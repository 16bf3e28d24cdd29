//! What is written later: audit events that belong to no change, and counters.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use papaya::HashMap;

use super::Engine;
use crate::audit::{Count, Event, EventKind};
use crate::client::network;
use crate::clock::Time;
use crate::csrf::CsrfRefusal;
use crate::policy::RouteId;
use crate::refusal::{Reason, Refusal};
use crate::store::StoreError;

/// Events and counters that wait to be written.
#[derive(Default)]
pub(super) struct Notes {
    events: Mutex<Vec<Event>>,
    lost: AtomicU32,
    /// When a refusal of a kind from a network was written last, and how many were left out since.
    sampled: HashMap<(&'static str, IpAddr), Sample>,
    tallies: HashMap<(Option<RouteId>, &'static str), Tally>,
    counted: AtomicU32,
}

struct Sample {
    written: AtomicU32,
    omitted: AtomicU32,
}

#[derive(Default)]
struct Tally {
    hits: AtomicU64,
    micros: AtomicU64,
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
        let mut events = self.lock();
        if events.len() < Self::WAITING {
            events.push(event);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many of these are not to be written, or `None` when this one is not.
    fn sample(&self, code: &'static str, network: IpAddr, now: Time) -> Option<u32> {
        let samples = self.sampled.pin();
        if samples.len() >= Self::SAMPLES {
            samples.clear();
        }
        let fresh = || Sample { written: AtomicU32::new(0), omitted: AtomicU32::new(0) };
        let sample = samples.get_or_insert_with((code, network), fresh);
        let written = sample.written.load(Ordering::Relaxed);
        let due = now.saturating_sub(written) >= Self::SAMPLE_EVERY;
        let won = due && sample.written.compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if won {
            return Some(sample.omitted.swap(0, Ordering::Relaxed));
        }
        sample.omitted.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Counts what CSRF protection refused, or would have.
    pub(super) fn count_csrf(&self, route: RouteId, refusal: CsrfRefusal) {
        self.tally(Some(route), refusal.code(), 0);
    }

    fn tally(&self, route: Option<RouteId>, outcome: &'static str, micros: u64) {
        let tallies = self.tallies.pin();
        let tally = match tallies.get(&(route, outcome)) {
            Some(tally) => tally,
            None => tallies.get_or_insert_with((route, outcome), Tally::default),
        };
        tally.hits.fetch_add(1, Ordering::Relaxed);
        tally.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Counts a request that was served, and how long it took.
    pub fn count(&self, route: Option<RouteId>, outcome: &'static str, micros: u64) {
        self.notes.tally(route, outcome, micros);
    }

    /// Notes a refusal for the audit log. Of refusals alike from one network, few are written and all are counted.
    pub fn note_refusal(&self, refusal: &Refusal, method: &str, path: &str, client: IpAddr, request_id: &str) {
        // A missing page and a guest at a closed door are everyday; the rest somebody may want to look into.
        if matches!(refusal.reason(), Reason::NotFound | Reason::MethodNotAllowed) {
            return;
        }
        let now = self.clock.now();
        let Some(omitted) = self.notes.sample(refusal.code(), network(client).network(), now) else { return };
        let path: String = path.chars().filter(|c| !c.is_control()).take(200).collect();
        self.notes.event(Event {
            address: Some(client.to_string()),
            request: Some(format!("{method} {path}")),
            request_id: Some(request_id.into()),
            detail: refusal.reason().detail(),
            omitted,
            ..Event::new(EventKind::Refused, now).outcome(refusal.code())
        });
    }

    /// Notes an event that belongs to no change.
    pub fn note(&self, event: Event) {
        self.notes.event(event);
    }

    /// Figures for the operator.
    pub fn gauges(&self) -> Gauges {
        Gauges {
            sessions: self.sessions.len(),
            users: self.users.len(),
            events_waiting: self.notes.lock().len(),
            events_lost: self.notes.lost.load(Ordering::Relaxed),
        }
    }

    /// Writes signs of life, events and counters.
    pub(super) async fn write_notes(&self) -> Result<(), StoreError> {
        let touched = self.sessions.take_touched();
        if !touched.is_empty() {
            if let Err(error) = self.store.touch(touched.clone()).await {
                self.sessions.put_back(touched);
                return Err(error);
            }
        }
        let events = std::mem::take(&mut *self.notes.lock());
        let counts = self.take_counts();
        if events.is_empty() && counts.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store.record(events.clone(), counts).await {
            let mut waiting = self.notes.lock();
            let room = Notes::WAITING.saturating_sub(waiting.len());
            waiting.splice(0..0, events.into_iter().take(room));
            return Err(error);
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
        let minute = now / 60 * 60;
        let tallies = self.notes.tallies.pin();
        let counts = tallies.iter().filter_map(|((route, outcome), tally)| {
            let hits = tally.hits.swap(0, Ordering::Relaxed);
            let micros = tally.micros.swap(0, Ordering::Relaxed);
            let route = route.map_or_else(|| "-".to_owned(), |id| policy.route_text(id));
            (hits > 0).then(|| Count { minute, route, outcome: (*outcome).into(), hits, micros })
        });
        counts.collect()
    }
}
