//! One call of a resource of `/user/*`: who makes it, and what its query asks.

use std::borrow::Cow;

use ::axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::refused::{Refused, refuse, unjudged};
use crate::admission::Admission;
use crate::engine::{Engine, Scope, Visit};
use crate::policy::{Policy, RealmId};
use crate::refusal::{Reason, Refusal};
use crate::user::User;
use crate::verdict::{Known, LiveSession};

/// A call.
pub(super) struct Call {
    admission: Admission,
    headers: HeaderMap,
    query: Option<Box<str>>,
    /// Which sessions to end, where that is the question.
    pub(super) scope: Scope,
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let admission = parts.extensions.get::<Admission>().cloned().ok_or_else(unjudged)?;
        let query = parts.uri.query().unwrap_or_default();
        let scope = scope(query).map_err(|refusal| refuse(&admission, refusal, None))?;
        Ok(Self { headers: parts.headers.clone(), query: parts.uri.query().map(Into::into), admission, scope })
    }
}

impl Call {
    pub(super) fn admission(&self) -> &Admission {
        &self.admission
    }

    pub(super) fn engine(&self) -> &Engine {
        self.admission.engine()
    }

    pub(super) fn policy(&self) -> &Policy {
        self.admission.pass().policy()
    }

    pub(super) fn is_secure(&self) -> bool {
        self.admission.pass().is_secure()
    }

    /// The same, as the engine asks for it.
    pub(super) fn visit(&self) -> Visit<'_> {
        self.admission.visit(&self.headers)
    }

    /// The user, on routes that only users get to.
    pub(super) fn user(&self) -> Result<&User, Refused> {
        self.known().map(Known::user).ok_or_else(|| self.refuse(Reason::NotLoggedIn.into()))
    }

    pub(super) fn known(&self) -> Option<&Known> {
        self.admission.caller().known()
    }

    /// User and session, on routes that only sessions get to.
    pub(super) fn session(&self) -> Result<(&User, &LiveSession), Refused> {
        let live = self.known().and_then(|known| Some((known.user(), known.session()?)));
        live.ok_or_else(|| self.refuse(Reason::NotLoggedIn.into()))
    }

    /// The realms that the call may be about.
    pub(super) fn realms(&self) -> Cow<'_, [RealmId]> {
        let route = self.admission.pass().route();
        self.policy().asked_realms(route, self.query.as_deref()).unwrap_or(Cow::Borrowed(&route.realms))
    }

    pub(super) fn refuse(&self, refusal: Refusal) -> Refused {
        refuse(&self.admission, refusal, None)
    }

    /// As [`refuse`](Self::refuse), where the body names the realm.
    pub(super) fn refuse_in(&self, realm: Option<&str>, refusal: Refusal) -> Refused {
        refuse(&self.admission, refusal, realm.and_then(|name| self.policy().realm_id(name)))
    }
}

/// Reads a query strictly: each parameter is known, and there once.
fn scope(query: &str) -> Result<Scope, Refusal> {
    let (mut scope, mut realm) = (None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name {
            "scope" => &mut scope,
            "realm" => &mut realm,
            _ => return Err(invalid("query", "only `realm` and `scope` are known here")),
        };
        if place.replace(value).is_some() {
            return Err(invalid("query", "a parameter stands there twice"));
        }
    }
    match scope.map(|text| percent_decode_str(text).decode_utf8_lossy()).as_deref() {
        None | Some("current") => Ok(Scope::Current),
        Some("others") => Ok(Scope::Others),
        Some("all") => Ok(Scope::All),
        Some(_) => Err(invalid("scope", "`current`, `others` or `all`")),
    }
}

fn invalid(member: &'static str, why: &str) -> Refusal {
    Reason::Invalid(member, why.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_each_thing_once_or_is_refused() {
        assert_eq!(scope("").ok(), Some(Scope::Current));
        assert_eq!(scope("realm=admin&scope=others").ok(), Some(Scope::Others));
        assert_eq!(scope("scope=%61ll").ok(), Some(Scope::All));
        for bad in ["scope=all&scope=all", "scope=everything", "x=1", "scope", "scope=", "realm=a&realm=a"] {
            assert!(scope(bad).is_err(), "{bad}");
        }
    }
}
