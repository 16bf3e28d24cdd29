//! What a dialect makes of a request before a route is looked for: another method, another path, or nothing at all.

use std::borrow::Cow;

use http::Method;
use http::header::ORIGIN;

use crate::head::Head;
use crate::policy::{DialectHit, MethodOverride, Policy, Profile, Route, Wording};
use crate::refusal::Reason;
use crate::speech::Speech;
use crate::user::Login;
use crate::verdict::Caller;

const OVERRIDE: &str = "x-http-method-override";
/// What Kirby takes for a method.
const KIRBY: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// The method that a request is meant with, where it is not the one that it has.
pub(super) fn meant_method(profile: &Profile, head: &Head<'_>) -> Result<Option<Method>, Reason> {
    let may = match profile.overrides_method {
        MethodOverride::Never => false,
        MethodOverride::Post => *head.method == Method::POST,
        MethodOverride::Always => true,
    };
    if !may || !head.headers.contains_key(OVERRIDE) {
        return Ok(None);
    }
    const UNREADABLE: Reason = Reason::Malformed("X-HTTP-Method-Override names no method, or two");
    let named = head.header(OVERRIDE).ok_or(UNREADABLE)?.to_ascii_uppercase();
    if profile.overrides_method == MethodOverride::Always {
        let known = KIRBY.contains(&named.as_str()) && !matches!(named.as_str(), "CONNECT" | "TRACE");
        return if known { Ok(Method::from_bytes(named.as_bytes()).ok()) } else { Ok(None) };
    }
    let letters = !named.is_empty() && named.len() <= 32 && named.bytes().all(|byte| byte.is_ascii_uppercase());
    if !letters || matches!(named.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return Err(UNREADABLE);
    }
    Ok(Method::from_bytes(named.as_bytes()).ok())
}

/// The path that a route is looked for with: Magento's store view codes say nothing about rights.
///
/// # Errors
/// What the dialect refuses before it looks for a route.
pub(super) fn matched_path<'p>(
    policy: &Policy,
    hit: DialectHit<'_>,
    method: &Method,
    path: &'p str,
) -> Result<Cow<'p, str>, Reason> {
    if hit.dialect.profile.wording != Wording::Magento {
        return Ok(Cow::Borrowed(path));
    }
    if !matches!(*method, Method::GET | Method::POST | Method::PUT | Method::DELETE) {
        return Err(Reason::UnknownMethod);
    }
    let root = &*hit.place.root;
    let rest = path.strip_prefix(root).unwrap_or_default();
    let mut segments = rest.trim_start_matches('/').splitn(2, '/');
    let (first, after) = (segments.next().unwrap_or_default(), segments.next());
    let is_known = |segment: &str| is_version(segment) || segment.starts_with("schema") || segment == "async";
    if is_known(first) {
        return Ok(Cow::Borrowed(path.strip_suffix('/').unwrap_or(path)));
    }
    let stores = policy.dialect_settings().magento.as_ref().map_or(&[][..], |magento| &magento.stores);
    let is_store = first == "all" || stores.iter().any(|store| store == first);
    match after {
        Some(after) if is_store && is_known(after.split('/').next().unwrap_or_default()) => {
            Ok(Cow::Owned(format!("{root}/{}", after.strip_suffix('/').unwrap_or(after))))
        }
        _ => Err(Reason::Malformed("Specified request cannot be processed.")),
    }
}

/// `V1`, `V2` and so on; what follows the digit is for the routes to know.
fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('V').unwrap_or_default();
    digits.starts_with(|first: char| first.is_ascii_digit())
}

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

/// Whether a dialect's own settings let scripts of the request's origin act for whoever is logged in.
pub(super) fn lists_origin(policy: &Policy, route: &Route, head: &Head<'_>) -> bool {
    let dialect = policy.dialect(route.profile).filter(|dialect| dialect.cors.is_some());
    let cors = dialect.and(route.cors.as_ref()).filter(|cors| cors.credentials);
    cors.is_some_and(|cors| head.header(ORIGIN).is_some_and(|origin| cors.lists(origin)))
}
