//! Tokens for an `Authorization` header, where a dialect has them: sessions without a cookie, that end when they were said to.

use http::header::AUTHORIZATION;

use super::{Engine, LogIn, Visit, unavailable};
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::head::Head;
use crate::policy::{Policy, Route};
use crate::refusal::{Reason, Refusal};
use crate::session::{SessionDigest, SessionToken};
use crate::store::{Change, Conflict, SessionLimit, StoreError, StoredSession, WhenFull};
use crate::throttle::Lockout;
use crate::user::User;
use crate::verdict::{Known, Method};

/// How many tokens somebody may have at once; the oldest gives way. Far more than programs need.
const MOST: SessionLimit = SessionLimit { greatest: 100, when_full: WhenFull::EvictOldest };
/// Six failures from one network, and then half an hour: counted apart from those at log-in.
const FAILURES: Lockout = Lockout { failures: 6, wait: 1_800 };

impl Engine {
    /// Gives somebody a token for the `Authorization` header, good for so many seconds. It ends with all that ends sessions.
    ///
    /// # Errors
    /// As [`log_in`](Self::log_in).
    pub async fn issue_bearer(
        &self,
        request: LogIn<'_>,
        seconds: u32,
        visit: &Visit<'_>,
    ) -> Result<SessionToken, Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let (_, user) = self.authenticate(&policy, request, Some(FAILURES), visit, now).await?;
        let token = SessionToken::random().map_err(|error| unavailable(&error))?;
        let end = now.saturating_add(seconds);
        let session = StoredSession {
            digest: SessionDigest::of_bearer(token.expose()),
            user: user.number,
            realm: user.realm.clone(),
            epoch: user.epoch,
            created: now,
            last_seen: now,
            idle_end: end,
            absolute_end: end,
            authenticated: now,
            remembered: false,
            bearer: true,
            address: visit.client.address.to_string(),
            device: visit.device(),
        };
        let event = visit.event(EventKind::LogIn, now).about(user.number, &user.realm, user.login.as_str());
        let event = Event { session: Some(session.digest.handle().to_string()), ..event }.detail("a bearer token");
        let change = Change::CreateSession { session, replaces: None, limit: Some(MOST) };
        let committed = match self.store.commit(change, vec![event]).await {
            Ok(committed) => committed,
            // Disabled or altered since the password was verified: as if it had been before.
            Err(StoreError::Conflict(Conflict::UserChanged)) => return Err(Reason::BadCredentials.into()),
            Err(error) => return Err(unavailable(&error)),
        };
        for key in committed.ended {
            self.sessions.forget(key);
        }
        Ok(token)
    }

    /// Ends all tokens of the user who asks; sessions of browsers go on.
    ///
    /// # Errors
    /// 503 when it could not be stored.
    pub async fn revoke_bearers(&self, user: &User, visit: &Visit<'_>) -> Result<(), Refusal> {
        let now = self.clock.now();
        for listed in self.own_sessions(user).await?.into_iter().filter(|listed| listed.session.bearer) {
            let digest = listed.session.digest;
            let event = visit.event(EventKind::SessionEnded, now).about(user.number, &user.realm, user.login.as_str());
            let event = Event { session: Some(digest.handle().to_string()), ..event }.detail("a bearer token");
            match self.commit(Change::EndSession { key: digest.key() }, vec![event]).await {
                Ok(_) => {}
                // It has ended meanwhile.
                Err(refusal) if *refusal.reason() == Reason::Conflict(Conflict::SessionUnknown) => {}
                Err(refusal) => return Err(refusal),
            }
            self.sessions.forget(digest.key());
        }
        Ok(())
    }

    /// Who shows a token that is good here; nobody when there is none, or it is not: that says nothing.
    pub(super) async fn by_bearer(
        &self,
        policy: &Policy,
        route: &Route,
        head: &Head<'_>,
        now: Time,
    ) -> Result<Option<Known>, Refusal> {
        let Some(text) = bearer(head) else { return Ok(None) };
        let digest = SessionDigest::of_bearer(text);
        let secure = head.client.secure;
        for &realm in &route.realms {
            if policy.cookie_name(realm, secure).is_none() {
                // It came over plain HTTP, where none is given: somebody may have read it.
                let session =
                    self.load_session(policy, digest.key(), now).await.map_err(|error| unavailable(&error))?;
                if session.is_some_and(|session| session.is_bearer()) {
                    self.end_session_quietly(digest.key(), "credential_exposed").await?;
                }
                return Ok(None);
            }
            let known = self.known_by(policy, realm, digest, Method::Token, now).await;
            if let Some(known) = known.map_err(|error| unavailable(&error))? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }
}

/// The token in the header, in its exact form: two words, a single space between them.
fn bearer<'h>(head: &Head<'h>) -> Option<&'h str> {
    let (scheme, text) = head.header(AUTHORIZATION)?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && SessionToken::is_well_formed(text)).then_some(text)
}
