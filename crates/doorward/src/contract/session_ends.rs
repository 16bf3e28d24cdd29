//! Sessions: how they end.

use std::sync::Arc;

use super::fixture::{
    IDLE, NOW, add, commit, is_stored, key, log_in, name, names, new_administrator, new_user, read, session_of, sorted,
};
use super::{Check, check};
use crate::store::{Change, NewUser, SessionFilter, Store, StoredSession};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(ending_what_has_ended_already_succeeds),
        check(all_sessions_but_one_can_end),
        check(logging_out_everywhere_raises_the_epoch),
        check(all_sessions_that_match_end),
        check(sessions_whose_time_is_over_are_not_said_to_have_ended),
        check(every_session_of_everybody_can_end),
    ]
}

async fn ending_what_has_ended_already_succeeds(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    assert_eq!(commit(&store, Change::EndSession { key: key("a") }).await.ended, [key("a")]);
    assert!(!is_stored(&store, "a").await);
    assert!(commit(&store, Change::EndSession { key: key("a") }).await.ended.is_empty());
    assert_eq!(read(&store, &user).await.epoch, user.epoch);
}

async fn all_sessions_but_one_can_end(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    for token in ["a", "b", "c"] {
        commit(&store, log_in(session_of(&anna, token))).await;
    }
    commit(&store, log_in(session_of(&berta, "other"))).await;
    let committed = commit(&store, Change::EndSessions { user: anna.number, keep: Some(key("b")) }).await;
    assert_eq!(sorted(committed.ended), sorted(vec![key("a"), key("c")]));
    assert_eq!(committed.user.map(|user| user.epoch), Some(anna.epoch), "or the one that stays would end too");
    assert!(is_stored(&store, "b").await && is_stored(&store, "other").await);
    // Somebody else's session is none that could stay.
    let committed = commit(&store, Change::EndSessions { user: anna.number, keep: Some(key("other")) }).await;
    assert_eq!(committed.ended, [key("b")]);
}

async fn logging_out_everywhere_raises_the_epoch(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    for token in ["a", "b"] {
        commit(&store, log_in(session_of(&user, token))).await;
    }
    let committed = commit(&store, Change::EndSessions { user: user.number, keep: None }).await;
    assert_eq!(sorted(committed.ended), sorted(vec![key("a"), key("b")]));
    assert_eq!(committed.user.map(|user| user.epoch), Some(user.epoch + 1));
    let late = log_in(session_of(&user, "c"));
    assert!(store.commit(late, vec![]).await.is_err(), "a log-in from before the cut comes too late");
}

async fn all_sessions_that_match_end(store: Arc<dyn Store>) {
    let anna = add(&store, new_user("anna")).await;
    let berta = add(&store, NewUser { roles: names(&["support"]), ..new_user("berta") }).await;
    let root = add(&store, new_administrator("root")).await;
    let sessions = [
        session_of(&anna, "plain"),
        StoredSession { address: "198.51.100.7".into(), ..session_of(&anna, "address") },
        StoredSession { device: "Robot 100%_\\ off".into(), ..session_of(&anna, "device") },
        StoredSession { created: NOW - 100, ..session_of(&anna, "old") },
        session_of(&berta, "role"),
        session_of(&root, "realm"),
    ];
    let any = SessionFilter::default();
    let filters = [
        (SessionFilter { address: Some("198.51.100.7".into()), ..any.clone() }, vec!["address"]),
        (SessionFilter { device: Some("100%_\\".into()), ..any.clone() }, vec!["device"]),
        (SessionFilter { device: Some("1%".into()), ..any.clone() }, vec![]),
        (SessionFilter { created_before: Some(NOW), ..any.clone() }, vec!["old"]),
        (SessionFilter { role: Some(name("support")), ..any.clone() }, vec!["role"]),
        (SessionFilter { realm: Some(name("admin")), ..any.clone() }, vec!["realm"]),
        (
            SessionFilter { user: Some(anna.number), address: Some("192.0.2.1".into()), ..any.clone() },
            vec!["plain", "device", "old"],
        ),
        (SessionFilter { user: Some(berta.number), realm: Some(name("admin")), ..any.clone() }, vec![]),
        (
            SessionFilter { without_roles: names(&["support", "administrator"]), ..any.clone() },
            vec!["plain", "address", "device", "old"],
        ),
        (
            SessionFilter { realm: Some(name("admin")), without_roles: names(&["support"]), ..any.clone() },
            vec!["realm"],
        ),
        (any, vec!["plain", "address", "device", "old", "role", "realm"]),
    ];
    for (filter, expected) in filters {
        for session in &sessions {
            commit(&store, Change::EndSession { key: session.digest.key() }).await;
            commit(&store, log_in(session.clone())).await;
        }
        let committed = commit(&store, Change::EndMatching { filter: filter.clone(), now: NOW }).await;
        let expected: Vec<_> = expected.into_iter().map(key).collect();
        assert_eq!(sorted(committed.ended), sorted(expected.clone()), "{filter:?}");
        for session in &sessions {
            let ended = expected.contains(&session.digest.key());
            let stored = store.session(session.digest.key()).await.expect("an answer");
            assert_eq!(stored.is_none(), ended, "{filter:?}");
        }
    }
}

async fn sessions_whose_time_is_over_are_not_said_to_have_ended(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let filter = SessionFilter::default();
    let committed = commit(&store, Change::EndMatching { filter: filter.clone(), now: NOW + IDLE }).await;
    assert!(committed.ended.is_empty());
    let committed = commit(&store, Change::EndMatching { filter, now: NOW + IDLE - 1 }).await;
    assert_eq!(committed.ended, [key("a")]);
}

async fn every_session_of_everybody_can_end(store: Arc<dyn Store>) {
    let (anna, root) = (add(&store, new_user("anna")).await, add(&store, new_administrator("root")).await);
    commit(&store, log_in(session_of(&anna, "a"))).await;
    commit(&store, log_in(session_of(&root, "b"))).await;
    let committed = commit(&store, Change::EndEverySession).await;
    assert_eq!(sorted(committed.ended), sorted(vec![key("a"), key("b")]));
    assert!(!is_stored(&store, "a").await && !is_stored(&store, "b").await);
    for user in [anna, root] {
        assert_eq!(read(&store, &user).await.epoch, user.epoch + 1);
    }
}
