//! The admission of a request, for handlers.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use doorward::{Admission, Known, LiveSession, Reason, User};
use http::request::Parts;

use super::refused::Refused;

/// The admission that the door put into the request.
pub(crate) struct Judged(pub(crate) Admission);

impl<S: Sync> FromRequestParts<S> for Judged {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        parts.extensions.get::<Admission>().cloned().map(Self).ok_or_else(Refused::not_judged)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Judged {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Admission>().cloned().map(Self))
    }
}

impl Judged {
    /// The session of the caller, and whose it is.
    ///
    /// # Errors
    /// When nobody is logged in by a session.
    pub(crate) fn session(&self) -> Result<(&LiveSession, &User), Refused> {
        let known: &Known = self.0.caller().known().ok_or(Reason::NotLoggedIn)?;
        let live = known.session().ok_or(Reason::NotLoggedIn)?;
        Ok((live, known.user()))
    }
}
