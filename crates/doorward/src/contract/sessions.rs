//! Sessions: how they begin and go on.

use std::sync::Arc;

use super::fixture::{
    ABSOLUTE, IDLE, NOW, add, commit, is_stored, key, log_in, name, new_user, read, refusal, session_of, sorted,
};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::session::{SessionDigest, SessionHandle};
use crate::store::{Change, Conflict, SessionFilter, SessionLimit, Store, StoredSession, Touch, WhenFull};
use crate::user::UserState;

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_session_is_found_by_key_and_handle_as_it_was_stored),
        check(a_session_has_its_users_realm_and_no_idle_end_past_the_absolute_one),
        check(nobody_logs_in_who_was_disabled_or_changed_meanwhile),
        check(a_log_in_ends_the_session_it_replaces_whosever_it_is),
        check(a_full_user_is_denied_another_session),
        check(the_oldest_session_makes_room),
        check(bearer_tokens_and_cookies_do_not_push_each_other_out),
        check(sessions_whose_time_is_over_take_no_room),
        check(log_ins_at_once_never_exceed_the_limit),
        check(a_refreshed_session_never_goes_backwards_or_past_its_end),
        check(a_confirmed_session_remembers_when),
        check(a_session_that_is_gone_cannot_go_on),
        check(a_sign_of_life_never_goes_backwards_or_past_the_end),
    ]
}

fn limited(session: StoredSession, greatest: u32, when_full: WhenFull) -> Change {
    let limit = Some(SessionLimit { greatest, when_full });
    Change::CreateSession { session, replaces: None, limit }
}

async fn a_session_is_found_by_key_and_handle_as_it_was_stored(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let session = StoredSession {
        created: NOW - 5,
        last_seen: NOW - 4,
        authenticated: NOW - 3,
        remembered: true,
        address: "2001:db8::1".into(),
        device: "Browser % _ \\ 'quoted' \u{1F600}".into(),
        ..session_of(&user, "a")
    };
    let committed = commit(&store, log_in(session.clone())).await;
    assert_eq!(committed.user.map(|user| user.number), Some(user.number));
    assert_eq!(store.session(key("a")).await.expect("an answer"), Some(session.clone()));
    let by_handle = store.session_by_handle(session.digest.handle()).await.expect("an answer");
    assert_eq!(by_handle, Some(session));
    assert_eq!(store.session(key("b")).await.expect("an answer"), None);
    let key_as_handle = SessionHandle(key("a").0);
    assert_eq!(store.session_by_handle(key_as_handle).await.expect("an answer"), None, "a key is no handle");
}

async fn a_session_has_its_users_realm_and_no_idle_end_past_the_absolute_one(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let session =
        StoredSession { realm: name("admin"), idle_end: u32::MAX, remembered: true, ..session_of(&user, "a") };
    commit(&store, log_in(session)).await;
    let stored = store.session(key("a")).await.expect("an answer").expect("the session");
    assert_eq!((stored.realm.as_str(), stored.idle_end), ("customer", NOW + ABSOLUTE));
}

async fn nobody_logs_in_who_was_disabled_or_changed_meanwhile(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let other_epoch = StoredSession { epoch: user.epoch + 1, ..session_of(&user, "a") };
    assert_eq!(refusal(&store, log_in(other_epoch)).await, Conflict::UserChanged);
    let disable = Change::SetState { user: user.number, state: UserState::Disabled, guard: None };
    let disabled = commit(&store, disable).await.user.expect("the user");
    assert_eq!(refusal(&store, log_in(session_of(&disabled, "a"))).await, Conflict::UserChanged);
    assert!(!is_stored(&store, "a").await);
    assert_eq!(read(&store, &user).await.last_login, None);
}

async fn a_log_in_ends_the_session_it_replaces_whosever_it_is(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    commit(&store, log_in(session_of(&anna, "a"))).await;
    let replace = |session, replaced| Change::CreateSession { session, replaces: Some(key(replaced)), limit: None };
    let committed = commit(&store, replace(session_of(&berta, "b"), "a")).await;
    assert_eq!(committed.ended, [key("a")]);
    assert!(!is_stored(&store, "a").await && is_stored(&store, "b").await);
    let committed = commit(&store, replace(session_of(&berta, "c"), "never-stored")).await;
    assert!(committed.ended.is_empty());
}

async fn a_full_user_is_denied_another_session(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    for token in ["a", "b"] {
        commit(&store, limited(session_of(&anna, token), 2, WhenFull::DenyNew)).await;
    }
    let another = limited(session_of(&anna, "c"), 2, WhenFull::DenyNew);
    assert_eq!(refusal(&store, another).await, Conflict::TooManySessions);
    assert!(is_stored(&store, "a").await && is_stored(&store, "b").await && !is_stored(&store, "c").await);
    commit(&store, limited(session_of(&berta, "d"), 2, WhenFull::DenyNew)).await;
    // The session that is replaced makes room itself.
    let limit = Some(SessionLimit { greatest: 2, when_full: WhenFull::DenyNew });
    commit(&store, Change::CreateSession { session: session_of(&anna, "c"), replaces: Some(key("a")), limit }).await;
}

