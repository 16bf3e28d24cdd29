//! What a dialect looks at beside what a route says: whom the client expects, how it wants to be answered.

use crate::head::Head;
use crate::policy::{ForceError, Policy, Profile, Route};
use crate::refusal::{Reason, Refusal};
use crate::speech::Speech;
use crate::user::Login;
use crate::verdict::Caller;

/// Whom a client expects to be the caller.
#[derive(Clone, Copy)]
pub(super) struct Expected<'h>(&'h [u8]);

/// Whom a request expects to be the caller, where the dialect has a header for it.
pub(super) fn expected_user<'h>(profile: &Profile, head: &Head<'h>) -> Option<Expected<'h>> {
    let mut values = head.headers.get_all(profile.expected_user?).iter();
    let first = values.next()?;
    // Two names are nobody's.
    Some(Expected(if values.next().is_some() { b"" } else { first.as_bytes() }))
}

impl Expected<'_> {
    /// Whether the caller is the one. Guests are somebody of this login there.
    pub(super) fn is(self, caller: &Caller) -> bool {
        const GUEST: &str = "anonymous";
        let Ok(expected) = std::str::from_utf8(self.0) else { return false };
        match caller {
            Caller::Guest => expected == GUEST,
            Caller::Known(known) => Login::parse(expected).is_ok_and(|expected| expected == known.user().login),
        }
    }
}

/// How the caller wants to be answered.
pub(super) fn speech(policy: &Policy, profile: &'static Profile, asks: &str, head: &Head<'_>) -> Option<Box<Speech>> {
    let mut speech = Speech::read(policy, profile, head.headers)?;
    speech.asks = asks.into();
    speech.request = format!("{} {}", head.method, policy.redacted(head.path.as_str())).into();
    Some(Box::new(speech))
}

/// Says in a refusal, where it is for want of a value to force, which parameters lack one.
pub(super) fn name_missing(policy: &Policy, route: &Route, refusal: &mut Refusal) {
    if *refusal.reason() != Reason::Force(ForceError::MissingAttribute) {
        return;
    }
    let terms = refusal.terms_mut();
    let (Some(speech), Some(force)) = (&mut terms.speech, &route.force) else { return };
    let user = terms.caller.as_deref().filter(|user| !policy.is_no_customer(route, &user.realm));
    speech.missing = force.missing(user.map(|user| user.values())).map(|(name, _)| name).collect();
}
