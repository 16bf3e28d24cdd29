//! Who administers, as handlers get them.

use axum::extract::FromRequestParts;
use doorward::{Actor, Reason};
use http::request::Parts;

use crate::own::{Judged, Refused};

/// Somebody whom the policy let in. They may look.
pub(crate) struct Administrator {
    pub(super) judged: Judged,
    pub(super) actor: Actor,
}

/// The same, who has given their password a moment ago. They may change things.
pub(crate) struct Recent(pub(super) Actor);

impl Administrator {
    /// A password is good for sensitive actions for so many seconds.
    pub(crate) const RECENT: u32 = 600;

    fn of(judged: Judged) -> Result<Self, Refused> {
        let (_, user) = judged.session()?;
        let admission = &judged.0;
        let actor = Actor {
            name: user.login.to_string(),
            grants: Some(admission.pass().policy().grants(&user.roles)),
            address: Some(admission.client().address.to_string()),
            request_id: admission.request_id().map(str::to_owned),
        };
        Ok(Self { judged, actor })
    }

    /// The actor, if their password is recent.
    ///
    /// # Errors
    /// `reauth_required`.
    pub(super) fn recent(self) -> Result<Actor, Refused> {
        let now = self.judged.0.engine().now();
        let (live, _) = self.judged.session()?;
        // A log-in from the future by more than a clock's error is no recent one either.
        if live.session.authenticated.abs_diff(now) > Self::RECENT {
            return Err(Reason::ReauthRequired.into());
        }
        Ok(self.actor)
    }
}

impl<S: Sync> FromRequestParts<S> for Administrator {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        Self::of(<Judged as FromRequestParts<S>>::from_request_parts(parts, state).await?)
    }
}

impl<S: Sync> FromRequestParts<S> for Recent {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        Administrator::from_request_parts(parts, state).await?.recent().map(Self)
    }
}
