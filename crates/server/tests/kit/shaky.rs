//! A store that fails when it is told to.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use doorward::audit::{Count, Event, StoredEvent};
use doorward::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoreError, StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use doorward::{Login, MemoryStore, Name, SessionHandle, SessionKey, Time, User, UserId, UserNumber};

/// A store in memory with moods.
#[derive(Default)]
pub struct Shaky {
    inner: MemoryStore,
    mood: AtomicU8,
}

/// How it answers.
#[derive(Clone, Copy)]
pub enum Mood {
    /// As it should.
    Well = 0,
    /// That it is unavailable.
    Away = 1,
    /// Not at all, until it is well again.
    Stuck = 2,
    /// With a panic, as no store should.
    Broken = 3,
}

impl Shaky {
    /// Answers like this from now on.
    pub fn be(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    fn is(&self, mood: Mood) -> bool {
        self.mood.load(Ordering::SeqCst) == mood as u8
    }

    fn moody<'a, T: Send + 'a>(&'a self, well: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            assert!(!self.is(Mood::Broken), "a store that panics");
            if self.is(Mood::Away) {
                return Err(StoreError::Unavailable("told to be away".into()));
            }
            while self.is(Mood::Stuck) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            well.await
        })
    }
}

impl Store for Shaky {
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed> {
        self.moody(self.inner.commit(change, events))
    }

    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        self.moody(self.inner.session(key))
    }

    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        self.moody(self.inner.session_by_handle(handle))
    }

    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>> {
        self.moody(self.inner.sessions(filter, now, page))
    }

    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        self.moody(self.inner.user(number))
    }

    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>> {
        self.moody(self.inner.user_by_login(realm, login))
    }

    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>> {
        self.moody(self.inner.user_by_id(realm, id))
    }

    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>> {
        self.moody(self.inner.users(filter, order, page))
    }

    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>> {
        self.moody(self.inner.code_owner(digest, now))
    }

    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        self.moody(self.inner.roles())
    }

    fn changes_since(&self, seq: u64) -> Answer<'_, Feed> {
        self.moody(self.inner.changes_since(seq))
    }

    fn touch(&self, touched: Vec<Touch>, seen: Vec<Seen>) -> Answer<'_, ()> {
        self.moody(self.inner.touch(touched, seen))
    }

    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()> {
        self.moody(self.inner.record(events, counts))
    }

    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>> {
        self.moody(self.inner.events(filter, page))
    }

    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>> {
        self.moody(self.inner.counts(filter))
    }

    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]> {
        self.moody(self.inner.secret(name))
    }

    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64> {
        self.moody(self.inner.purge(now, keep_since))
    }
}
