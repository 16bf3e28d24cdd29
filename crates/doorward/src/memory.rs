//! A store in memory: for tests, demonstrations, and services that need no file.

mod announcements;
mod audit;
mod change;
mod lists;
mod sessions;
mod state;
mod users;

use std::sync::{Mutex, PoisonError};

use crate::audit::{Count, Event, StoredEvent};
use crate::clock::Time;
use crate::name::Name;
use crate::session::{SessionHandle, SessionKey};
use crate::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoreError, StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use crate::user::{Login, User, UserId, UserNumber};
use state::State;

/// A store that lasts as long as the process: users, sessions, roles and audit events behind one lock.
///
/// It passes the same tests as every other store.
///
/// ```
/// use std::sync::Arc;
/// use doorward::MemoryStore;
/// use doorward::store::Store;
///
/// let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
/// ```
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers when it is asked for the first time; nothing here waits.
    ///
    /// No change leaves a state half done: each looks at everything that may refuse it before it alters anything.
    fn answer<'s, T>(&'s self, act: impl FnOnce(&mut State) -> Result<T, StoreError> + Send + 's) -> Answer<'s, T> {
        Box::pin(async move { act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner)) })
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed> {
        self.answer(|state| {
            let committed = state.carry_out(change)?;
            state.audit.record(events, vec![]);
            Ok(committed)
        })
    }

    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        self.answer(move |state| Ok(state.sessions.by_key(key).cloned()))
    }

    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        self.answer(move |state| Ok(state.sessions.by_handle(handle).cloned()))
    }

    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>> {
        self.answer(move |state| Ok(state.list_sessions(&filter, now, &page)))
    }

    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        self.answer(move |state| Ok(state.users.by_number(number).cloned()))
    }

    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>> {
        self.answer(move |state| Ok(state.users.by_login(&realm, &login).cloned()))
    }

    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>> {
        self.answer(move |state| Ok(state.users.by_id(&realm, &id).cloned()))
    }

    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>> {
        self.answer(move |state| Ok(state.list_users(&filter, order, &page)))
    }

    fn user_count(&self, filter: UserFilter, most: u64) -> Answer<'_, u64> {
        self.answer(move |state| Ok(state.count_users(&filter).min(most)))
    }

    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>> {
        self.answer(move |state| Ok(state.code_owner(&digest, now).cloned()))
    }

    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        self.answer(|state| Ok(state.roles.values().cloned().collect()))
    }

    fn changes_since(&self, seq: u64) -> Answer<'_, Feed> {
        self.answer(move |state| Ok(state.announcements.since(seq)))
    }

    fn touch(&self, touched: Vec<Touch>, seen: Vec<Seen>) -> Answer<'_, ()> {
        self.answer(|state| {
            let owners = touched.into_iter().filter_map(|touch| state.sessions.touch(touch));
            let seen: Vec<Seen> = owners.chain(seen).collect();
            seen.into_iter().for_each(|seen| state.users.saw(seen));
            Ok(())
        })
    }

    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()> {
        self.answer(|state| {
            state.audit.record(events, counts);
            Ok(())
        })
    }

    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>> {
        self.answer(move |state| Ok(state.audit.list(&filter, &page)))
    }

    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>> {
        self.answer(move |state| Ok(state.audit.counts(filter)))
    }

    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]> {
        self.answer(move |state| state.secret(name))
    }

    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64> {
        self.answer(move |state| Ok(state.purge(now, keep_since)))
    }
}
