//! A store that can be taken away.

use std::sync::atomic::{AtomicBool, Ordering};

use doorward::audit::{Count, Event, StoredEvent};
use doorward::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoreError, StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use doorward::{Login, MemoryStore, Name, SessionHandle, SessionKey, Time, User, UserId, UserNumber};

/// A store in memory that answers nothing while it is broken, or reads and does not write.
#[derive(Default)]
pub struct Breakable {
    store: MemoryStore,
    broken: AtomicBool,
    read_only: AtomicBool,
}

impl Breakable {
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    pub fn set_read_only(&self, read_only: bool) {
        self.read_only.store(read_only, Ordering::SeqCst);
    }

    fn read<'a, T: Send + 'a>(&'a self, ask: impl FnOnce(&'a MemoryStore) -> Answer<'a, T>) -> Answer<'a, T> {
        if self.broken.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::Unavailable("taken away by a test".into())) });
        }
        ask(&self.store)
    }

    fn write<'a, T: Send + 'a>(&'a self, ask: impl FnOnce(&'a MemoryStore) -> Answer<'a, T>) -> Answer<'a, T> {
        if self.read_only.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::Unavailable("read-only for a test".into())) });
        }
        self.read(ask)
    }
}

impl Store for Breakable {
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed> {
        self.write(|store| store.commit(change, events))
    }

    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        self.read(|store| store.session(key))
    }

    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        self.read(|store| store.session_by_handle(handle))
    }

    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>> {
        self.read(|store| store.sessions(filter, now, page))
    }

    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        self.read(|store| store.user(number))
    }

    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>> {
        self.read(|store| store.user_by_login(realm, login))
    }

    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>> {
        self.read(|store| store.user_by_id(realm, id))
    }

    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>> {
        self.read(|store| store.users(filter, order, page))
    }

    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>> {
        self.read(|store| store.code_owner(digest, now))
    }

    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        self.read(|store| store.roles())
    }

    fn changes_since(&self, seq: u64) -> Answer<'_, Feed> {
        self.read(|store| store.changes_since(seq))
    }

    fn touch(&self, touched: Vec<Touch>, seen: Vec<Seen>) -> Answer<'_, ()> {
        self.write(|store| store.touch(touched, seen))
    }

    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()> {
        self.write(|store| store.record(events, counts))
    }

    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>> {
        self.read(|store| store.events(filter, page))
    }

    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>> {
        self.read(|store| store.counts(filter))
    }

    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]> {
        self.read(|store| store.secret(name))
    }

    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64> {
        self.write(|store| store.purge(now, keep_since))
    }
}
