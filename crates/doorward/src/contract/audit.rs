//! Audit events and counters.

use std::sync::Arc;

use super::fixture::{NOW, new_user};
use super::{Check, check};
use crate::audit::{Count, Event, EventKind, StoredEvent};
use crate::store::{Change, CountFilter, EventFilter, Page, Store};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_change_and_its_events_are_written_together),
        check(events_are_listed_newest_first_as_they_were_written),
        check(events_are_filtered),
        check(parts_of_a_list_of_events_neither_overlap_nor_leave_out),
        check(counters_add_up_by_minute_route_and_outcome),
        check(counters_are_filtered_by_time),
    ]
}

async fn details(store: &Arc<dyn Store>, filter: EventFilter) -> Vec<String> {
    let listed = store.events(filter, Page::default()).await.expect("an answer");
    listed.items.into_iter().filter_map(|stored| stored.event.detail).collect()
}

async fn a_change_and_its_events_are_written_together(store: Arc<dyn Store>) {
    let event = |text: &str| Event::new(EventKind::UserCreated, NOW).detail(text);
    let change = Change::CreateUser(new_user("anna"));
    store.commit(change.clone(), vec![event("first"), event("second")]).await.expect("a new user");
    assert!(store.commit(change, vec![event("third")]).await.is_err());
    assert_eq!(details(&store, EventFilter::default()).await, ["second", "first"]);
}

async fn events_are_listed_newest_first_as_they_were_written(store: Arc<dyn Store>) {
    let full = Event {
        at: NOW,
        kind: "refused".into(),
        outcome: "csrf".into(),
        realm: Some(super::fixture::name("customer")),
        user: Some(7),
        login: Some("anna".into()),
        actor: Some("root".into()),
        session: Some("handle".into()),
        address: Some("2001:db8::1".into()),
        request: Some("POST /a%20b".into()),
        request_id: Some("r1".into()),
        detail: Some("'quoted' \u{1F600}\nline".into()),
        omitted: 41,
    };
    let late = Event::new(EventKind::Reloaded, NOW - 100).detail("written last, happened first");
    let bare = Event::new(EventKind::Reloaded, NOW);
    store.record(vec![full.clone(), bare.clone(), late.clone()], vec![]).await.expect("an answer");
    let listed = store.events(EventFilter::default(), Page::default()).await.expect("an answer").items;
    let texts: Vec<String> = listed.iter().map(|stored| format!("{:?}", stored.event)).collect();
    assert_eq!(texts, [bare, full, late].map(|event| format!("{event:?}")));
    assert!(listed[0].number > listed[1].number, "of one second, the one written last");
}

