//! The feed: everybody learns what has changed.

use std::sync::Arc;

use super::fixture::{NOW, add, announced, commit, hash, key, log_in, name, names, new_user, seq, session_of};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::audit::{Event, EventKind};
use crate::store::{Change, Changed, Feed, NewUser, News, SessionFilter, Store, StoredRole, Touch};
use crate::user::UserState;

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(an_empty_feed_says_where_it_stands),
        check(a_number_from_the_future_means_that_all_is_lost),
        check(every_change_of_a_user_is_announced),
        check(every_session_that_begins_or_ends_is_announced),
        check(sessions_that_end_with_a_user_are_announced),
        check(forgiven_failures_are_announced),
        check(roles_are_announced_with_whoever_had_them),
        check(the_end_of_every_session_is_announced_as_everything),
        check(what_decisions_do_not_ask_about_is_not_announced),
        check(changes_at_once_are_each_announced_once),
    ]
}

/// What exactly one change announces, in an order of its own.
async fn announces(store: &Arc<dyn Store>, change: Change, expected: &[Changed]) {
    let before = seq(store).await;
    let committed = commit(store, change).await;
    let mut changes = announced(store, before).await;
    let mut expected = expected.to_vec();
    for list in [&mut changes, &mut expected] {
        list.sort_by_key(|change| {
            format!("{change:?}{:?}", if let Changed::Session(key) = change { key.0 } else { [0; 16] })
        });
    }
    assert_eq!(changes, expected);
    assert_eq!(committed.seq, before + expected.len() as u64);
    assert_eq!(seq(store).await, committed.seq);
}

async fn an_empty_feed_says_where_it_stands(store: Arc<dyn Store>) {
    let now = store.changes_since(u64::MAX).await.expect("an answer");
    assert_eq!(now.news, News::Changed(vec![]));
    assert_eq!(store.changes_since(now.seq).await.expect("an answer"), now);
    let committed = commit(&store, Change::CreateUser(new_user("anna"))).await;
    let user = committed.user.expect("the user").number;
    let feed = Feed { seq: committed.seq, news: News::Changed(vec![Changed::User(user)]) };
    for _ in 0..2 {
        assert_eq!(store.changes_since(now.seq).await.expect("an answer"), feed);
    }
    let after = store.changes_since(committed.seq).await.expect("an answer");
    assert_eq!(after, Feed { seq: committed.seq, news: News::Changed(vec![]) });
}

async fn a_number_from_the_future_means_that_all_is_lost(store: Arc<dyn Store>) {
    add(&store, new_user("anna")).await;
    let now = seq(&store).await;
    let feed = store.changes_since(now + 1_000).await.expect("an answer");
    assert_eq!(feed, Feed { seq: now, news: News::Lost });
}

async fn every_change_of_a_user_is_announced(store: Arc<dyn Store>) {
    let number = add(&store, new_user("anna")).await.number;
    let user = [Changed::User(number)];
    let rename =
        Change::UpdateUser { user: number, login: None, name: Some("A".into()), email: None, attributes: None };
    announces(&store, rename, &user).await;
    announces(&store, Change::SetState { user: number, state: UserState::Disabled, guard: None }, &user).await;
    announces(&store, Change::SetState { user: number, state: UserState::Active, guard: None }, &user).await;
    let give = || Change::ChangeRoles { user: number, add: names(&["a"]), remove: vec![], guard: None };
    announces(&store, give(), &user).await;
    announces(&store, give(), &[]).await;
    announces(&store, Change::Rehash { user: number, old: hash("first"), new: hash("better") }, &user).await;
    announces(&store, Change::EndSessions { user: number, keep: None }, &user).await;
    announces(&store, Change::RemoveUser { user: number, guard: None }, &user).await;
}

async fn every_session_that_begins_or_ends_is_announced(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let [a, b, c] = ["a", "b", "c"].map(|token| Changed::Session(key(token)));
    announces(&store, log_in(session_of(&user, "a")), &[a]).await;
    let replace = Change::CreateSession { session: session_of(&user, "b"), replaces: Some(key("a")), limit: None };
    announces(&store, replace, &[a, b]).await;
    announces(&store, Change::RefreshSession { key: key("b"), last_seen: NOW + 1, idle_end: NOW + 99 }, &[b]).await;
    announces(&store, Change::ConfirmSession { key: key("b"), authenticated: NOW }, &[b]).await;
    announces(&store, log_in(session_of(&user, "c")), &[c]).await;
    announces(&store, Change::EndSessions { user: user.number, keep: Some(key("c")) }, &[b]).await;
    announces(&store, Change::EndMatching { filter: SessionFilter::default(), now: NOW }, &[c]).await;
    announces(&store, Change::EndSession { key: key("c") }, &[]).await;
    announces(&store, log_in(session_of(&user, "a")), &[a]).await;
    announces(&store, Change::EndSession { key: key("a") }, &[a]).await;
}

