//! Users and sessions for the checks.

use std::sync::Arc;

use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::name::Name;
use crate::session::{SessionDigest, SessionKey};
use crate::store::{
    Change, Changed, Committed, Conflict, EventFilter, NewUser, News, Page, Store, StoreError, StoredSession,
};
use crate::user::{Login, PasswordHash, User, UserState};

/// When the checks take place.
pub(super) const NOW: Time = 1_900_000_000;
/// Sessions of the checks end after so many seconds without use.
pub(super) const IDLE: Time = 1_800;
/// Sessions of the checks end after so many seconds in any case.
pub(super) const ABSOLUTE: Time = 43_200;

pub(super) fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub(super) fn names(texts: &[&str]) -> Vec<Name> {
    texts.iter().map(|text| name(text)).collect()
}

pub(super) fn login(text: &str) -> Login {
    Login::parse(text).expect("a login")
}

pub(super) fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(format!("$hash${text}"))
}

/// An active user of the realm `customer` with a password and no roles.
pub(super) fn new_user(text: &str) -> NewUser {
    NewUser {
        realm: name("customer"),
        id: None,
        login: login(text),
        name: String::new(),
        email: None,
        roles: vec![],
        state: UserState::Active,
        attributes: serde_json::Map::new(),
        password: Some(hash("first")),
        created: NOW,
    }
}

/// An active user of the realm `admin` with the role `administrator`.
pub(super) fn new_administrator(text: &str) -> NewUser {
    NewUser { realm: name("admin"), roles: names(&["administrator"]), ..new_user(text) }
}

/// A session of `user` that begins now. Its token is `token`.
pub(super) fn session_of(user: &User, token: &str) -> StoredSession {
    StoredSession {
        digest: SessionDigest::of(token),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: NOW,
        last_seen: NOW,
        idle_end: NOW + IDLE,
        absolute_end: NOW + ABSOLUTE,
        authenticated: NOW,
        remembered: false,
        bearer: false,
        address: "192.0.2.1".into(),
        device: "Browser/1.0".into(),
    }
}

pub(super) fn key(token: &str) -> SessionKey {
    SessionDigest::of(token).key()
}

pub(super) fn log_in(session: StoredSession) -> Change {
    Change::CreateSession { session, replaces: None, limit: None }
}

/// Commits a change that must succeed.
pub(super) async fn commit(store: &Arc<dyn Store>, change: Change) -> Committed {
    store.commit(change, vec![]).await.expect("the change is carried out")
}

/// Commits a change that must be refused, and sees to it that nothing is left of it: no event, no announcement.
pub(super) async fn refusal(store: &Arc<dyn Store>, change: Change) -> Conflict {
    let seq = seq(store).await;
    let event = Event::new(EventKind::Reloaded, NOW).detail("must not be written");
    let refused = store.commit(change, vec![event]).await;
    assert!(announced(store, seq).await.is_empty(), "a refused change announces nothing");
    let events = store.events(EventFilter::default(), Page::default()).await.expect("events");
    let left = events.items.iter().any(|stored| stored.event.detail.as_deref() == Some("must not be written"));
    assert!(!left, "a refused change writes no event");
    match refused {
        Err(StoreError::Conflict(conflict)) => conflict,
        Err(error) => panic!("not refused, but failed: {error}"),
        Ok(_) => panic!("carried out"),
    }
}

/// Adds a user.
pub(super) async fn add(store: &Arc<dyn Store>, new: NewUser) -> User {
    commit(store, Change::CreateUser(new)).await.user.expect("the user who was added")
}

/// The user as the store has them.
pub(super) async fn read(store: &Arc<dyn Store>, user: &User) -> User {
    store.user(user.number).await.expect("an answer").expect("the user")
}

pub(super) async fn is_stored(store: &Arc<dyn Store>, token: &str) -> bool {
    store.session(key(token)).await.expect("an answer").is_some()
}

pub(super) async fn seq(store: &Arc<dyn Store>) -> u64 {
    store.changes_since(u64::MAX).await.expect("an answer").seq
}

/// What was announced after `seq`.
pub(super) async fn announced(store: &Arc<dyn Store>, seq: u64) -> Vec<Changed> {
    match store.changes_since(seq).await.expect("an answer").news {
        News::Changed(changes) => changes,
        News::Lost => panic!("the news of a moment ago are lost"),
    }
}

/// Keys in an order of their own, so that sets can be compared.
pub(super) fn sorted(mut keys: Vec<SessionKey>) -> Vec<[u8; 16]> {
    keys.sort_by_key(|key| key.0);
    keys.into_iter().map(|key| key.0).collect()
}
