//! Who is asking, and whether that counts on the route.

use http::StatusCode;

use super::asked::Asked;
use super::told::{End, Told};
use super::{Credential, Question};
use crate::policy::Policy;
use crate::policy::profile::StrayAuthorization;
use crate::policy::route::{RealmId, Route};
use crate::refusal::Reason;

/// Who is asking, as far as that counts.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    /// Whose user. None for a guest.
    pub(super) realm: Option<RealmId>,
    /// By what they say so. None where it was not asked.
    pub(super) by: Option<Credential>,
}

const GUEST: Caller = Caller { realm: None, by: None };

impl Policy {
    pub(super) fn tell_caller(
        &self,
        question: &Question,
        asked: &Asked<'_>,
        route: &Route,
        told: &mut Told,
    ) -> Result<Caller, End> {
        let caller = self.caller_of(question, asked, route, told)?;
        let status = |reason: &Reason| route.profile.status(reason);
        if asked.hit.is_some_and(|hit| hit.place.challenges_guests) && caller.realm.is_none() {
            let text = "whoever is not known by HTTP Basic is asked for it here, by a challenge".to_owned();
            return Err(told.stop("caller", status(&Reason::NotLoggedIn), text));
        }
        if let Some(header) = route.profile.expected_user
            && let Some(expected) = asked.header(header)
        {
            match caller.realm {
                None if expected != "anonymous" => {
                    let text = format!("the client expects {expected}, and a guest asks");
                    return Err(told.stop("caller", status(&Reason::UnexpectedUser), text));
                }
                None => told.pass("caller", "the client expects a guest".to_owned()),
                Some(_) => told.pass("caller", format!("the client expects {expected}: anybody else is refused")),
            }
        }
        Ok(caller)
    }

    fn caller_of(&self, question: &Question, asked: &Asked<'_>, route: &Route, told: &mut Told) -> Result<Caller, End> {
        let Some((name, realm)) = question.realm.as_ref().and_then(|name| Some((name, self.realm_id(name.as_str())?)))
        else {
            told.pass("caller", "a guest".to_owned());
            return Ok(GUEST);
        };
        let is_stateless = asked.hit.is_some_and(|hit| hit.place.challenges_guests);
        let expects = route.profile.expected_user.is_some_and(|header| asked.headers.contains_key(header));
        if route.is_anonymous() && !route.identify && !is_stateless && !expects {
            told.pass("caller", "nobody is asked for: the route is anonymous".to_owned());
            return Ok(GUEST);
        }
        if !route.realms.contains(&realm) {
            told.pass("caller", format!("a user of {name}, whose sessions do not count here: as a guest"));
            return Ok(GUEST);
        }
        let by = question.by.or_else(|| self.implied(asked, route));
        let stray = |told: &mut Told, what: &str| match route.profile.stray_authorization {
            _ if route.passes_authorization() => {
                told.pass("caller", format!("{what} goes on to the upstream and says nothing here: as a guest"));
                Ok(GUEST)
            }
            StrayAuthorization::Ignored => {
                told.pass("caller", format!("{what} says nothing here, as if it were not there: as a guest"));
                Ok(GUEST)
            }
            StrayAuthorization::Refused => {
                Err(told.stop("caller", StatusCode::UNAUTHORIZED, format!("{what} is not taken here")))
            }
        };
        match by {
            Some(Credential::Session) if is_stateless => {
                told.pass("caller", "cookies say nothing here: as a guest".to_owned());
                return Ok(GUEST);
            }
            Some(Credential::Session) if !has_needed_header(asked, route) => {
                let (header, value) = route.profile.session_needs.unwrap_or_default();
                told.pass("caller", format!("a session counts with `{header}: {value}` alone: as a guest"));
                return Ok(GUEST);
            }
            Some(Credential::Basic) if self.basic_realm(route, asked.query) != Some(realm) => {
                return stray(told, "HTTP Basic");
            }
            Some(Credential::Basic) if !asked.secure && !self.allows_insecure_basic(route.profile, realm) => {
                let text = "HTTP Basic is for https alone".to_owned();
                return Err(told.stop("caller", route.profile.status(&Reason::HttpsRequired), text));
            }
            Some(Credential::Token) if !route.profile.takes_bearer => return stray(told, "a bearer token"),
            _ => {}
        }
        let how = match (by, route.profile.session_needs) {
            (Some(Credential::Session), _) => ", by a session".to_owned(),
            (Some(Credential::Basic), _) => ", by HTTP Basic".to_owned(),
            (Some(Credential::Token), _) => ", by a bearer token".to_owned(),
            (None, Some((header, value))) => format!(", by a bearer token, or by a session with `{header}: {value}`"),
            (None, None) => String::new(),
        };
        told.pass("caller", format!("a user of {name}{how}"));
        Ok(Caller { realm: Some(realm), by })
    }

    /// By what alone the caller can be known, where the question does not say.
    fn implied(&self, asked: &Asked<'_>, route: &Route) -> Option<Credential> {
        if asked.hit.is_some_and(|hit| hit.place.challenges_guests) {
            return Some(Credential::Basic);
        }
        // Whoever says what a session needs means a session.
        let (header, _) = route.profile.session_needs?;
        asked.headers.contains_key(header).then_some(Credential::Session)
    }
}

fn has_needed_header(asked: &Asked<'_>, route: &Route) -> bool {
    route.profile.session_needs.is_none_or(|(header, value)| asked.header(header) == Some(value))
}
