//! What somebody does with their own password: set another, or say it again.

use std::sync::Arc;

use super::credentials::{Claim, Claimed};
use super::login::realm_of;
use super::{Engine, LoggedIn, Visit, unavailable};
use crate::audit::EventKind;
use crate::clock::Time;
use crate::password::{PasswordBytes, PasswordRefusal};
use crate::policy::{Policy, RealmId};
use crate::refusal::{Reason, Refusal};
use crate::session::SessionToken;
use crate::store::Change;
use crate::user::User;
use crate::verdict::LiveSession;

impl Engine {
    /// Sets the password of somebody who says the current one and has no session. All their sessions end; nobody is logged
    /// in by it.
    ///
    /// # Errors
    /// As [`change_password`](Self::change_password).
    pub async fn replace_password(
        &self,
        user: &User,
        current: PasswordBytes,
        new: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<(), Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let realm = realm_of(&policy, user)?;
        self.verify_own(&policy, realm, user, current, visit, EventKind::PasswordSet, now).await?;
        self.judge_password(&new, user)?;
        let password = self.hash(new).await?;
        let event = visit.event(EventKind::PasswordSet, now).about(user.number, &user.realm, user.login.as_str());
        let change = Change::SetPassword { user: user.number, epoch: user.epoch, password, session: None };
        self.commit(change, vec![event]).await?;
        Ok(())
    }

    /// Sets the caller's own password. Every other session ends; this one goes on under a new token.
    ///
    /// # Errors
    /// As [`log_in`](Self::log_in) for the current password; 422 when the new one is not good enough, or no other.
    pub async fn change_password(
        &self,
        live: &LiveSession,
        user: &User,
        current: PasswordBytes,
        new: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<LoggedIn, Refusal> {
        // Whether it is right has to be known first: whoever only guesses it is not told that nothing would change.
        if *current == *new {
            let policy = self.policy.load_full();
            let realm = realm_of(&policy, user)?;
            self.verify_own(&policy, realm, user, current, visit, EventKind::PasswordSet, self.clock.now()).await?;
            return Err(Reason::Password(PasswordRefusal::Same).into());
        }
        let token = SessionToken::random().map_err(|error| unavailable(&error))?;
        self.change_password_under(token, live, user, current, new, visit).await
    }

    /// The same, with the token under which the session goes on.
    pub(super) async fn change_password_under(
        &self,
        token: SessionToken,
        live: &LiveSession,
        user: &User,
        current: PasswordBytes,
        new: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<LoggedIn, Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let realm = realm_of(&policy, user)?;
        self.verify_own(&policy, realm, user, current, visit, EventKind::PasswordSet, now).await?;
        self.judge_password(&new, user)?;
        let password = self.hash(new).await?;
        let mut stored = self.new_session(&policy, realm, user, &token, false, visit, now);
        // A new token is no new log-in: the session ends when it would have ended.
        stored.absolute_end = live.session.absolute_end;
        stored.remembered = live.session.is_remembered();
        stored.idle_end =
            if stored.remembered { stored.absolute_end } else { stored.idle_end.min(stored.absolute_end) };
        stored.created = live.session.created;
        let event = visit.event(EventKind::PasswordSet, now).about(user.number, &user.realm, user.login.as_str());
        let change =
            Change::SetPassword { user: user.number, epoch: user.epoch, password, session: Some(stored.clone()) };
        let committed = self.commit(change, vec![event]).await?;
        let Some(user) = committed.user else { return Err(unavailable(&"the store did not say who changed")) };
        stored.epoch = user.epoch;
        self.issue(&policy, realm, token, stored, Arc::new(user), visit, now)
    }

    /// Verifies the password of somebody who is logged in already. Wrong ones count like failed log-ins.
    #[allow(clippy::too_many_arguments, reason = "one call, one claim; a struct would only repeat its fields")]
    pub(super) async fn verify_own(
        &self,
        policy: &Policy,
        realm: RealmId,
        user: &User,
        password: PasswordBytes,
        visit: &Visit<'_>,
        kind: EventKind,
        now: Time,
    ) -> Result<(), Refusal> {
        let claim = Claim {
            policy,
            realm,
            login: user.login.as_str(),
            password,
            address: visit.client.address,
            device: visit.cookie(policy.device_cookie(visit.client.secure)),
            lockout: policy.lockout(realm),
        };
        let event = visit.event(kind, now).about(user.number, &user.realm, user.login.as_str());
        match self.verify(claim, now).await {
            Ok(Claimed::Right(_)) => Ok(()),
            Ok(Claimed::Wrong { .. }) => {
                self.notes.failed(event.outcome("bad_credentials"));
                Err(Reason::WrongPassword.into())
            }
            Err(refusal) => {
                self.notes.sampled(refusal.code(), visit.client.address, event.outcome(refusal.code()));
                Err(refusal)
            }
        }
    }

    /// Notes that the caller has just given their password again, as sensitive actions need.
    ///
    /// # Errors
    /// As [`log_in`](Self::log_in).
    pub async fn confirm(
        &self,
        live: &LiveSession,
        user: &User,
        password: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<(), Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let realm = realm_of(&policy, user)?;
        self.verify_own(&policy, realm, user, password, visit, EventKind::Confirmed, now).await?;
        let event = visit.event(EventKind::Confirmed, now).about(user.number, &user.realm, user.login.as_str());
        let change = Change::ConfirmSession { key: live.key, authenticated: now };
        self.commit(change, vec![event]).await?;
        self.sessions.forget(live.key);
        Ok(())
    }
}
