//! What proves that no other site made the request.

use http::Method;
use http::header::ORIGIN;

use super::Credential;
use super::asked::Asked;
use super::caller::Caller;
use super::told::{End, Told};
use crate::csrf::{self, Check, Evidence, TokenState};
use crate::head::query_values;
use crate::policy::route::{Csrf, Route};
use crate::policy::settings::ProofKind;
use crate::policy::{Found, Policy};
use crate::refusal::Reason;

impl Policy {
    pub(super) fn tell_proof(
        &self,
        asked: &Asked<'_>,
        found: &Found<'_>,
        caller: Caller,
        told: &mut Told,
    ) -> Result<(), End> {
        let route = found.route;
        let is_safe = matches!(asked.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let is_known = caller.realm.is_some();
        let by_session = is_known && matches!(caller.by, None | Some(Credential::Session));
        let by_basic = is_known && caller.by == Some(Credential::Basic);
        let Some(check) = route.check(is_safe, by_session, by_basic) else {
            let text = match route.csrf {
                Csrf::OriginOnly => "not asked for",
                csrf if is_safe && (csrf == Csrf::Unsafe || by_basic) => "not asked for: the method is safe",
                _ if is_known => "not asked for: no browser sends this by itself",
                _ => "not asked for: a guest has no session to ride",
            };
            told.pass("csrf", text.to_owned());
            return Ok(());
        };
        let has_token = self.has_token(asked, route);
        let says_where = asked.headers.contains_key(ORIGIN) || asked.headers.contains_key("sec-fetch-site");
        if !says_where && !has_token {
            let text = needed(check, route).to_owned();
            match check {
                Check::Full { .. } if !self.only_reports_csrf(route) => told.pass_with("csrf", text),
                _ => told.pass("csrf", text),
            }
            return Ok(());
        }
        let host = self.loopback(&asked.host);
        let lists = asked.header("origin").is_some_and(|origin| self.dialect_lists(route, origin));
        let evidence = Evidence::read(&asked.headers, host, asked.secure).listed(lists);
        // Which tokens are right is for whoever holds the cookie to know.
        let token = if has_token { TokenState::Right } else { TokenState::Absent };
        match csrf::judge(&evidence, self.origins(), check, token) {
            Ok(()) if has_token => told.pass("csrf", "the token proves it, if it is that of the session".to_owned()),
            Ok(()) => told.pass("csrf", "where it comes from is allowed, and proof enough".to_owned()),
            Err(refusal) if self.only_reports_csrf(route) => {
                told.pass("csrf", format!("{refusal} Only reported, since report_only is set"));
            }
            Err(refusal) => {
                let status = route.profile.status(&Reason::Csrf(refusal));
                return Err(told.stop("csrf", status, refusal.to_string()));
            }
        }
        Ok(())
    }

    fn has_token(&self, asked: &Asked<'_>, route: &Route) -> bool {
        let profile = route.profile;
        let mut names = std::iter::once(self.csrf_header().as_str()).chain(profile.csrf_headers.iter().copied());
        names.any(|name| asked.headers.contains_key(name))
            || profile.csrf_query.is_some_and(|name| query_values(asked.query, name).next().is_some())
    }
}

fn needed(check: Check, route: &Route) -> &'static str {
    match check {
        // What answers it may ask for the token itself, once it has looked at what the token is about.
        Check::OriginOnly if route.is_own() => "a foreign Origin would be refused",
        Check::OriginOnly => "a foreign Origin would be refused; no token is asked for",
        Check::Full { .. } if route.proof == ProofKind::Token => "a session needs the token",
        Check::Full { .. } => "a session needs the token, or an Origin that the browser vouches for",
    }
}
