//! What was counted since the start: for the operator as it is, for the store what it has not got yet.

use std::collections::HashMap as StdHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use papaya::HashMap;

use crate::audit::Count;
use crate::clock::Time;
use crate::policy::{Policy, RouteId};

/// How often requests to a route had an outcome since the start, and how long they took.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The route as written, or `-` for what matched none.
    pub route: String,
    /// `allow`, or the refusal's code.
    pub outcome: &'static str,
    /// How often.
    pub hits: u64,
    /// How long all of them took, in microseconds.
    pub micros: u64,
    /// How many took at most as long as [`Tally::BOUNDS`] says, each bound without those before it.
    pub within: [u64; Tally::BOUNDS.len()],
}

impl Tally {
    /// Bounds of durations, in microseconds.
    pub const BOUNDS: [u64; 12] =
        [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 250_000, 1_000_000, 5_000_000];

    /// Whether it counts requests. Others count what protection against forgery would have refused, or did, in detail.
    pub fn is_of_requests(&self) -> bool {
        !self.outcome.starts_with("csrf_")
    }

    fn add(&mut self, other: &Self) {
        self.hits += other.hits;
        self.micros += other.micros;
        self.within.iter_mut().zip(other.within).for_each(|(mine, theirs)| *mine += theirs);
    }
}

type Key = (Option<RouteId>, &'static str);

/// The counters, by route and outcome: a handful for each route, since outcomes are words of ours.
#[derive(Default)]
pub(super) struct Tallies {
    live: HashMap<Key, Cell>,
    /// What was counted under rules that are no longer in force, by the route's text.
    settled: Mutex<StdHashMap<(String, &'static str), Tally>>,
    /// What of it the store has not got.
    unwritten: Mutex<Vec<Count>>,
}

#[derive(Default)]
struct Cell {
    hits: AtomicU64,
    micros: AtomicU64,
    within: [AtomicU64; Tally::BOUNDS.len()],
    written_hits: AtomicU64,
    written_micros: AtomicU64,
}

impl Tallies {
    /// Counts one.
    pub(super) fn count(&self, key: Key, micros: u64) {
        let live = self.live.pin();
        let cell = match live.get(&key) {
            Some(cell) => cell,
            None => live.get_or_insert_with(key, Cell::default),
        };
        cell.hits.fetch_add(1, Ordering::Relaxed);
        cell.micros.fetch_add(micros, Ordering::Relaxed);
        if let Some(place) = Tally::BOUNDS.iter().position(|bound| micros <= *bound) {
            cell.within[place].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Everything since the start.
    pub(super) fn all(&self, policy: &Policy) -> Vec<Tally> {
        let mut all = lock(&self.settled).clone();
        for (key, cell) in &self.live.pin() {
            let tally = cell.tally(route_text(policy, key.0), key.1);
            match all.entry((tally.route.clone(), tally.outcome)) {
                std::collections::hash_map::Entry::Occupied(mut before) => before.get_mut().add(&tally),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(tally);
                }
            }
        }
        let mut all: Vec<Tally> = all.into_values().collect();
        all.sort_unstable_by(|one, two| (&one.route, one.outcome).cmp(&(&two.route, two.outcome)));
        all
    }

    /// What the store has not got yet.
    pub(super) fn take(&self, policy: &Policy, now: Time) -> Vec<Count> {
        let mut counts = std::mem::take(&mut *lock(&self.unwritten));
        for (key, cell) in &self.live.pin() {
            counts.extend(cell.take(route_text(policy, key.0), key.1, now));
        }
        counts
    }

    /// Keeps what could not be written, within bounds.
    pub(super) fn put_back(&self, counts: Vec<Count>) {
        /// A store that is away for long loses figures, not memory.
        const MOST: usize = 100_000;
        let mut unwritten = lock(&self.unwritten);
        let room = MOST.saturating_sub(unwritten.len());
        unwritten.extend(counts.into_iter().take(room));
    }

    /// Other rules come into force: the numbers of routes will stand for other routes, so what was counted goes by text.
    pub(super) fn settle(&self, policy: &Policy, now: Time) {
        let pending = self.take(policy, now);
        self.put_back(pending);
        let all = self.all(policy).into_iter().map(|tally| ((tally.route.clone(), tally.outcome), tally)).collect();
        self.live.pin().clear();
        *lock(&self.settled) = all;
    }
}

impl Cell {
    fn tally(&self, route: String, outcome: &'static str) -> Tally {
        Tally {
            route,
            outcome,
            hits: self.hits.load(Ordering::Relaxed),
            micros: self.micros.load(Ordering::Relaxed),
            within: std::array::from_fn(|place| self.within[place].load(Ordering::Relaxed)),
        }
    }

    fn take(&self, route: String, outcome: &'static str, now: Time) -> Option<Count> {
        let (hits, micros) = (self.hits.load(Ordering::Relaxed), self.micros.load(Ordering::Relaxed));
        let hits = hits.saturating_sub(self.written_hits.fetch_max(hits, Ordering::Relaxed));
        let micros = micros.saturating_sub(self.written_micros.fetch_max(micros, Ordering::Relaxed));
        (hits > 0).then(|| Count { minute: now / 60 * 60, route, outcome: outcome.into(), hits, micros })
    }
}

fn route_text(policy: &Policy, route: Option<RouteId>) -> String {
    route.map_or_else(|| "-".to_owned(), |id| policy.route_text(id))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Draft, Settings};

    fn policy(rules: &str) -> Policy {
        let (settings, rules) = Settings::parse("doorward.toml", rules, &|_| None).expect("settings");
        Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy")
    }

    const BEFORE: &str = "[[route]]\nmatch = \"GET /a\"\naccess = \"anonymous\"\n";
    const AFTER: &str = "[[route]]\nmatch = \"GET /b\"\naccess = \"anonymous\"\n";

    #[test]
    fn the_store_gets_each_request_once() {
        let (tallies, policy) = (Tallies::default(), policy(BEFORE));
        tallies.count((Some(RouteId(0)), "allow"), 50);
        tallies.count((Some(RouteId(0)), "allow"), 70);
        let counts = tallies.take(&policy, 125);
        assert_eq!((counts[0].hits, counts[0].micros, counts[0].minute), (2, 120, 120));
        assert!(tallies.take(&policy, 125).is_empty());
        tallies.put_back(counts);
        assert_eq!(tallies.take(&policy, 185)[0].minute, 120);
    }

    #[test]
    fn what_was_counted_under_old_rules_keeps_its_route() {
        let tallies = Tallies::default();
        tallies.count((Some(RouteId(0)), "allow"), 300);
        tallies.settle(&policy(BEFORE), 60);
        let after = policy(AFTER);
        tallies.count((Some(RouteId(0)), "allow"), 6_000_000);
        let all = tallies.all(&after);
        let lines: Vec<_> = all.iter().map(|tally| (tally.route.as_str(), tally.hits, tally.within[2])).collect();
        assert_eq!(lines, [("GET /a", 1, 1), ("GET /b", 1, 0)]);
        let written: Vec<_> = tallies.take(&after, 60).into_iter().map(|count| count.route).collect();
        assert_eq!(written, ["GET /a", "GET /b"]);
    }
}
