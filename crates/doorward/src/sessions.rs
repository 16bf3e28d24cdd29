//! The hot table of sessions: loaded on a miss, touched now and then, swept, capped.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use papaya::HashMap;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use crate::clock::Time;
use crate::session::{Session, SessionKey};
use crate::store::{Store, StoreError, StoredSession, Touch};

/// Sessions in memory.
pub(crate) struct Sessions {
    table: HashMap<SessionKey, Session, BuildHasherDefault<KeyHasher>>,
    /// Keys that no session has, with the time until which that is believed.
    unknown: Cache<SessionKey, Time>,
    /// Goes up with every change, so that what was read before a change is not remembered after it.
    version: AtomicU64,
    /// Signs of life that wait to be written, in several lists: each has a lock, and many sessions at once must not wait for one.
    touched: [Mutex<Vec<Touch>>; Self::LISTS],
    /// Look-ups in the store at the same time: a flood of unknown tokens waits in line here, and not there.
    look_ups: Semaphore,
    greatest: usize,
}

impl Sessions {
    /// A key that was looked for in vain is not looked for again for so many seconds.
    const UNKNOWN_FOR: u32 = 10;
    const UNKNOWN_AT_MOST: usize = 16_384;
    const LOOK_UPS: usize = 64;
    const LISTS: usize = 16;
    /// The time of the last use is written at most once in so many seconds.
    pub(crate) const TOUCH_EVERY: u32 = 60;

    /// A table of at most `greatest` sessions; what is over is read from the store again when it is needed.
    pub(crate) fn new(greatest: usize) -> Self {
        Self {
            table: HashMap::default(),
            unknown: Cache::new(Self::UNKNOWN_AT_MOST),
            version: AtomicU64::new(0),
            touched: Default::default(),
            look_ups: Semaphore::new(Self::LOOK_UPS),
            greatest,
        }
    }

    /// The session, if it is in memory.
    pub(crate) fn peek(&self, key: SessionKey) -> Option<Session> {
        self.table.pin().get(&key).copied()
    }

    /// The session, from memory or from the store. Parallel requests with the same unknown key ask the store once.
    pub(crate) async fn load(
        &self,
        key: SessionKey,
        now: Time,
        store: &dyn Store,
        realm: impl Fn(&StoredSession) -> Option<u16>,
    ) -> Result<Option<Session>, StoreError> {
        loop {
            if let Some(session) = self.peek(key) {
                return Ok(Some(session));
            }
            let guard = match self.unknown.get_value_or_guard_async(&key).await {
                Ok(until) if until > now => return Ok(None),
                Ok(_) => {
                    self.unknown.remove_if(&key, |until| *until <= now);
                    continue;
                }
                Err(guard) => guard,
            };
            // Whoever waited for the guard may find that the one before has loaded the session.
            if let Some(session) = self.peek(key) {
                return Ok(Some(session));
            }
            let turn = self.look_ups.acquire().await;
            let version = self.version.load(Ordering::SeqCst);
            let stored = store.session(key).await?;
            drop(turn);
            let Some((stored, realm)) = stored.and_then(|stored| realm(&stored).map(|realm| (stored, realm))) else {
                // A session that began meanwhile must not be called unknown.
                if self.version.load(Ordering::SeqCst) == version {
                    let _ = guard.insert(now.saturating_add(Self::UNKNOWN_FOR));
                }
                return Ok(self.peek(key));
            };
            let session = stored.in_memory(realm);
            self.table.pin().insert(key, session);
            // The change may have come between reading and inserting: then this is old news.
            if self.version.load(Ordering::SeqCst) == version {
                return Ok(Some(session));
            }
            self.table.pin().remove(&key);
        }
    }

    /// Remembers a session that has just been stored.
    pub(crate) fn insert(&self, key: SessionKey, session: Session) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.unknown.remove(&key);
        self.table.pin().insert(key, session);
    }

    /// Forgets a session: it has ended, or must be read again.
    pub(crate) fn forget(&self, key: SessionKey) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.unknown.remove(&key);
        self.table.pin().remove(&key);
    }

    /// Forgets all of them.
    pub(crate) fn forget_all(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.unknown.clear();
        self.table.pin().clear();
    }

    /// Notes that a session is in use. `idle` seconds from now it ends, unless it is used again.
    pub(crate) fn touch(&self, key: SessionKey, now: Time, idle: u32) {
        let table = self.table.pin();
        let touched = table.update(key, |session| Session {
            last_seen: session.last_seen.max(now),
            idle_end: if session.is_remembered() || session.is_bearer() {
                session.idle_end
            } else {
                session.idle_end.max(now.saturating_add(idle))
            },
            ..*session
        });
        let Some(session) = touched else { return };
        let touch = Touch { key, last_seen: session.last_seen, idle_end: session.idle_end };
        self.touched(key).push(touch);
    }

    /// Gives a session that is in memory its later end.
    pub(crate) fn prolong(&self, key: SessionKey, last_seen: Time, idle_end: Time) {
        self.table.pin().update(key, |session| Session {
            last_seen: session.last_seen.max(last_seen),
            idle_end: session.idle_end.max(idle_end),
            ..*session
        });
    }

    /// Takes the signs of life that are to be written.
    pub(crate) fn take_touched(&self) -> Vec<Touch> {
        self.touched.iter().flat_map(|list| std::mem::take(&mut *lock(list))).collect()
    }

    /// Puts signs of life back that could not be written.
    pub(crate) fn put_back(&self, touched: Vec<Touch>) {
        let waiting: usize = self.touched.iter().map(|list| lock(list).len()).sum();
        if waiting < self.greatest {
            touched.into_iter().for_each(|touch| self.touched(touch.key).push(touch));
        }
    }

    /// Removes what has ended, and beyond the cap whatever comes first: it can be read again.
    pub(crate) fn sweep(&self, now: Time) {
        let table = self.table.pin();
        table.retain(|_, session| session.is_live(now));
        let over = table.len().saturating_sub(self.greatest);
        if over > 0 {
            let keys: Vec<SessionKey> = table.keys().take(over + self.greatest / 10).copied().collect();
            for key in keys {
                table.remove(&key);
            }
        }
        self.unknown.retain(|_, until| *until > now);
    }

    /// How many sessions are in memory.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// The list that notes signs of life of this session.
    fn touched(&self, key: SessionKey) -> MutexGuard<'_, Vec<Touch>> {
        lock(&self.touched[usize::from(key.0[0]) % Self::LISTS])
    }
}

fn lock(list: &Mutex<Vec<Touch>>) -> MutexGuard<'_, Vec<Touch>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StoredSession {
    /// What is remembered of it in memory.
    pub(crate) fn in_memory(&self, realm: u16) -> Session {
        Session {
            user: self.user,
            epoch: self.epoch,
            created: self.created,
            last_seen: self.last_seen,
            idle_end: self.idle_end,
            absolute_end: self.absolute_end,
            authenticated: self.authenticated,
            realm,
            flags: if self.remembered { Session::REMEMBERED } else { 0 }
                | if self.bearer { Session::BEARER } else { 0 },
        }
    }
}

/// A key is a digest already: eight of its bytes are its hash. Nobody can choose the digest of a stored token.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for (place, byte) in bytes.iter().take(8).enumerate() {
            self.0 ^= u64::from(*byte) << (place * 8);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
