//! What users do with their own sessions.

use super::{Engine, Visit, unavailable};
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::policy::{Policy, RealmId};
use crate::refusal::{Reason, Refusal};
use crate::session::{SessionDigest, SessionHandle, SessionKey, SessionToken};
use crate::store::{Change, Committed, ListedSession, Page, SessionFilter, StoreError, StoredSession};
use crate::user::User;
use crate::verdict::LiveSession;

/// Which of their sessions somebody ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The one that asks.
    Current,
    /// All but the one that asks.
    Others,
    /// All of them.
    All,
}

impl Engine {
    /// The live sessions of a user, newest first.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn own_sessions(&self, user: &User) -> Result<Vec<ListedSession>, Refusal> {
        let filter = SessionFilter { user: Some(user.number), ..SessionFilter::default() };
        let page = Page { after: None, limit: 1_000 };
        let listed = self.store.sessions(filter, self.clock.now(), page).await;
        let mut items = listed.map_err(|error| unavailable(&error))?.items;
        items.retain(|item| item.session.epoch == user.epoch);
        Ok(items)
    }

    /// Ends sessions of the user who asks. When it answers they are dead, in the store and here.
    ///
    /// # Errors
    /// 503 when it could not be stored: then it is not done.
    pub async fn end_own(
        &self,
        user: &User,
        live: Option<&LiveSession>,
        scope: Scope,
        visit: &Visit<'_>,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let event = visit.event(EventKind::LogOut, now).about(user.number, &user.realm, user.login.as_str());
        let change = match (scope, live) {
            (Scope::Current, Some(live)) => Change::EndSession { key: live.key },
            (Scope::Current, None) => return Ok(()),
            (Scope::Others, live) => Change::EndSessions { user: user.number, keep: live.map(|live| live.key) },
            (Scope::All, _) => Change::EndSessions { user: user.number, keep: None },
        };
        let event = Event { session: live.map(|live| live.handle.to_string()), ..event };
        self.commit(change, vec![event]).await?;
        if let (Scope::Current, Some(live)) = (scope, live) {
            self.sessions.forget(live.key);
            let policy = self.policy.load_full();
            if let Some(realm) = policy.realm_id(user.realm.as_str()) {
                self.end_shown_besides(&policy, realm, Some(live.key), visit, now).await;
            }
        }
        Ok(())
    }

    /// Ends what a browser shows beside `known`, where several dialects gave it cookies: none of them is left to it. What was
    /// asked for is done by now, so that an outage is told to the log alone.
    pub(super) async fn end_shown_besides(
        &self,
        policy: &Policy,
        realm: RealmId,
        known: Option<SessionKey>,
        visit: &Visit<'_>,
        now: Time,
    ) {
        let jar = policy.jar(visit.profile, visit.headers);
        let shown = policy.cookie_names(realm, visit.client.secure, jar).filter_map(|name| visit.cookie(name));
        for text in shown.filter(|text| SessionToken::is_well_formed(text)) {
            let key = SessionDigest::of(text).key();
            if Some(key) == known {
                continue;
            }
            let ended = match self.load_session(policy, key, now).await {
                Ok(Some(_)) => self.end_session_quietly(key, "shown beside another").await,
                Ok(None) => Ok(()),
                Err(error) => Err(unavailable(&error)),
            };
            if let Err(refusal) = ended {
                tracing::warn!(code = refusal.code(), "a session that was shown beside another goes on");
            }
        }
    }

    /// Ends one session of the user who asks, by its handle.
    ///
    /// # Errors
    /// 404 when they have no such session, also when somebody else has.
    pub async fn end_one(&self, user: &User, handle: SessionHandle, visit: &Visit<'_>) -> Result<SessionKey, Refusal> {
        let key = self.own_session(user, handle).await?.digest.key();
        let now = self.clock.now();
        let event = visit.event(EventKind::SessionEnded, now).about(user.number, &user.realm, user.login.as_str());
        let event = Event { session: Some(handle.to_string()), ..event };
        self.commit(Change::EndSession { key }, vec![event]).await?;
        self.sessions.forget(key);
        Ok(key)
    }

    /// A live session of the user's own, by its handle.
    ///
    /// # Errors
    /// 404 when they have no such session, also when somebody else has.
    pub async fn own_session(&self, user: &User, handle: SessionHandle) -> Result<StoredSession, Refusal> {
        let stored = self.store.session_by_handle(handle).await.map_err(|error| unavailable(&error))?;
        let is_own = |stored: &StoredSession| stored.user == user.number && stored.epoch == user.epoch;
        let is_live = |stored: &StoredSession| stored.in_memory(0).is_live(self.clock.now());
        stored.filter(is_own).filter(is_live).ok_or_else(|| Reason::NotFound.into())
    }

    /// Ends a session for a reason that nobody asked for.
    pub(super) async fn end_session_quietly(&self, key: SessionKey, why: &str) -> Result<(), Refusal> {
        let event = Event::new(EventKind::SessionEnded, self.clock.now()).by("system").detail(why);
        self.commit(Change::EndSession { key }, vec![event]).await?;
        self.sessions.forget(key);
        Ok(())
    }

    /// Carries out a change, in the store and in memory.
    pub(super) async fn commit(&self, change: Change, events: Vec<Event>) -> Result<Committed, Refusal> {
        match self.store.commit(change, events).await {
            Ok(committed) => {
                self.apply_commit(&committed);
                Ok(committed)
            }
            Err(StoreError::Conflict(conflict)) => Err(Reason::Conflict(conflict).into()),
            Err(error) => Err(unavailable(&error)),
        }
    }
}
