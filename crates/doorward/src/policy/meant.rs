//! What a dialect makes of a request before a route is looked for: another method, another path, or nothing at all.

use std::borrow::Cow;

use http::{HeaderMap, Method};

use super::Policy;
use super::dialect::DialectHit;
use super::force::Steps;
use super::profile::{MethodOverride, Profile, Wording};
use crate::refusal::Reason;

/// The parameter of a query or a form that names another method to some frameworks.
const PARAMETER: &str = "_method";
/// The header that may name another method.
pub(super) const OVERRIDE: &str = "x-http-method-override";
/// What Kirby takes for a method.
const KIRBY: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

impl Profile {
    /// The method that a request is meant with, where it is not the one that it has.
    ///
    /// # Errors
    /// For a header that names no method, or two.
    pub(crate) fn meant_method(
        &self,
        method: &Method,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Option<Method>, Reason> {
        let may = match self.overrides_method {
            MethodOverride::Never => false,
            MethodOverride::Post => *method == Method::POST,
            // Nobody reads a body after the answer to HEAD: what was left of it would be taken for the next answer.
            MethodOverride::Always => *method != Method::HEAD,
        };
        if !may {
            return Ok(None);
        }
        if !headers.contains_key(OVERRIDE) {
            return match self.overrides_method {
                MethodOverride::Post => in_query(query),
                MethodOverride::Never | MethodOverride::Always => Ok(None),
            };
        }
        const UNREADABLE: Reason = Reason::Malformed("X-HTTP-Method-Override names no method, or two");
        let mut lines = headers.get_all(OVERRIDE).iter();
        let only = lines.next().filter(|_| lines.next().is_none());
        let named = only.and_then(|line| line.to_str().ok()).ok_or(UNREADABLE)?.to_ascii_uppercase();
        if self.overrides_method == MethodOverride::Always {
            let known = KIRBY.contains(&named.as_str()) && !matches!(named.as_str(), "CONNECT" | "TRACE");
            return if known { Ok(verb(&named)) } else { Ok(None) };
        }
        verb(&named).map(Some).ok_or(UNREADABLE)
    }
}

/// A verb of letters. HEAD is meant as GET: whoever has sent another method waits for the body that goes with the answer.
fn verb(named: &str) -> Option<Method> {
    if named == "HEAD" {
        return Some(Method::GET);
    }
    let letters = !named.is_empty() && named.len() <= 32 && named.bytes().all(|byte| byte.is_ascii_uppercase());
    let known = letters && !matches!(named, "CONNECT" | "TRACE" | "TRACK");
    Method::from_bytes(named.as_bytes()).ok().filter(|_| known)
}

/// The method that `_method` names in a query, where it stands once and in this spelling.
fn in_query(query: Option<&str>) -> Result<Option<Method>, Reason> {
    const UNREADABLE: Reason = Reason::Malformed("`_method` in the query names no method, or two");
    let query = query.unwrap_or_default();
    if !names_method(query) {
        return Ok(None);
    }
    let named = Steps::parse(PARAMETER).and_then(|steps| steps.only_value(query)).ok_or(UNREADABLE)?;
    verb(&named.to_ascii_uppercase()).map(Some).ok_or(UNREADABLE)
}

/// Whether a parameter of a query asks some frameworks to take the request for one with another method.
pub(crate) fn names_method(query: &str) -> bool {
    query.split(['&', ';']).filter(|pair| pair.len() >= PARAMETER.len()).any(|pair| {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&name).decode_utf8_lossy();
        may_be_read_as_method(&decoded)
    })
}

/// Whether somebody reads this name as the parameter's. PHP ends it at a NUL, overlooks spaces before it and takes `.` for `_`;
/// others overlook brackets around it.
fn may_be_read_as_method(name: &str) -> bool {
    let is_aside = |c: char| c.is_whitespace() || matches!(c, '[' | ']');
    let name = name.split('\0').next().unwrap_or_default().trim_start_matches(is_aside);
    let name = name.split('[').next().unwrap_or_default().trim_end_matches(is_aside);
    let plain = name.replace(|c: char| c.is_whitespace() || c == '.', "_");
    plain.eq_ignore_ascii_case(PARAMETER)
}

/// A query without what names a method.
pub(crate) fn without_method(query: &str) -> String {
    let kept: Vec<&str> = query.split('&').filter(|pair| !names_method(pair)).collect();
    kept.join("&")
}

impl Policy {
    /// The path that a route is looked for with: Magento's store view codes say nothing about rights, and below eZ Platform's root
    /// for Basic stands what stands below the usual one, but for sessions.
    ///
    /// # Errors
    /// What the dialect refuses before it looks for a route.
    pub(crate) fn matched_path<'p>(
        &self,
        hit: DialectHit<'_>,
        method: &Method,
        path: &'p str,
    ) -> Result<Cow<'p, str>, Reason> {
        if hit.is_elsewhere() {
            let rest = path.strip_prefix(&*hit.place.root).unwrap_or_default();
            let is_session =
                rest.strip_prefix("/user/sessions").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            return if is_session {
                Err(Reason::NotFound)
            } else {
                Ok(Cow::Owned(format!("{}{rest}", hit.dialect.root())))
            };
        }
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
        let is_store = self.dialect_settings().magento.as_ref().is_some_and(|magento| magento.has_store(first));
        match after {
            Some(after) if is_store && is_known(after.split('/').next().unwrap_or_default()) => {
                Ok(Cow::Owned(format!("{root}/{}", after.strip_suffix('/').unwrap_or(after))))
            }
            _ => Err(Reason::Malformed("Specified request cannot be processed.")),
        }
    }
}

/// `V1`, `V2` and so on; what follows the digit is for the routes to know.
fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('V').unwrap_or_default();
    digits.starts_with(|first: char| first.is_ascii_digit())
}
