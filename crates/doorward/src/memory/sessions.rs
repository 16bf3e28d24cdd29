//! The sessions, found by key, handle and user.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::clock::Time;
use crate::session::{SessionHandle, SessionKey};
use crate::store::{Seen, StoredSession, Touch};
use crate::user::UserNumber;

/// The table of sessions. Their numbers say in which order they began.
#[derive(Clone, Default)]
pub(super) struct Sessions {
    by_number: BTreeMap<u64, StoredSession>,
    by_key: HashMap<SessionKey, u64>,
    by_handle: HashMap<SessionHandle, u64>,
    by_user: BTreeSet<(u32, u64)>,
    greatest: u64,
}

impl Sessions {
    pub(super) fn by_key(&self, key: SessionKey) -> Option<&StoredSession> {
        self.by_number.get(self.by_key.get(&key)?)
    }

    pub(super) fn by_key_mut(&mut self, key: SessionKey) -> Option<&mut StoredSession> {
        self.by_number.get_mut(self.by_key.get(&key)?)
    }

    pub(super) fn by_handle(&self, handle: SessionHandle) -> Option<&StoredSession> {
        self.by_number.get(self.by_handle.get(&handle)?)
    }

    /// All sessions with their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &StoredSession)> {
        self.by_number.iter().map(|(number, session)| (*number, session))
    }

    /// The sessions of a user, in the order in which they began.
    pub(super) fn of(&self, user: UserNumber) -> impl Iterator<Item = &StoredSession> {
        let numbers = self.by_user.range((user.0, 0)..=(user.0, u64::MAX));
        numbers.filter_map(|(_, number)| self.by_number.get(number))
    }

    pub(super) fn insert(&mut self, mut session: StoredSession) {
        session.idle_end = session.idle_end.min(session.absolute_end);
        self.greatest += 1;
        self.by_key.insert(session.digest.key(), self.greatest);
        self.by_handle.insert(session.digest.handle(), self.greatest);
        self.by_user.insert((session.user.0, self.greatest));
        self.by_number.insert(self.greatest, session);
    }

    /// Ends a session, and says whether there was one.
    pub(super) fn remove(&mut self, key: SessionKey) -> bool {
        let Some(number) = self.by_key.remove(&key) else { return false };
        if let Some(session) = self.by_number.remove(&number) {
            self.by_handle.remove(&session.digest.handle());
            self.by_user.remove(&(session.user.0, number));
        }
        true
    }

    /// Notes a sign of life, and says whose it is.
    pub(super) fn touch(&mut self, touch: Touch) -> Option<Seen> {
        let session = self.by_key_mut(touch.key)?;
        session.last_seen = session.last_seen.max(touch.last_seen);
        session.idle_end = session.idle_end.max(touch.idle_end).min(session.absolute_end);
        Some(Seen { user: session.user, at: touch.last_seen })
    }

    pub(super) fn purge(&mut self, now: Time) -> u64 {
        let over = self.by_number.values().filter(|session| !is_alive(session, now));
        let over: Vec<SessionKey> = over.map(|session| session.digest.key()).collect();
        for key in &over {
            self.remove(*key);
        }
        over.len() as u64
    }
}

/// Whether the session's time is not over.
pub(super) fn is_alive(session: &StoredSession, now: Time) -> bool {
    now < session.idle_end
}
