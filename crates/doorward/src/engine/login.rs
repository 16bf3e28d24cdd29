//! Logging in, staying logged in, logging out.

use std::sync::Arc;

use http::header::HeaderValue;

use super::credentials::{Claim, Claimed};
use super::{Engine, Visit, unavailable};
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::csrf;
use crate::device;
use crate::password::PasswordBytes;
use crate::policy::{Policy, RealmId};
use crate::refusal::{Reason, Refusal};
use crate::session::{SessionDigest, SessionToken};
use crate::store::{Change, Conflict, StoreError, StoredSession};
use crate::throttle::Lockout;
use crate::user::User;
use crate::verdict::LiveSession;

/// What somebody types to log in.
pub struct LogIn<'a> {
    /// The realm; may be left out where there is only one.
    pub realm: Option<&'a str>,
    /// The login.
    pub login: &'a str,
    /// The password.
    pub password: PasswordBytes,
    /// Whether to stay logged in.
    pub remember: bool,
}

/// A log-in that succeeded.
pub struct LoggedIn {
    /// The cookies that the browser must get: the session's, and the device's.
    pub cookies: Vec<HeaderValue>,
    /// The session.
    pub session: LiveSession,
    /// The session's token, for clients that learn it from a body.
    pub token: SessionToken,
    /// Who.
    pub user: Arc<User>,
    /// A CSRF token for the session.
    pub csrf_token: String,
}

