//! Databases, users and sessions for the tests.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use doorward::store::{Change, Committed, NewUser, Store, StoreError, StoredRole, StoredSession};
use doorward::{Login, Name, PasswordHash, SessionDigest, User, UserState};
use doorward_store::Sqlite;
use tempfile::TempDir;

/// When the tests take place.
pub const NOW: u32 = 1_900_000_000;

/// A folder, and the place of a database in it.
pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("its name").join("doorward.db");
    (folder, path)
}

/// A database in a folder of its own.
pub fn database() -> (TempDir, PathBuf, Sqlite) {
    let (folder, path) = place();
    let store = Sqlite::open(&path).expect("a database");
    (folder, path, store)
}

pub fn role(name: &str) -> Change {
    sized_role(name, 10)
}

pub fn sized_role(name: &str, bytes: usize) -> Change {
    let name = Name::parse(name).expect("a name");
    Change::CreateRole { role: StoredRole { name, allow: vec!["x".repeat(bytes)], deny: vec![] }, guard: None }
}

pub async fn roles(store: &Sqlite) -> Vec<String> {
    store.roles().await.expect("roles").into_iter().map(|role| role.name.to_string()).collect()
}

pub fn new_user(login: &str) -> NewUser {
    NewUser {
        realm: Name::parse("customer").expect("a name"),
        id: None,
        login: Login::parse(login).expect("a login"),
        name: String::new(),
        email: None,
        roles: vec![],
        state: UserState::Active,
        attributes: Default::default(),
        password: Some(PasswordHash::new("$hash".into())),
        created: NOW,
    }
}

pub fn log_in(user: &User, token: &str) -> Change {
    let session = StoredSession {
        digest: SessionDigest::of(token),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: NOW,
        last_seen: NOW,
        idle_end: NOW + 1_800,
        absolute_end: NOW + 43_200,
        authenticated: NOW,
        remembered: false,
        bearer: false,
        address: "192.0.2.1".into(),
        device: "Browser/1.0".into(),
    };
    Change::CreateSession { session, replaces: None, limit: None }
}

pub async fn commit(store: &Sqlite, change: Change) -> Committed {
    store.commit(change, vec![]).await.expect("the change is carried out")
}

pub async fn add(store: &Sqlite, new: NewUser) -> User {
    commit(store, Change::CreateUser(new)).await.user.expect("the user")
}

/// What the operator reads when the store is unavailable.
pub fn unavailable<T>(answer: Result<T, StoreError>) -> String {
    match answer {
        Err(StoreError::Unavailable(text)) => text,
        Err(other) => panic!("not unavailable: {other}"),
        Ok(_) => panic!("not refused"),
    }
}
