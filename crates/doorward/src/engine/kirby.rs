//! What Kirby's clients may do and others may not: log in by an id, show a token before there is a session and keep it
//! afterwards, and set the password of somebody else.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::admin::about;
use super::login::realm_of;
use super::proof::{Sent, is_right, sent_token};
use super::{Actor, Engine, LogIn, LoggedIn, Visit, unavailable};
use crate::audit::EventKind;
use crate::name::Name;
use crate::password::PasswordBytes;
use crate::policy::{Policy, Profile, RealmId, Wording, kirby};
use crate::punycode::decoded_address;
use crate::refusal::Refusal;
use crate::session::SessionToken;
use crate::store::{Administering, Change, Guard};
use crate::user::{Login, User, UserId};
use crate::verdict::LiveSession;

/// A CSRF token that a request has shown and that was right. It has no `Debug`.
pub struct ProvenToken(Zeroizing<Vec<u8>>);

impl Engine {
    /// The login that somebody means: Kirby's users may say their id instead, and their address with its host in ASCII. All
    /// spellings are one account to the throttle.
    pub(super) async fn meant_login<'t>(
        &self,
        policy: &Policy,
        profile: &Profile,
        realm: RealmId,
        text: &'t str,
    ) -> Result<Cow<'t, str>, Refusal> {
        if profile.wording != Wording::Kirby {
            return Ok(Cow::Borrowed(text));
        }
        let realm = policy.realm(realm).name();
        if let Some(address) = decoded_address(text) {
            return self.spelled(realm, text, address).await;
        }
        let (Ok(id), Ok(login)) = (UserId::parse(text), Login::parse(text)) else { return Ok(Cow::Borrowed(text)) };
        // Somebody's login is not another one's id.
        let (known, named) =
            (self.store.user_by_login(realm.clone(), login).await, self.store.user_by_id(realm.clone(), id).await);
        match (known.map_err(|error| unavailable(&error))?, named.map_err(|error| unavailable(&error))?) {
            (None, Some(user)) => Ok(Cow::Owned(user.login.as_str().to_owned())),
            _ => Ok(Cow::Borrowed(text)),
        }
    }

    /// An address as it was sent, unless somebody has it in its other spelling alone.
    async fn spelled<'t>(&self, realm: &Name, sent: &'t str, other: String) -> Result<Cow<'t, str>, Refusal> {
        for (text, spelled) in [(sent, Cow::Borrowed(sent)), (&*other, Cow::Owned(other.clone()))] {
            let Ok(login) = Login::parse(text) else { continue };
            let known = self.store.user_by_login(realm.clone(), login).await;
            if known.map_err(|error| unavailable(&error))?.is_some() {
                return Ok(spelled);
            }
        }
        Ok(Cow::Borrowed(sent))
    }

    /// The CSRF token that a request shows, where it is the one of the session that it shows, or of its guest's cookie. The
    /// header wins over the query, even empty.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn proven_token(
        &self,
        realm: RealmId,
        query: Option<&str>,
        visit: &Visit<'_>,
    ) -> Result<Option<ProvenToken>, Refusal> {
        let policy = self.policy.load_full();
        let Sent::Once(sent) = sent_token(visit.headers, query, &policy, visit.profile) else { return Ok(None) };
        let is_guests = std::str::from_utf8(&sent).is_ok_and(|text| self.is_guest_token(text, visit));
        let is_right = is_guests || {
            let shown = self.shown(realm, visit).await?;
            shown.is_some_and(|shown| is_right(visit.profile, shown.token(), &sent))
        };
        Ok(is_right.then(|| ProvenToken(Zeroizing::new(sent.into_owned()))))
    }

    /// Logs somebody in as [`log_in`](Self::log_in), for a client that goes on with the CSRF token that it has: the session
    /// takes this very text beside the tokens of its own. Whoever has brought a guest's cookie into somebody's browser knows
    /// tokens that go with the cookie, but not the one that the client was given, and no other one is taken.
    ///
    /// # Errors
    /// As [`log_in`](Self::log_in).
    pub async fn log_in_keeping(
        &self,
        kept: Option<&ProvenToken>,
        request: LogIn<'_>,
        visit: &Visit<'_>,
    ) -> Result<LoggedIn, Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let remember = request.remember;
        let (realm, user) = self.authenticate(&policy, request, None, visit, now).await?;
        self.begin(&policy, realm, session_token(kept)?, *user, remember, visit, now).await
    }

    /// Sets the caller's own password as [`change_password`](Self::change_password), for such a client.
    ///
    /// # Errors
    /// As [`change_password`](Self::change_password).
    pub async fn change_password_keeping(
        &self,
        kept: Option<&ProvenToken>,
        known: (&LiveSession, &User),
        current: PasswordBytes,
        new: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<LoggedIn, Refusal> {
        let (live, user) = known;
        self.change_password_under(session_token(kept)?, live, user, current, new, visit).await
    }

    /// Who must be left when something happens to this user: an administrator, and among Kirby's users one of its admins.
    pub(super) fn guard_of(&self, policy: &Policy, user: &User) -> Option<Guard> {
        let guard = self.guard(policy);
        let is_guarded = guard.as_ref().is_some_and(|guard| guard.had(user));
        let is_kirbys = policy.dialect_settings().kirby.as_ref().is_some_and(|kirby| kirby.users == user.realm);
        let admin = user.roles.iter().find(|role| role.as_str() == kirby::ADMIN);
        match admin.filter(|_| is_kirbys && !is_guarded) {
            None => guard,
            Some(admin) => {
                // Whoever may all is an admin there too.
                let by = policy.administering().by.into_iter().chain([admin.clone()]).collect();
                Some(Guard::of(user.realm.clone(), Administering { by, unless: Vec::new() }))
            }
        }
    }

    /// Sets somebody else's password, for an actor who says their own. All sessions of the user end.
    ///
    /// # Errors
    /// As [`change_password`](Self::change_password) for the actor's own password; 403 for a user who may more than the actor;
    /// 422 when the new one is not good enough.
    pub async fn set_password(
        &self,
        actor: (&Actor, &User),
        own: PasswordBytes,
        user: &User,
        new: PasswordBytes,
        visit: &Visit<'_>,
    ) -> Result<(), Refusal> {
        let policy = self.policy.load_full();
        let now = self.clock.now();
        let (actor, acting) = actor;
        self.may_govern(actor, user)?;
        let realm = realm_of(&policy, acting)?;
        self.verify_own(&policy, realm, acting, own, visit, EventKind::PasswordSet, now).await?;
        self.judge_password(&new, user)?;
        let password = self.hash(new).await?;
        let set = Change::SetPassword { user: user.number, epoch: user.epoch, password, session: None };
        // Whoever is given more roles at this very moment is not the one whom the actor may govern.
        let change = Change::ExpectUser { user: user.number, version: user.version(), change: Box::new(set) };
        self.commit(change, vec![about(actor.event(EventKind::PasswordSet, now), user)]).await?;
        Ok(())
    }
}

/// A token for a session, one that knows the client's CSRF token where there is one to keep.
fn session_token(kept: Option<&ProvenToken>) -> Result<SessionToken, Refusal> {
    let token = match kept {
        Some(ProvenToken(text)) => SessionToken::knowing(text),
        None => SessionToken::random(),
    };
    token.map_err(|error| unavailable(&error))
}
