//! HTTP Basic (RFC 7617) at the speed of a session: what was verified moments ago is not computed again.

use std::sync::atomic::Ordering;

use super::credentials::{Claim, Claimed};
use super::identify::is_in_force;
use super::{Engine, unavailable};
use crate::audit::{Event, EventKind};
use crate::basic::decode;
use crate::client::network;
use crate::clock::Time;
use crate::cookie::{self, Found};
use crate::head::Head;
use crate::policy::{Policy, RealmId, Route};
use crate::refusal::{Reason, Refusal};
use crate::store::Change;
use crate::user::Login;
use crate::verdict::{Known, Method};
use crate::verified::{Checked, Verified};

impl Engine {
    /// The user behind Basic credentials.
    pub(super) async fn basic(
        &self,
        policy: &Policy,
        route: &Route,
        realm: RealmId,
        head: &Head<'_>,
        encoded: &str,
        now: Time,
    ) -> Result<Known, Refusal> {
        let source = network(head.client.address).network();
        if !head.client.secure && !policy.allows_insecure_basic(route.profile, realm) {
            self.throttle.count_source(source, now);
            return Err(Reason::HttpsRequired.into());
        }
        let Ok(credentials) = decode(encoded) else {
            self.throttle.count_source(source, now);
            return Err(Reason::MalformedAuthorization.into());
        };
        let name = policy.realm(realm).name().as_str();
        // Every spelling of a login has one entry, as it has one account.
        let meant = self.meant_login(policy, route.profile, realm, credentials.login()).await?;
        let login = Login::parse(&meant);
        let login = login.as_ref().map_or(&*meant, Login::as_str);
        let digest = self.verified.digest(name, login, credentials.password());
        if let Some(checked) = self.verified.peek(digest, now) {
            if let Some(answer) = self.believe(checked, login).await {
                return answer;
            }
            self.verified.forget(digest);
        }
        let turn = match self.verified.wait(digest, now).await {
            Ok(checked) => {
                return self.believe(checked, login).await.unwrap_or_else(|| Err(Reason::BadCredentials.into()));
            }
            Err(turn) => turn,
        };
        let changes = self.user_changes.load(Ordering::SeqCst);
        let device = match cookie::find(head.headers, policy.device_cookie(head.client.secure)) {
            Found::One(text) => Some(text),
            _ => None,
        };
        let password = credentials.password().to_vec().into();
        let claim =
            Claim { policy, realm, login: &meant, password, address: head.client.address, device, lockout: None };
        let claimed = self.verify(claim, now).await?;
        let until = now.saturating_add(Verified::LIFETIME);
        let checked = match &claimed {
            Claimed::Right(user) => Checked { user: Some(user.number), epoch: user.epoch, right: true, until },
            // A disabled user's right password is right as soon as they are enabled: that leaves the epoch as it is.
            Claimed::Wrong { user: Some(user), barred } => {
                Checked { user: Some(user.number), epoch: user.epoch, right: *barred, until }
            }
            Claimed::Wrong { user: None, .. } => Checked { user: None, epoch: changes, right: false, until },
        };
        let _ = turn.insert(checked);
        if let Claimed::Right(user) = &claimed {
            if user.failures > 0 {
                let forgiven = self.store.commit(Change::Unlock { user: user.number }, vec![]).await;
                forgiven.map_err(|error| unavailable(&error))?;
            }
            self.notes.seen(user.number, now);
            self.notes.event(Event {
                detail: Some("basic".into()),
                address: Some(head.client.address.to_string()),
                ..Event::new(EventKind::LogIn, now).about(user.number, &user.realm, user.login.as_str())
            });
        }
        self.believe(checked, login).await.unwrap_or_else(|| Err(Reason::BadCredentials.into()))
    }

    /// What was found out, if the user has not changed since. `None` when they have.
    async fn believe(&self, checked: Checked, login: &str) -> Option<Result<Known, Refusal>> {
        let Some(number) = checked.user else {
            let unchanged = checked.epoch == self.user_changes.load(Ordering::SeqCst);
            return unchanged.then(|| Err(Reason::BadCredentials.into()));
        };
        match self.users.load(number, &*self.store).await {
            Err(error) => Some(Err(unavailable(&error))),
            Ok(None) => None,
            // A login may be given to somebody else: what was found out about it is then about another user.
            Ok(Some(user)) if user.epoch != checked.epoch || user.login.as_str() != login => None,
            Ok(Some(user)) if checked.right && is_in_force(&user, checked.epoch) => {
                Some(Ok(Known { user, method: Method::Basic, session: None }))
            }
            Ok(Some(user)) => {
                // The audit log says whose login it was; the caller does not learn that somebody has it.
                let mut refusal = Refusal::new(Reason::BadCredentials);
                refusal.terms_mut().caller = Some(user.shared());
                Some(Err(refusal))
            }
        }
    }
}
