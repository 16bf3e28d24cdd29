//! What is asked, read as a request is: its path in one spelling, what a dialect makes of it, and its headers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::Question;
use super::told::{End, Told};
use crate::path::CanonicalPath;
use crate::policy::dialect::DialectHit;
use crate::policy::meant::OVERRIDE;
use crate::policy::profile::{MethodOverride, Profile};
use crate::policy::{Origin, Policy};
use crate::refusal::Reason;

/// A question, read.
pub(super) struct Asked<'q> {
    /// The method that is meant.
    pub(super) method: Method,
    pub(super) path: CanonicalPath<'q>,
    /// The path that the route is looked for with.
    pub(super) matched: String,
    pub(super) query: Option<&'q str>,
    pub(super) host: Cow<'q, str>,
    pub(super) secure: bool,
    pub(super) headers: HeaderMap,
    /// The dialect that is spoken there.
    pub(super) hit: Option<DialectHit<'q>>,
}

impl<'q> Asked<'q> {
    pub(super) fn read(policy: &'q Policy, question: &'q Question, told: &mut Told) -> Result<Self, End> {
        let bad = StatusCode::BAD_REQUEST;
        let text = question.path.split('#').next().unwrap_or_default();
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        let path = CanonicalPath::parse(path).map_err(|error| told.stop("path", bad, error.to_string()))?;
        told.explanation.path = path.as_str().to_owned();
        told.pass("path", format!("{} is canonical", path.as_str()));
        let method = Method::from_bytes(question.method.as_bytes())
            .map_err(|_| told.stop("route", bad, format!("{:?} is no method", question.method)))?;
        let usual = policy.site.usual.as_ref();
        let secure = question.secure.unwrap_or_else(|| usual.is_some_and(Origin::is_secure));
        let host = match &question.host {
            Some(host) => crate::head::canonical_host(host, secure),
            None => Some(Cow::Borrowed(usual.map_or("localhost", Origin::authority))),
        };
        let host = host.ok_or_else(|| {
            let host = question.host.as_deref().unwrap_or_default();
            told.stop("host", bad, format!("{host:?} is no host"))
        })?;
        let headers = headers(&question.headers);
        let hit = policy.dialect_at(&host, path.as_str());
        let mut asked = Self { method, matched: path.as_str().to_owned(), path, query, host, secure, headers, hit };
        asked.mean(policy, told)?;
        Ok(asked)
    }

    /// How credentials are read and refusals are worded before there is a route.
    pub(super) fn profile(&self) -> &'static Profile {
        self.hit.map_or(&Profile::DOORWARD, |hit| hit.dialect.profile)
    }

    /// The only value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the dialect makes of method and path.
    fn mean(&mut self, policy: &Policy, told: &mut Told) -> Result<(), End> {
        let overrides = self.headers.contains_key(OVERRIDE);
        let Some(hit) = self.hit else {
            if overrides {
                told.pass("dialect", "none is spoken here: X-HTTP-Method-Override is dropped".to_owned());
            }
            return Ok(());
        };
        let profile = hit.dialect.profile;
        let mut text = format!("{} is spoken below {}", profile.title(), hit.place.root);
        let place = text.clone();
        let refused = |told: &mut Told, reason: Reason, why: String| {
            Err(told.stop("dialect", profile.status(&reason), format!("{place}: {why}")))
        };
        if let Err(reason) = policy.siteaccess(profile, &self.headers) {
            return refused(told, reason, "X-Siteaccess names no siteaccess that the settings know".to_owned());
        }
        match profile.meant_method(&self.method, &self.headers, self.query) {
            Ok(None) if overrides => {
                let when = match profile.overrides_method {
                    MethodOverride::Never => "X-HTTP-Method-Override is dropped",
                    MethodOverride::Post => "X-HTTP-Method-Override counts with POST alone",
                    MethodOverride::Always => "X-HTTP-Method-Override names no method that is known there",
                };
                text = format!("{text}; {when}");
            }
            Ok(None) => {}
            Ok(Some(meant)) => {
                let by = if overrides { "X-HTTP-Method-Override" } else { "`_method` in the query" };
                text = format!("{text}; by {by} this is a {meant}");
                self.method = meant;
            }
            Err(reason) => {
                let by = if overrides { "X-HTTP-Method-Override" } else { "`_method` in the query" };
                return refused(told, reason, format!("{by} names no method"));
            }
        }
        match policy.matched_path(hit, &self.method, self.path.as_str()) {
            Ok(matched) if matched != self.path.as_str() => {
                text = format!("{text}; the route is looked for as {matched}");
                self.matched = matched.into_owned();
            }
            Ok(_) => {}
            Err(reason @ Reason::UnknownMethod) => {
                let why = format!("it has no {}, only GET, POST, PUT and DELETE", self.method);
                return refused(told, reason, why);
            }
            Err(reason @ Reason::NotFound) => {
                return refused(told, reason, "there are no sessions where HTTP Basic says who is asking".to_owned());
            }
            Err(reason) => {
                let why = "the path begins neither with a version, as /V1, nor with a store code that `stores` names";
                return refused(told, reason, why.to_owned());
            }
        }
        told.pass("dialect", text);
        Ok(())
    }
}

/// A header that cannot be one, or by which nobody is asked for here.
pub(super) fn misnamed_header(headers: &BTreeMap<String, String>) -> Option<String> {
    headers.iter().find_map(|(name, value)| {
        let is_one = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
        match name.to_ascii_lowercase().as_str() {
            _ if !is_one => Some(format!("`{name}: {value}` is no header")),
            "cookie" | "authorization" => {
                Some(format!("`{name}` says who is asking: say whose user, and by what, instead"))
            }
            "host" => Some("`Host` is the host: say that instead".to_owned()),
            _ => None,
        }
    })
}

fn headers(texts: &BTreeMap<String, String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in texts {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // The same name in capitals and without is the same header twice.
            headers.append(name, value);
        }
    }
    headers
}
