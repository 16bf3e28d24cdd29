//! What Kirby's clients may do and others may not: log in by an id, show a token before there is a session, and set the
//! password of somebody else.

use std::borrow::Cow;

use super::admin::about;
use super::login::realm_of;
use super::proof::{Sent, sent_token};
use super::{Actor, Engine, Visit, unavailable};
use crate::audit::EventKind;
use crate::csrf;
use crate::password::PasswordBytes;
use crate::policy::{Policy, Profile, RealmId, Wording};
use crate::refusal::Refusal;
use crate::store::Change;
use crate::user::{Login, User, UserId};

impl Engine {
    /// The login that somebody means: Kirby's users may say their id instead. All spellings are one account to the throttle.
    pub(super) async fn meant_login<'t>(
        &self,
        policy: &Policy,
        profile: &Profile,
        realm: RealmId,
        text: &'t str,
    ) -> Result<Cow<'t, str>, Refusal> {
        let id = UserId::parse(text).ok().filter(|_| profile.wording == Wording::Kirby);
        let (Some(id), Ok(login)) = (id, Login::parse(text)) else { return Ok(Cow::Borrowed(text)) };
        let realm = policy.realm(realm).name();
        // Somebody's login is not another one's id.
        let (known, named) =
            (self.store.user_by_login(realm.clone(), login).await, self.store.user_by_id(realm.clone(), id).await);
        match (known.map_err(|error| unavailable(&error))?, named.map_err(|error| unavailable(&error))?) {
            (None, Some(user)) => Ok(Cow::Owned(user.login.as_str().to_owned())),
            _ => Ok(Cow::Borrowed(text)),
        }
    }

    /// Whether a request shows the CSRF token of the session that it shows, or of its guest's cookie. The header wins over the
    /// query, even empty.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn shows_token(&self, realm: RealmId, query: Option<&str>, visit: &Visit<'_>) -> Result<bool, Refusal> {
        let policy = self.policy.load_full();
        let Sent::Once(sent) = sent_token(visit.headers, query, &policy, visit.profile) else { return Ok(false) };
        let Ok(text) = std::str::from_utf8(&sent) else { return Ok(false) };
        if self.is_guest_token(text, visit) {
            return Ok(true);
        }
        let shown = self.shown(realm, visit).await?;
        Ok(shown.is_some_and(|shown| csrf::verify(shown.token(), text.as_bytes())))
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