async fn events_are_filtered(store: Arc<dyn Store>) {
    let event = |detail: &str| Event::new(EventKind::LogIn, NOW).detail(detail);
    let events = vec![
        Event { login: Some("anna".into()), ..event("login") },
        Event { actor: Some("anna".into()), ..event("actor") },
        Event { login: Some("anna".into()), actor: Some("anna".into()), ..event("both") },
        Event { realm: Some(super::fixture::name("admin")), ..event("realm") },
        Event { address: Some("192.0.2.9".into()), ..event("address") },
        Event { kind: "refused".into(), ..event("kind") },
        event("outcome").outcome("throttled"),
        Event { at: NOW - 10, login: Some("anna".into()), ..event("earlier") },
    ];
    store.record(events, vec![]).await.expect("an answer");
    let any = EventFilter::default();
    let text = |text: &str| Some(text.to_owned());
    let filters = [
        (EventFilter { login: text("anna"), ..any.clone() }, vec!["both", "actor", "login", "earlier"]),
        (EventFilter { login: text("an%"), ..any.clone() }, vec![]),
        (EventFilter { realm: Some(super::fixture::name("admin")), ..any.clone() }, vec!["realm"]),
        (EventFilter { address: text("192.0.2.9"), ..any.clone() }, vec!["address"]),
        (EventFilter { kind: text("refused"), ..any.clone() }, vec!["kind"]),
        (EventFilter { outcome: text("throttled"), ..any.clone() }, vec!["outcome"]),
        (EventFilter { until: Some(NOW), ..any.clone() }, vec!["earlier"]),
        (EventFilter { since: Some(NOW), login: text("anna"), ..any.clone() }, vec!["both", "actor", "login"]),
        (EventFilter { since: Some(NOW - 10), until: Some(NOW - 9), ..any.clone() }, vec!["earlier"]),
        (EventFilter { kind: text("refused"), outcome: text("throttled"), ..any }, vec![]),
    ];
    for (filter, expected) in filters {
        assert_eq!(details(&store, filter.clone()).await, expected, "{filter:?}");
    }
    let all = store.events(EventFilter::default(), Page::default()).await.expect("an answer").items;
    for StoredEvent { number, event } in all {
        let one = EventFilter { number: Some(number), ..EventFilter::default() };
        assert_eq!(details(&store, one.clone()).await, [event.detail.unwrap_or_default()]);
        assert!(details(&store, EventFilter { login: text("nobody"), ..one }).await.is_empty());
    }
    let unknown = EventFilter { number: Some(u64::MAX), ..EventFilter::default() };
    assert!(details(&store, unknown).await.is_empty());
}

async fn parts_of_a_list_of_events_neither_overlap_nor_leave_out(store: Arc<dyn Store>) {
    let mut expected: Vec<String> = (0..20).map(|index| index.to_string()).collect();
    let event = |(index, detail): (usize, &String)| Event {
        login: (index % 2 == 0).then(|| "anna".into()),
        actor: (index % 2 == 1).then(|| "anna".into()),
        ..Event::new(EventKind::LogIn, NOW + index as u32 / 6).detail(detail.clone())
    };
    let events = expected.iter().enumerate().map(event).collect();
    store.record(events, vec![]).await.expect("an answer");
    expected.reverse();
    for login in [None, Some("anna".to_owned())] {
        let (mut found, mut after) = (vec![], None);
        loop {
            let filter = EventFilter { login: login.clone(), ..EventFilter::default() };
            let part = store.events(filter, Page { after, limit: 7 }).await.expect("an answer");
            found.extend(part.items.into_iter().filter_map(|stored| stored.event.detail));
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected);
    }
}

fn count(minute: u32, route: &str, outcome: &str, hits: u64) -> Count {
    Count { minute, route: route.into(), outcome: outcome.into(), hits, micros: hits * 10 }
}

async fn counters_add_up_by_minute_route_and_outcome(store: Arc<dyn Store>) {
    let minute = NOW / 60 * 60;
    store.record(vec![], vec![count(minute, "b", "allow", 1), count(minute, "a", "csrf", 2)]).await.expect("an answer");
    let more =
        vec![count(minute, "b", "allow", 3), count(minute - 60, "b", "allow", 4), count(minute, "a", "allow", 5)];
    store.record(vec![], more).await.expect("an answer");
    let expected = [
        count(minute - 60, "b", "allow", 4),
        count(minute, "a", "allow", 5),
        count(minute, "a", "csrf", 2),
        count(minute, "b", "allow", 4),
    ];
    assert_eq!(store.counts(CountFilter::default()).await.expect("an answer"), expected);
}

async fn counters_are_filtered_by_time(store: Arc<dyn Store>) {
    let counts: Vec<Count> = (1..5).map(|index| count(index * 60, "a", "allow", 1)).collect();
    store.record(vec![], counts.clone()).await.expect("an answer");
    let within = store.counts(CountFilter { since: 120, until: 240 }).await.expect("an answer");
    assert_eq!(within, counts[1..3]);
    let from = store.counts(CountFilter { since: 180, until: 0 }).await.expect("an answer");
    assert_eq!(from, counts[2..]);
}
