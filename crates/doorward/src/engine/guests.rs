//! CSRF tokens for anyone: bound to the session, or, for a guest, to a short-lived cookie that no store knows.

use http::header::HeaderValue;

use super::identify::Identity;
use super::{Engine, Visit, unavailable};
use crate::clock::Time;
use crate::csrf;
use crate::head::Head;
use crate::policy::{Policy, Route};
use crate::refusal::{Reason, Refusal};

/// A token, and the cookie that goes with it when the guest had none.
pub struct GuestToken {
    /// The token.
    pub token: String,
    /// `Set-Cookie`.
    pub cookie: Option<HeaderValue>,
}

impl Engine {
    /// The token for a route that hands one out, or that is Doorward's own.
    pub(super) fn token_to_hand_out(
        &self,
        route: &Route,
        identity: &Identity<'_>,
        head: &Head<'_>,
        now: Time,
    ) -> Result<Option<GuestToken>, Refusal> {
        if !route.hands_csrf_token() {
            return Ok(None);
        }
        let secure = head.client.secure;
        let text = match identity.token {
            Some(text) => Some(text),
            None => self.guest_cookie(head.headers, secure, now),
        };
        match text {
            Some(text) => {
                let token = csrf::token(text).map_err(|error| unavailable(&error))?;
                Ok(Some(GuestToken { token, cookie: None }))
            }
            // Doorward's own resources give cookies only where a form needs one.
            None if route.is_own() => Ok(None),
            None => {
                let policy = self.policy.load();
                if policy.guest_cookie(secure).is_none() {
                    return Ok(None);
                }
                self.new_guest(&policy, secure, now).map(Some)
            }
        }
    }

    /// A cookie for a guest who has none, and its token.
    fn new_guest(&self, policy: &Policy, secure: bool, now: Time) -> Result<GuestToken, Refusal> {
        let text = csrf::guest_cookie(&self.keys.guest, now).map_err(|error| unavailable(&error))?;
        let token = csrf::token(&text).map_err(|error| unavailable(&error))?;
        let cookie = policy.guest_set_cookie(secure, &text).ok_or(Reason::HttpsRequired)?;
        Ok(GuestToken { token, cookie: Some(cookie) })
    }

    /// A token for a guest, with a new cookie where there is no live one.
    ///
    /// # Errors
    /// 403 over plain HTTP where that is not allowed; 503 when there is no randomness.
    pub fn guest_token(&self, visit: &Visit<'_>) -> Result<GuestToken, Refusal> {
        let policy = self.policy.load();
        let (now, secure) = (self.clock.now(), visit.client.secure);
        if let Some(text) = self.guest_cookie(visit.headers, secure, now) {
            let token = csrf::token(text).map_err(|error| unavailable(&error))?;
            return Ok(GuestToken { token, cookie: None });
        }
        self.new_guest(&policy, secure, now)
    }

    /// Whether a form carries the token that goes with the guest's cookie.
    pub fn is_guest_token(&self, sent: &str, visit: &Visit<'_>) -> bool {
        let text = self.guest_cookie(visit.headers, visit.client.secure, self.clock.now());
        text.is_some_and(|text| csrf::verify(text, sent.as_bytes()))
    }

    fn guest_cookie<'h>(&self, headers: &'h http::HeaderMap, secure: bool, now: Time) -> Option<&'h str> {
        let policy = self.policy.load();
        let name = policy.guest_cookie(secure)?;
        match crate::cookie::find(headers, name) {
            crate::cookie::Found::One(text) => csrf::guest_cookie_is_live(&self.keys.guest, text, now).then_some(text),
            _ => None,
        }
    }
}