async fn the_oldest_session_makes_room(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let begun = |token, created| StoredSession { created, ..session_of(&user, token) };
    for (token, created) in [("second", NOW - 20), ("first", NOW - 30), ("third", NOW - 10), ("fourth", NOW - 10)] {
        commit(&store, log_in(begun(token, created))).await;
    }
    let committed = commit(&store, limited(begun("fifth", NOW), 3, WhenFull::EvictOldest)).await;
    assert_eq!(sorted(committed.ended), sorted(vec![key("first"), key("second")]));
    let committed = commit(&store, limited(begun("sixth", NOW), 3, WhenFull::EvictOldest)).await;
    assert_eq!(committed.ended, [key("third")], "of one second, the one stored first");
    assert!(is_stored(&store, "fourth").await && is_stored(&store, "fifth").await && is_stored(&store, "sixth").await);
}

async fn bearer_tokens_and_cookies_do_not_push_each_other_out(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let of_kind = |token, bearer| StoredSession { bearer, ..session_of(&user, token) };
    for (token, bearer) in [("a", true), ("b", false)] {
        let committed = commit(&store, limited(of_kind(token, bearer), 1, WhenFull::EvictOldest)).await;
        assert!(committed.ended.is_empty(), "{token}");
        let stored = store.session(key(token)).await.expect("an answer").expect("the session");
        assert_eq!((stored.bearer, stored.remembered), (bearer, false));
    }
    let committed = commit(&store, limited(of_kind("c", true), 1, WhenFull::EvictOldest)).await;
    assert_eq!(committed.ended, [key("a")]);
    assert!(is_stored(&store, "b").await);
}

async fn sessions_whose_time_is_over_take_no_room(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let over = StoredSession { created: NOW - IDLE, idle_end: NOW, ..session_of(&user, "over") };
    commit(&store, log_in(over)).await;
    commit(&store, limited(session_of(&user, "a"), 1, WhenFull::DenyNew)).await;
    let committed = commit(&store, limited(session_of(&user, "b"), 1, WhenFull::EvictOldest)).await;
    assert_eq!(committed.ended, [key("a")]);
}

async fn log_ins_at_once_never_exceed_the_limit(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let log_ins = |when_full: WhenFull| {
        let session = |index: u32| session_of(&user, &format!("{when_full:?}{index}"));
        (0..50).map(|index| limited(session(index), 5, when_full)).collect::<Vec<_>>()
    };
    let answers = commit_at_once(&store, log_ins(WhenFull::DenyNew));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
    commit_at_once(&store, log_ins(WhenFull::EvictOldest));
    let filter = SessionFilter { user: Some(user.number), ..SessionFilter::default() };
    let alive = store.sessions(filter, NOW, Default::default()).await.expect("an answer").items;
    assert_eq!(alive.len(), 5);
}

async fn a_refreshed_session_never_goes_backwards_or_past_its_end(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let refresh = |last_seen, idle_end| Change::RefreshSession { key: key("a"), last_seen, idle_end };
    let expected = [
        ((NOW + 60, NOW + IDLE + 60), (NOW + 60, NOW + IDLE + 60)),
        ((NOW + 30, NOW + IDLE + 30), (NOW + 60, NOW + IDLE + 60)),
        ((NOW + 90, NOW + ABSOLUTE + 90), (NOW + 90, NOW + ABSOLUTE)),
    ];
    for ((last_seen, idle_end), after) in expected {
        commit(&store, refresh(last_seen, idle_end)).await;
        let stored = store.session(key("a")).await.expect("an answer").expect("the session");
        assert_eq!((stored.last_seen, stored.idle_end), after);
    }
}

async fn a_confirmed_session_remembers_when(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    commit(&store, Change::ConfirmSession { key: key("a"), authenticated: NOW + 700 }).await;
    let stored = store.session(key("a")).await.expect("an answer");
    assert_eq!(stored, Some(StoredSession { authenticated: NOW + 700, ..session_of(&user, "a") }));
}

async fn a_session_that_is_gone_cannot_go_on(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    commit(&store, Change::EndSession { key: key("a") }).await;
    let refresh = Change::RefreshSession { key: key("a"), last_seen: NOW, idle_end: NOW + IDLE };
    let confirm = Change::ConfirmSession { key: key("a"), authenticated: NOW };
    for change in [refresh, confirm] {
        assert_eq!(refusal(&store, change).await, Conflict::SessionUnknown);
    }
}

async fn a_sign_of_life_never_goes_backwards_or_past_the_end(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    for token in ["a", "b"] {
        commit(&store, log_in(session_of(&user, token))).await;
    }
    let touch = |token: &str, last_seen, idle_end| Touch { key: SessionDigest::of(token).key(), last_seen, idle_end };
    let touched = vec![
        touch("a", NOW + 120, NOW + IDLE + 120),
        touch("a", NOW + 60, NOW + IDLE + 60),
        touch("gone", NOW + 60, NOW + IDLE + 60),
        touch("b", NOW - 60, NOW + ABSOLUTE + 60),
    ];
    store.touch(touched, vec![]).await.expect("what is gone is passed over");
    for (token, last_seen, idle_end) in [("a", NOW + 120, NOW + IDLE + 120), ("b", NOW, NOW + ABSOLUTE)] {
        let stored = store.session(key(token)).await.expect("an answer").expect("the session");
        assert_eq!((stored.last_seen, stored.idle_end), (last_seen, idle_end));
    }
    assert!(!is_stored(&store, "gone").await, "a sign of life revives nobody");
}
