//! Audit events and counters.

use std::collections::BTreeMap;

use super::lists::{part, place};
use crate::audit::{Count, Event, StoredEvent};
use crate::clock::Time;
use crate::store::{CountFilter, EventFilter, Listed, Page};

/// What was recorded.
#[derive(Default)]
pub(super) struct Audit {
    /// By time, then by number: the order of lists, backwards.
    events: BTreeMap<(Time, u64), Event>,
    greatest: u64,
    counts: BTreeMap<(Time, String, String), Tally>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    hits: u64,
    micros: u64,
}

impl Audit {
    pub(super) fn record(&mut self, events: Vec<Event>, counts: Vec<Count>) {
        for event in events {
            self.greatest += 1;
            self.events.insert((event.at, self.greatest), event);
        }
        for Count { minute, route, outcome, hits, micros } in counts {
            let tally = self.counts.entry((minute, route, outcome)).or_default();
            tally.hits = tally.hits.saturating_add(hits);
            tally.micros = tally.micros.saturating_add(micros);
        }
    }

    pub(super) fn list(&self, filter: &EventFilter, page: &Page) -> Listed<StoredEvent> {
        let Ok(before) = place(page) else { return Listed::default() };
        let before = before.map_or((Time::MAX, u64::MAX), |place| place);
        let matching = self.events.range(..before).rev().filter(|((_, number), event)| {
            filter.number.is_none_or(|wanted| wanted == *number) && matches(event, filter)
        });
        let mut found = matching.map(|((_, number), event)| StoredEvent { number: *number, event: event.clone() });
        part(&mut found, page, |last| format!("{}.{}", last.event.at, last.number))
    }

    pub(super) fn counts(&self, filter: CountFilter) -> Vec<Count> {
        let until = if filter.until == 0 { Time::MAX } else { filter.until };
        let within = self.counts.iter().filter(|((minute, ..), _)| (filter.since..until).contains(minute));
        let counts = within.map(|((minute, route, outcome), tally)| Count {
            minute: *minute,
            route: route.clone(),
            outcome: outcome.clone(),
            hits: tally.hits,
            micros: tally.micros,
        });
        counts.collect()
    }

    pub(super) fn purge(&mut self, keep_since: Time) -> u64 {
        let before = self.events.len() + self.counts.len();
        self.events.retain(|(at, _), _| *at >= keep_since);
        self.counts.retain(|(minute, ..), _| *minute >= keep_since);
        (before - self.events.len() - self.counts.len()) as u64
    }
}

fn matches(event: &Event, filter: &EventFilter) -> bool {
    let EventFilter { number: _, kind, realm, login, address, outcome, since, until } = filter;
    let is = |wanted: &Option<String>, text: Option<&str>| wanted.as_deref().is_none_or(|wanted| Some(wanted) == text);
    is(kind, Some(&event.kind))
        && is(outcome, Some(&event.outcome))
        && is(address, event.address.as_deref())
        && realm.as_ref().is_none_or(|realm| Some(realm) == event.realm.as_ref())
        && (is(login, event.login.as_deref()) || is(login, event.actor.as_deref()))
        && since.is_none_or(|since| event.at >= since)
        && until.is_none_or(|until| event.at < until)
}