async fn sessions_that_end_with_a_user_are_announced(store: Arc<dyn Store>) {
    let mut user = add(&store, new_user("anna")).await;
    let number = user.number;
    let endings = [
        Change::SetState { user: number, state: UserState::Disabled, guard: None },
        Change::ChangeRoles { user: number, add: names(&["a"]), remove: vec![], guard: None },
        Change::EndSessions { user: number, keep: None },
        Change::RemoveUser { user: number, guard: None },
    ];
    for ending in endings {
        commit(&store, log_in(session_of(&user, "a"))).await;
        announces(&store, ending, &[Changed::Session(key("a")), Changed::User(number)]).await;
        if store.user(number).await.expect("an answer").is_some() {
            let enable = Change::SetState { user: number, state: UserState::Active, guard: None };
            user = commit(&store, enable).await.user.expect("the user");
        }
    }
}

async fn forgiven_failures_are_announced(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let unlocked = Changed::Unlocked(user.number);
    announces(&store, Change::Unlock { user: user.number }, &[unlocked]).await;
    let session = Some(session_of(&user, "b"));
    let set = Change::SetPassword { user: user.number, epoch: user.epoch, password: hash("second"), session };
    let [a, b] = ["a", "b"].map(|token| Changed::Session(key(token)));
    announces(&store, set, &[a, b, Changed::User(user.number), unlocked]).await;
    commit(&store, Change::IssueCode { user: user.number, digest: [1; 32], expires: NOW + 60 }).await;
    let redeem = Change::RedeemCode { digest: [1; 32], now: NOW, password: hash("third") };
    announces(&store, redeem, &[b, Changed::User(user.number), unlocked]).await;
}

async fn roles_are_announced_with_whoever_had_them(store: Arc<dyn Store>) {
    let role = StoredRole { name: name("support"), allow: vec![], deny: vec![] };
    announces(&store, Change::CreateRole { role: role.clone(), guard: None }, &[Changed::Roles]).await;
    announces(&store, Change::ReplaceRole { role, guard: None }, &[Changed::Roles]).await;
    let user = add(&store, NewUser { roles: names(&["support"]), ..new_user("anna") }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let expected = [Changed::Session(key("a")), Changed::User(user.number), Changed::Roles];
    announces(&store, Change::RemoveRole { name: name("support"), guard: None }, &expected).await;
}

async fn the_end_of_every_session_is_announced_as_everything(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    announces(&store, Change::EndEverySession, &[Changed::Everything]).await;
}

async fn what_decisions_do_not_ask_about_is_not_announced(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    announces(&store, Change::CountFailure { user: user.number }, &[]).await;
    announces(&store, Change::IssueCode { user: user.number, digest: [1; 32], expires: NOW }, &[]).await;
    let before = seq(&store).await;
    store
        .touch(vec![Touch { key: key("a"), last_seen: NOW + 60, idle_end: NOW + 99 }], vec![])
        .await
        .expect("an answer");
    store.record(vec![Event::new(EventKind::Reloaded, NOW)], vec![]).await.expect("an answer");
    store.secret("test").await.expect("a secret");
    store.purge(NOW + 100_000, NOW + 100_000).await.expect("an answer");
    assert!(announced(&store, before).await.is_empty());
    assert_eq!(seq(&store).await, before);
}

async fn changes_at_once_are_each_announced_once(store: Arc<dyn Store>) {
    let before = seq(&store).await;
    let adds = (0..50).map(|index| Change::CreateUser(new_user(&format!("user{index}"))));
    let answers = commit_at_once(&store, adds.collect());
    let mut added: Vec<_> = answers.into_iter().flatten().filter_map(|committed| committed.user).collect();
    added.sort_by_key(|user| user.number);
    let mut news: Vec<_> = announced(&store, before).await;
    news.sort_by_key(|change| if let Changed::User(number) = change { number.0 } else { 0 });
    assert_eq!(news, added.iter().map(|user| Changed::User(user.number)).collect::<Vec<_>>());
    assert_eq!(seq(&store).await, before + 50);
}
