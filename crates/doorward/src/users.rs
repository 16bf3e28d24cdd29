//! The hot table of users: what a decision must know about them.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use papaya::HashMap;

use crate::identity::UserLines;
use crate::store::{Store, StoreError};
use crate::user::{User, UserNumber};

/// Users in memory, by number.
#[derive(Default)]
pub(crate) struct Users {
    table: HashMap<u32, Arc<RememberedUser>>,
    version: AtomicU64,
}

/// A user as they were read, and what upstreams are told of them: the same with each request, so it is written once.
pub(crate) struct RememberedUser {
    user: Arc<User>,
    lines: OnceLock<UserLines>,
}

impl RememberedUser {
    /// The user, for whoever keeps them.
    pub(crate) fn shared(&self) -> Arc<User> {
        self.user.clone()
    }

    /// The identity headers about the user.
    pub(crate) fn lines(&self) -> &UserLines {
        self.lines.get_or_init(|| UserLines::of(&self.user))
    }
}

impl From<User> for RememberedUser {
    fn from(user: User) -> Self {
        Self { user: Arc::new(user), lines: OnceLock::new() }
    }
}

impl Deref for RememberedUser {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl Users {
    /// The user, if they are in memory.
    pub(crate) fn peek(&self, number: UserNumber) -> Option<Arc<RememberedUser>> {
        self.table.pin().get(&number.0).cloned()
    }

    /// The user, from memory or from the store.
    pub(crate) async fn load(
        &self,
        number: UserNumber,
        store: &dyn Store,
    ) -> Result<Option<Arc<RememberedUser>>, StoreError> {
        loop {
            if let Some(user) = self.peek(number) {
                return Ok(Some(user));
            }
            let version = self.version.load(Ordering::SeqCst);
            let Some(user) = store.user(number).await? else { return Ok(None) };
            let user = Arc::new(RememberedUser::from(user));
            self.table.pin().insert(number.0, user.clone());
            // As in the table of sessions: what was read before a change is not remembered after it.
            if self.version.load(Ordering::SeqCst) == version {
                return Ok(Some(user));
            }
            self.table.pin().remove(&number.0);
        }
    }

    /// Forgets a user: they have changed.
    pub(crate) fn forget(&self, number: UserNumber) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.table.pin().remove(&number.0);
    }

    /// Forgets all of them.
    pub(crate) fn forget_all(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.table.pin().clear();
    }

    /// How many users are in memory.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }
}

#[cfg(test)]
mod tests;
