//! What changed elsewhere: in another process, on another node, or here a moment ago.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use crate::policy::Policy;
use crate::store::{Changed, Committed, News, StoreError};

impl Engine {
    /// Reads the feed, and forgets what has changed.
    pub(super) async fn read_feed(&self) -> Result<(), StoreError> {
        let feed = self.store.changes_since(self.seq.load(Ordering::SeqCst)).await?;
        match feed.news {
            News::Lost => {
                self.forget_everything();
                self.read_roles().await?;
            }
            News::Changed(changes) => {
                let mut roles_changed = false;
                for change in changes {
                    roles_changed |= change == Changed::Roles;
                    self.apply(change).await?;
                }
                if roles_changed {
                    self.read_roles().await?;
                }
            }
        }
        // Only now: what could not be applied is read again.
        self.seq.store(feed.seq, Ordering::SeqCst);
        Ok(())
    }

    async fn apply(&self, change: Changed) -> Result<(), StoreError> {
        match change {
            Changed::Session(key) => self.sessions.forget(key),
            Changed::User(number) => {
                self.user_changes.fetch_add(1, Ordering::SeqCst);
                self.users.forget(number);
            }
            Changed::Unlocked(number) => {
                self.users.forget(number);
                if let Some(user) = self.store.user(number).await? {
                    self.throttle.forgive(user.realm.as_str(), user.login.as_str());
                }
            }
            Changed::Roles => {}
            Changed::Everything => self.forget_everything(),
        }
        Ok(())
    }

    /// What this process has just written holds here before anybody is answered.
    pub(super) fn apply_commit(&self, committed: &Committed) {
        for key in &committed.ended {
            self.sessions.forget(*key);
        }
        if let Some(user) = &committed.user {
            self.user_changes.fetch_add(1, Ordering::SeqCst);
            self.users.forget(user.number);
        }
    }

    /// Takes the roles from the store into the policy in force.
    pub(super) async fn read_roles(&self) -> Result<(), StoreError> {
        let roles = self.store.roles().await?;
        self.policy.rcu(|policy: &Arc<Policy>| match policy.with_stored_roles(&roles) {
            Ok(policy) => Arc::new(policy),
            Err(complaints) => {
                tracing::error!("the stored roles are not taken over: {complaints}");
                Arc::clone(policy)
            }
        });
        Ok(())
    }

    fn forget_everything(&self) {
        self.user_changes.fetch_add(1, Ordering::SeqCst);
        self.sessions.forget_all();
        self.users.forget_all();
        self.verified.forget_all();
    }
}
