//! The session that a request shows, for resources that look at it themselves: what they answer depends on more than whether
//! somebody is logged in.

use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::{Engine, Visit, unavailable};
use crate::csrf::{self, CsrfRefusal};
use crate::policy::RealmId;
use crate::refusal::{Reason, Refusal};
use crate::user::User;
use crate::verdict::LiveSession;

/// A live session, and the token that showed it. It has no `Debug`: the token is in it.
pub struct Shown<'h> {
    user: Arc<User>,
    live: LiveSession,
    token: &'h str,
}

impl Engine {
    /// The live session of a realm that a request shows. Two different cookies, a dead one and none show nothing.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn shown<'h>(&self, realm: RealmId, visit: &Visit<'h>) -> Result<Option<Shown<'h>>, Refusal> {
        let policy = self.policy.load_full();
        if usize::from(realm.0) >= policy.realms().len() {
            return Ok(None);
        }
        let now = self.clock.now();
        let jar = policy.jar(visit.profile, visit.headers);
        for name in policy.cookie_names(realm, visit.client.secure, jar) {
            let Some(token) = visit.cookie(name) else { continue };
            let known = self.known(&policy, realm, token, now).await.map_err(|error| unavailable(&error))?;
            if let Some(known) = known
                && let Some(live) = known.session
            {
                return Ok(Some(Shown { user: known.user.shared(), live, token }));
            }
        }
        Ok(None)
    }
}

impl<'h> Shown<'h> {
    /// Whose it is.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The session.
    pub fn live(&self) -> &LiveSession {
        &self.live
    }

    /// The token, for clients that learn it from a body.
    pub fn token(&self) -> &'h str {
        self.token
    }

    /// Whether this is the session's token.
    pub fn has_token(&self, text: &str) -> bool {
        bool::from(self.token.as_bytes().ct_eq(text.as_bytes()))
    }

    /// The CSRF token that came in one of the profile's headers.
    ///
    /// # Errors
    /// When there is none, it is wrong, or it stands there twice.
    pub fn prove(&self, visit: &Visit<'h>) -> Result<&'h str, Refusal> {
        let lines = visit.profile.csrf_headers.iter().flat_map(|name| visit.headers.get_all(*name));
        let mut lines = lines.map(http::HeaderValue::to_str);
        match (lines.next(), lines.next()) {
            (Some(Ok(sent)), None) if csrf::verify(self.token, sent.as_bytes()) => Ok(sent),
            (None, _) => Err(Reason::Csrf(CsrfRefusal::NoProof).into()),
            _ => Err(Reason::Csrf(CsrfRefusal::WrongToken).into()),
        }
    }

    /// A new CSRF token for the session.
    ///
    /// # Errors
    /// 503 when there is no randomness.
    pub fn csrf_token(&self) -> Result<String, Refusal> {
        csrf::token(self.token).map_err(|error| unavailable(&error))
    }
}
