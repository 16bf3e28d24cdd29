//! What is over goes.

use std::sync::Arc;

use super::fixture::{IDLE, NOW, add, commit, hash, is_stored, log_in, new_user, refusal, session_of};
use super::{Check, check};
use crate::audit::{Count, Event, EventKind};
use crate::store::{Change, Conflict, CountFilter, EventFilter, Page, Store, StoredSession};

pub(super) fn checks() -> Vec<Check> {
    vec![check(what_is_over_goes_and_what_is_not_stays)]
}

async fn what_is_over_goes_and_what_is_not_stays(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    let later = NOW + IDLE;
    let alive = StoredSession { idle_end: later + 1, ..session_of(&anna, "alive") };
    let at_its_end = StoredSession { idle_end: u32::MAX, absolute_end: later, ..session_of(&anna, "at its end") };
    for session in [session_of(&anna, "idle"), alive, at_its_end] {
        commit(&store, log_in(session)).await;
    }
    commit(&store, Change::IssueCode { user: anna.number, digest: [1; 32], expires: later }).await;
    commit(&store, Change::IssueCode { user: berta.number, digest: [2; 32], expires: later + 1 }).await;
    let keep_since = NOW - 120;
    let events = [keep_since - 1, keep_since].map(|at| Event::new(EventKind::Reloaded, at));
    let count = |minute| Count { minute, route: "-".into(), outcome: "allow".into(), hits: 1, micros: 1 };
    let counts = vec![count(keep_since - 60), count(keep_since)];
    store.record(events.to_vec(), counts).await.expect("an answer");

    assert_eq!(store.purge(later, keep_since).await.expect("an answer"), 5, "2 sessions, a code, an event, a counter");
    assert!(
        is_stored(&store, "alive").await && !is_stored(&store, "idle").await && !is_stored(&store, "at its end").await
    );
    let redeem = |digest| Change::RedeemCode { digest: [digest; 32], now: NOW, password: hash("new") };
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
    commit(&store, redeem(2)).await;
    let events = store.events(EventFilter::default(), Page::default()).await.expect("an answer");
    assert_eq!(events.items.iter().map(|stored| stored.event.at).collect::<Vec<_>>(), [keep_since]);
    assert_eq!(store.counts(CountFilter::default()).await.expect("an answer"), [count(keep_since)]);
    assert_eq!(store.purge(later, keep_since).await.expect("an answer"), 0);
}
