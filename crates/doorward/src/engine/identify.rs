//! Who is calling: by the Authorization header if there is one, else by a session cookie.

use http::StatusCode;
use http::header::HeaderValue;

use super::{Engine, unavailable};
use crate::basic::{Authorization, authorization, is_pair};
use crate::clock::Time;
use crate::cookie::{self, Found as Cookie};
use crate::head::Head;
use crate::policy::{Policy, RealmId, Route, StrayAuthorization};
use crate::refusal::{Reason, Refusal};
use crate::session::{Session, SessionDigest, SessionKey, SessionToken};
use crate::sessions::Sessions;
use crate::store::StoreError;
use crate::user::{User, UserState};
use crate::verdict::{Caller, Known, LiveSession, Method};

/// What was found out about the caller.
pub(super) struct Identity<'h> {
    pub(super) caller: Caller,
    /// The session token's text, when it was a cookie that identified the caller. It never leaves this decision.
    pub(super) token: Option<&'h str>,
    /// Cookies whose sessions are dead.
    pub(super) expired: Vec<HeaderValue>,
}

impl Identity<'_> {
    pub(super) fn guest() -> Self {
        Self { caller: Caller::Guest, token: None, expired: Vec::new() }
    }
}

impl Engine {
    pub(super) async fn identify<'h>(
        &self,
        policy: &Policy,
        route: &Route,
        head: &Head<'h>,
        now: Time,
    ) -> Result<Identity<'h>, Refusal> {
        match self.by_header(policy, route, head, now).await? {
            Some(identity) => Ok(identity),
            None => self.by_cookie(policy, route, head, now).await,
        }
    }

    /// The same where cookies say nothing.
    pub(super) async fn identify_by_header<'h>(
        &self,
        policy: &Policy,
        route: &Route,
        head: &Head<'h>,
        now: Time,
    ) -> Result<Identity<'h>, Refusal> {
        Ok(self.by_header(policy, route, head, now).await?.unwrap_or_else(Identity::guest))
    }

    /// What the header says; `None` when it says nothing.
    async fn by_header<'h>(
        &self,
        policy: &Policy,
        route: &Route,
        head: &Head<'h>,
        now: Time,
    ) -> Result<Option<Identity<'h>>, Refusal> {
        // An explicit header is the only identity: its failure never falls back to the cookie.
        let challenged = |mut refusal: Refusal| {
            let secure = head.client.secure;
            let usual = || policy.challenge(route, secure, super::decide::is_script(head));
            refusal.terms_mut().challenge = policy.ez_challenge(route, secure).or_else(usual);
            refusal
        };
        let refused = |reason: Reason| challenged(Refusal::new(reason));
        if route.profile.takes_bearer
            && let Some(known) = self.by_bearer(policy, route, head, now).await?
        {
            return Ok(Some(Identity { caller: Caller::Known(known), ..Identity::guest() }));
        }
        match authorization(head.headers) {
            Authorization::Absent => {}
            Authorization::Duplicate => return Err(Reason::AmbiguousAuthorization.into()),
            // There what is no pair is as if it were not there, and cookies beside it say nothing all the same.
            Authorization::Basic(encoded) if route.profile.identifies && !is_pair(encoded) => {
                return Ok(Some(Identity::guest()));
            }
            Authorization::Basic(encoded) => {
                if let Some(realm) = policy.basic_realm(route, head.query) {
                    let known = self.basic(policy, route, realm, head, encoded, now).await;
                    let known = known.map_err(|refusal| match refusal.status() {
                        StatusCode::UNAUTHORIZED => challenged(refusal),
                        _ => refusal,
                    })?;
                    return Ok(Some(Identity { caller: Caller::Known(known), ..Identity::guest() }));
                }
                if !route.passes_authorization() && !ignores_stray(route) {
                    return Err(refused(Reason::WrongScheme));
                }
            }
            _ if route.passes_authorization() || ignores_stray(route) => {}
            Authorization::Malformed => return Err(refused(Reason::MalformedAuthorization)),
            Authorization::Other(_) => return Err(refused(Reason::WrongScheme)),
        }
        Ok(None)
    }

    async fn by_cookie<'h>(
        &self,
        policy: &Policy,
        route: &Route,
        head: &Head<'h>,
        now: Time,
    ) -> Result<Identity<'h>, Refusal> {
        let mut identity = Identity::guest();
        if let Some((header, wanted)) = route.profile.session_needs
            && head.header(header) != Some(wanted)
        {
            return Ok(identity);
        }
        for &realm in policy.asked_realms(route, head.query).map_err(Refusal::new)?.iter() {
            if policy.cookie_name(realm, head.client.secure).is_none() {
                self.end_exposed(policy, realm, head).await?;
                continue;
            }
            let jar = policy.jar(route.profile, head.headers);
            for name in policy.cookie_names(realm, head.client.secure, jar) {
                let text = match cookie::find(head.headers, name) {
                    Cookie::None => continue,
                    Cookie::Ambiguous => return Err(Reason::AmbiguousCookie.into()),
                    Cookie::One(text) => text,
                };
                match self.known(policy, realm, text, now).await.map_err(|error| unavailable(&error))? {
                    Some(known) => {
                        identity.caller = Caller::Known(known);
                        identity.token = Some(text);
                        return Ok(identity);
                    }
                    None => identity.expired.extend(policy.expired_cookie(realm, head.client.secure, name, now)),
                }
            }
        }
        Ok(identity)
    }

    /// The user behind a token's text, if its session is alive.
    pub(super) async fn known(
        &self,
        policy: &Policy,
        realm: RealmId,
        text: &str,
        now: Time,
    ) -> Result<Option<Known>, StoreError> {
        if !SessionToken::is_well_formed(text) {
            return Ok(None);
        }
        self.known_by(policy, realm, SessionDigest::of(text), Method::Session, now).await
    }

    /// The user behind a token's digest, if its session is alive, and of the kind that `method` shows.
    pub(super) async fn known_by(
        &self,
        policy: &Policy,
        realm: RealmId,
        digest: SessionDigest,
        method: Method,
        now: Time,
    ) -> Result<Option<Known>, StoreError> {
        let key = digest.key();
        let Some(session) = self.load_session(policy, key, now).await? else { return Ok(None) };
        if !session.is_live(now) || session.realm != realm.0 || session.is_bearer() != (method == Method::Token) {
            return Ok(None);
        }
        let Some(mut user) = self.users.load(session.user, &*self.store).await? else { return Ok(None) };
        if !is_in_force(&user, session.epoch) {
            // Whoever was altered elsewhere and has just logged in is newer than what is remembered of them here: to call
            // them nobody would take the cookie away that they were given a moment ago.
            self.users.forget(session.user);
            let Some(fresh) = self.users.load(session.user, &*self.store).await? else { return Ok(None) };
            user = fresh;
        }
        if !is_in_force(&user, session.epoch) || user.realm != *policy.realm(realm).name() {
            return Ok(None);
        }
        if now.saturating_sub(session.last_seen) >= Sessions::TOUCH_EVERY {
            self.sessions.touch(key, now, policy.realm(realm).idle());
        }
        let live = LiveSession { key, handle: digest.handle(), session };
        Ok(Some(Known { user, method, session: Some(live) }))
    }

    pub(super) async fn load_session(
        &self,
        policy: &Policy,
        key: SessionKey,
        now: Time,
    ) -> Result<Option<Session>, StoreError> {
        if let Some(session) = self.sessions.peek(key) {
            return Ok(Some(session));
        }
        let realm = |stored: &crate::store::StoredSession| policy.realm_id(stored.realm.as_str()).map(|id| id.0);
        self.sessions.load(key, now, &*self.store, realm).await
    }

    /// A cookie of the encrypted kind came over plain HTTP: somebody may have read it. Its session ends.
    async fn end_exposed(&self, policy: &Policy, realm: RealmId, head: &Head<'_>) -> Result<(), Refusal> {
        for name in policy.secure_cookie_names(realm) {
            if let Cookie::One(text) = cookie::find(head.headers, name)
                && SessionToken::is_well_formed(text)
            {
                self.end_exposed_session(policy, text, head).await?;
            }
        }
        Ok(())
    }

    async fn end_exposed_session(&self, policy: &Policy, text: &str, head: &Head<'_>) -> Result<(), Refusal> {
        let key = SessionDigest::of(text).key();
        let session = self.load_session(policy, key, self.clock.now()).await;
        if session.map_err(|error| unavailable(&error))?.is_some() {
            tracing::warn!(client = %head.client.address, "credential_exposed: a session cookie came over plain HTTP; the session ends");
            self.end_session_quietly(key, "credential_exposed").await?;
        }
        Ok(())
    }
}

/// Whether an `Authorization` header that says nothing here is as if it were not there.
fn ignores_stray(route: &Route) -> bool {
    route.profile.stray_authorization == StrayAuthorization::Ignored
}

/// Whether what was issued under `epoch` still holds.
pub(super) fn is_in_force(user: &User, epoch: u32) -> bool {
    user.epoch == epoch && user.state == UserState::Active
}
