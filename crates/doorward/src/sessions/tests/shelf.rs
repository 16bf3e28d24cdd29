//! A store that counts its questions, answers when it is told to, and fails when it is told to.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::watch;

use crate::audit::{Count, Event, StoredEvent};
use crate::clock::Time;
use crate::name::Name;
use crate::session::{SessionHandle, SessionKey};
use crate::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoreError, StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use crate::user::{Login, User, UserId, UserNumber};

/// The store.
pub(crate) struct Shelf {
    sessions: Mutex<HashMap<[u8; 16], StoredSession>>,
    users: Mutex<HashMap<u32, User>>,
    asked: AtomicUsize,
    fails: AtomicBool,
    open: watch::Sender<bool>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            sessions: Mutex::default(),
            users: Mutex::default(),
            asked: AtomicUsize::new(0),
            fails: AtomicBool::new(false),
            open: watch::Sender::new(true),
        }
    }
}

impl Shelf {
    pub(crate) fn put(&self, session: StoredSession) {
        self.sessions.lock().expect("unpoisoned").insert(session.digest.key().0, session);
    }

    pub(crate) fn put_user(&self, user: User) {
        self.users.lock().expect("unpoisoned").insert(user.number.0, user);
    }

    pub(crate) fn remove(&self, key: SessionKey) {
        self.sessions.lock().expect("unpoisoned").remove(&key.0);
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// From now on it looks, and does not answer.
    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    /// Waits until somebody asks.
    pub(crate) async fn asked_once(&self) {
        while self.asked() == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn open_when_asked(&self) {
        self.asked_once().await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.open();
    }

    /// Looks at once, and answers when the shelf is open.
    fn answer<T: Send + 'static>(&self, found: T) -> Answer<'_, T> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut open = self.open.subscribe();
        Box::pin(async move {
            let _ = open.wait_for(|is_open| *is_open).await;
            if self.fails.load(Ordering::SeqCst) {
                Err(StoreError::Unavailable("told to fail".into()))
            } else {
                Ok(found)
            }
        })
    }
}

fn never<T>() -> T {
    unreachable!("a hot table reads sessions and users, and nothing else")
}

impl Store for Shelf {
    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        let found = self.sessions.lock().expect("unpoisoned").get(&key.0).cloned();
        self.answer(found)
    }

    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        let found = self.users.lock().expect("unpoisoned").get(&number.0).cloned();
        self.answer(found)
    }

    fn commit(&self, _: Change, _: Vec<Event>) -> Answer<'_, Committed> {
        never()
    }

    fn session_by_handle(&self, _: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        never()
    }

    fn sessions(&self, _: SessionFilter, _: Time, _: Page) -> Answer<'_, Listed<ListedSession>> {
        never()
    }

    fn user_by_login(&self, _: Name, _: Login) -> Answer<'_, Option<User>> {
        never()
    }

    fn user_by_id(&self, _: Name, _: UserId) -> Answer<'_, Option<User>> {
        never()
    }

    fn users(&self, _: UserFilter, _: UserOrder, _: Page) -> Answer<'_, Listed<User>> {
        never()
    }

    fn code_owner(&self, _: [u8; 32], _: Time) -> Answer<'_, Option<User>> {
        never()
    }

    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        never()
    }

    fn changes_since(&self, _: u64) -> Answer<'_, Feed> {
        never()
    }

    fn touch(&self, _: Vec<Touch>, _: Vec<Seen>) -> Answer<'_, ()> {
        never()
    }

    fn record(&self, _: Vec<Event>, _: Vec<Count>) -> Answer<'_, ()> {
        never()
    }

    fn events(&self, _: EventFilter, _: Page) -> Answer<'_, Listed<StoredEvent>> {
        never()
    }

    fn counts(&self, _: CountFilter) -> Answer<'_, Vec<Count>> {
        never()
    }

    fn secret(&self, _: &'static str) -> Answer<'_, [u8; 32]> {
        never()
    }

    fn purge(&self, _: Time, _: Time) -> Answer<'_, u64> {
        never()
    }
}