impl Engine {
    /// Logs somebody in: one computation, one durable write. The session that the browser showed before ends.
    ///
    /// # Errors
    /// One answer for every wrong pair; a wait after too many; 400 when a realm must be named; 503 in an outage.
    pub async fn log_in(&self, request: LogIn<'_>, visit: &Visit<'_>) -> Result<LoggedIn, Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let remember = request.remember;
        let (realm, user) = self.authenticate(&policy, request, None, visit, now).await?;
        let token = SessionToken::random().map_err(|error| unavailable(&error))?;
        self.begin(&policy, realm, token, *user, remember, visit, now).await
    }

    /// Whether somebody could log in, without a session for them. The audit says why they got none.
    ///
    /// # Errors
    /// As [`log_in`](Self::log_in).
    pub async fn try_log_in(
        &self,
        request: LogIn<'_>,
        why_not: &'static str,
        visit: &Visit<'_>,
    ) -> Result<(), Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let (_, user) = self.authenticate(&policy, request, None, visit, now).await?;
        let event = visit.event(EventKind::LogIn, now).about(user.number, &user.realm, user.login.as_str());
        self.notes.event(event.outcome(why_not));
        Ok(())
    }

    /// Whether somebody may log in where a request is for, whatever their password: in eZ Platform's dialect siteaccesses differ.
    pub fn may_log_in(&self, user: &User, visit: &Visit<'_>) -> bool {
        self.policy.load().may_log_in(user, visit.profile, visit.headers)
    }

    /// Who logs in, once login and password are verified.
    pub(super) async fn authenticate(
        &self,
        policy: &Policy,
        request: LogIn<'_>,
        lockout: Option<Lockout>,
        visit: &Visit<'_>,
        now: Time,
    ) -> Result<(RealmId, Box<User>), Refusal> {
        let realm = policy.realm_to_log_in(request.realm).map_err(Refusal::new)?;
        let secure = visit.client.secure;
        if policy.cookie_name(realm, secure).is_none() {
            return Err(Reason::HttpsRequired.into());
        }
        let device = visit.cookie(policy.device_cookie(secure));
        let login = self.meant_login(policy, visit.profile, realm, request.login).await?;
        let claim = Claim {
            policy,
            realm,
            login: &login,
            password: request.password,
            address: visit.client.address,
            device,
            lockout: lockout.or_else(|| policy.lockout(realm)),
        };
        let event = visit.event(EventKind::LogIn, now);
        match self.verify(claim, now).await {
            // As to somebody with a wrong password: who may log in where is not for strangers to find out.
            Ok(Claimed::Right(user)) if !policy.may_log_in(&user, visit.profile, visit.headers) => {
                let event = event.about(user.number, &user.realm, user.login.as_str());
                self.notes.event(event.outcome("may_not_log_in_here"));
                Err(Reason::BadCredentials.into())
            }
            Ok(Claimed::Right(user)) => Ok((realm, user)),
            Ok(Claimed::Wrong { user, .. }) => {
                let event = event.outcome("bad_credentials");
                match user {
                    Some(user) => self.notes.failed(event.about(user.number, &user.realm, user.login.as_str())),
                    None => {
                        let event = Event { realm: Some(policy.realm(realm).name().clone()), ..event };
                        self.notes.sampled("log_in_bad_credentials", visit.client.address, event);
                    }
                }
                Err(Reason::BadCredentials.into())
            }
            Err(refusal) => {
                let realm = Some(policy.realm(realm).name().clone());
                let event = Event { realm, ..event.outcome(refusal.code()) }.of(&refusal);
                self.notes.sampled(refusal.code(), visit.client.address, event);
                Err(refusal)
            }
        }
    }

    /// A session with this token, for somebody whose password was verified.
    #[allow(clippy::too_many_arguments, reason = "one call, one record; a struct would only repeat its fields")]
    pub(super) async fn begin(
        &self,
        policy: &Policy,
        realm: RealmId,
        token: SessionToken,
        user: User,
        remember: bool,
        visit: &Visit<'_>,
        now: Time,
    ) -> Result<LoggedIn, Refusal> {
        let stored = self.new_session(policy, realm, &user, &token, remember, visit, now);
        let jar = policy.jar(visit.profile, visit.headers);
        let mut names = policy.cookie_names(realm, visit.client.secure, jar);
        let presented = names.find_map(|name| visit.cookie(name));
        let replaces =
            presented.filter(|text| SessionToken::is_well_formed(text)).map(|text| SessionDigest::of(text).key());
        let event = visit.event(EventKind::LogIn, now).about(user.number, &user.realm, user.login.as_str());
        let event = Event { session: Some(stored.digest.handle().to_string()), ..event };
        let limit = Some(policy.realm(realm).session_limit());
        let change = Change::CreateSession { session: stored.clone(), replaces, limit };
        let committed = match self.store.commit(change, vec![event]).await {
            Ok(committed) => committed,
            Err(StoreError::Conflict(Conflict::TooManySessions)) => return Err(Reason::TooManySessions.into()),
            // Disabled or altered since the password was verified: as if it had been before.
            Err(StoreError::Conflict(_)) => return Err(Reason::BadCredentials.into()),
            Err(error) => return Err(unavailable(&error)),
        };
        for key in committed.ended {
            self.sessions.forget(key);
        }
        self.end_shown_besides(policy, realm, replaces, visit, now).await;
        self.issue(policy, realm, token, stored, Arc::new(user), visit, now)
    }

    #[allow(clippy::too_many_arguments, reason = "one call, one record; a struct would only repeat its fields")]
    pub(super) fn new_session(
        &self,
        policy: &Policy,
        realm: RealmId,
        user: &User,
        token: &SessionToken,
        remember: bool,
        visit: &Visit<'_>,
        now: Time,
    ) -> StoredSession {
        let lifetimes = policy.realm(realm);
        let remembered = lifetimes.remember().filter(|_| remember);
        let (idle_end, absolute_end) = match remembered {
            Some(seconds) => (Time::MAX, now.saturating_add(seconds)),
            None => (now.saturating_add(lifetimes.idle()), now.saturating_add(lifetimes.absolute())),
        };
        StoredSession {
            digest: SessionDigest::of(token.expose()),
            user: user.number,
            realm: user.realm.clone(),
            epoch: user.epoch,
            created: now,
            last_seen: now,
            idle_end: idle_end.min(absolute_end),
            absolute_end,
            authenticated: now,
            remembered: remembered.is_some(),
            bearer: false,
            address: visit.client.address.to_string(),
            device: visit.device(),
        }
    }

    /// Remembers a stored session and makes the cookies for it.
    #[allow(clippy::too_many_arguments, reason = "one call, one record; a struct would only repeat its fields")]
    pub(super) fn issue(
        &self,
        policy: &Policy,
        realm: RealmId,
        token: SessionToken,
        stored: StoredSession,
        user: Arc<User>,
        visit: &Visit<'_>,
        now: Time,
    ) -> Result<LoggedIn, Refusal> {
        let secure = visit.client.secure;
        let session = stored.in_memory(realm.0);
        let key = stored.digest.key();
        self.sessions.insert(key, session);
        let max_age = stored.remembered.then(|| stored.absolute_end.saturating_sub(now));
        let mut cookies = Vec::with_capacity(2);
        let jar = policy.jar(visit.profile, visit.headers);
        cookies.extend(policy.session_cookies(realm, secure, jar, token.expose(), max_age));
        let device = device::device_cookie(&self.keys.device, u64::from(user.number.0), now);
        cookies.push(policy.device_set_cookie(secure, &device));
        let csrf_token = csrf::token(token.expose()).map_err(|error| unavailable(&error))?;
        let session = LiveSession { key, handle: stored.digest.handle(), session };
        Ok(LoggedIn { cookies, session, token, user, csrf_token })
    }

    /// Gives the session a later idle end, never past the absolute one. Answers with the session as it is now.
    ///
    /// # Errors
    /// 401 when it has ended meanwhile, 503 in an outage.
    pub async fn refresh(&self, live: &LiveSession, user: &User) -> Result<LiveSession, Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let mut session = live.session;
        session.last_seen = now;
        if !session.is_remembered() {
            let idle = policy.realm(realm_of(&policy, user)?).idle();
            session.idle_end = now.saturating_add(idle).min(session.absolute_end).max(session.idle_end);
        }
        let change = Change::RefreshSession { key: live.key, last_seen: now, idle_end: session.idle_end };
        self.commit(change, vec![]).await?;
        // Only what is still there: whoever logged out meanwhile stays logged out.
        self.sessions.prolong(live.key, session.last_seen, session.idle_end);
        Ok(LiveSession { session, ..*live })
    }
}

/// The realm of a user, who is nobody any more when a reload has taken the realm away.
pub(super) fn realm_of(policy: &Policy, user: &User) -> Result<RealmId, Refusal> {
    policy.realm_id(user.realm.as_str()).ok_or_else(|| Reason::NotLoggedIn.into())
}
