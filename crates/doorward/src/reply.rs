//! What goes out: the request as the upstream gets it, and the response as the caller gets it.

mod spelling;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderName,
    HeaderValue, SET_COOKIE, VARY,
};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};

use crate::cookie::{self, Stripped};
use crate::fields::Fields;
use crate::identity;
use crate::verdict::{Caller, Method, Pass};

/// RFC 6797.
pub(crate) const STRICT_TRANSPORT_SECURITY: HeaderName = HeaderName::from_static("strict-transport-security");
/// Two years, and all hosts below.
pub(crate) const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

const X_ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");
const X_ACCEL_EXPIRES: HeaderName = HeaderName::from_static("x-accel-expires");
const X_SENDFILE: HeaderName = HeaderName::from_static("x-sendfile");
const CDN_CACHE_CONTROL: HeaderName = HeaderName::from_static("cdn-cache-control");
const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

static PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

impl Pass {
    /// Turns the request that came into the one that goes on: canonical path, forced query, identity headers of ours alone,
    /// none of our cookies, no credentials that were used here.
    pub fn edit_request(&self, parts: &mut Parts) {
        self.edit_line(&mut parts.method, &mut parts.uri);
        self.edit_request_fields(&mut parts.headers);
    }

    /// What [`edit_request`](Self::edit_request) does to the header lines.
    pub fn edit_request_fields(&self, fields: &mut impl Fields) {
        identity::strip(fields);
        spelling::drop_others(fields, self.policy().csrf_header(), self.route());
        match cookie::strip(fields, &|name| self.policy().is_own_cookie(name)) {
            None => {}
            Some(Stripped::Nothing) => fields.remove(&COOKIE),
            Some(Stripped::Value(value)) => fields.set(&COOKIE, &value),
        }
        let used = matches!(self.caller(), Caller::Known(known) if known.method() != Method::Session);
        if used || !self.route().passes_authorization() {
            fields.remove(&AUTHORIZATION);
        }
        fields.remove(self.policy().csrf_header());
        for name in self.route().profile.csrf_headers {
            fields.keep(|other| other != name.as_bytes());
        }
        identity::state(self.caller(), self.handed_token(), fields);
    }

    /// What [`edit_request`](Self::edit_request) does to method and target.
    pub fn edit_line(&self, method: &mut http::Method, uri: &mut Uri) {
        if let Some(meant) = &self.method {
            *method = meant.clone();
        }
        let query = self.query.as_deref().or_else(|| uri.query());
        let proven = query.and_then(|query| self.without_csrf_token(query));
        if self.path.is_some() || self.query.is_some() || proven.is_some() {
            *uri = self.target(uri, proven.as_deref());
        }
    }

    /// The CSRF token goes to the upstream only on a route that asks for it.
    fn handed_token(&self) -> Option<&str> {
        self.route().hands_csrf_token().then(|| self.csrf_token()).flatten()
    }

    /// The query without the CSRF token, where a dialect's clients may send it there: what others log are addresses. None where
    /// there is none in it.
    fn without_csrf_token(&self, query: &str) -> Option<String> {
        let name = self.route().profile.csrf_query.filter(|_| !self.route().is_own())?;
        let is_token = |pair: &&str| pair.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        query.split('&').any(|pair| is_token(&pair)).then(|| {
            let kept: Vec<&str> = query.split('&').filter(|pair| !is_token(pair)).collect();
            kept.join("&")
        })
    }

    /// Path and query as they go on; the query is `query`, if that is given.
    fn target(&self, sent: &Uri, query: Option<&str>) -> Uri {
        let path = self.path.as_deref().unwrap_or_else(|| sent.path());
        let query = query.or(self.query.as_deref()).or_else(|| sent.query()).filter(|query| !query.is_empty());
        let text = match query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        // A canonical path and an encoded query always make a target; should they not, nothing is forwarded as it was sent.
        let target = PathAndQuery::try_from(text).unwrap_or_else(|_| PathAndQuery::from_static("/"));
        let mut parts = sent.clone().into_parts();
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).unwrap_or_else(|_| Uri::from_static("/"))
    }

    /// Turns the response that came into the one that goes out: no identity, none of our cookies but those that expire here,
    /// no shared caching of what is somebody's own, and the security headers that the upstream left out.
    pub fn edit_response(&self, fields: &mut impl Fields) {
        identity::strip(fields);
        if !self.route().is_own() {
            self.drop_own_cookies(fields);
        }
        self.expire_dead_cookies(fields);
        if let Some(cookie) = &self.guest {
            fields.add(&SET_COOKIE, cookie);
        }
        if self.route().cors.as_ref().is_some_and(|cors| !cors.wider.any_origin) {
            // The answer depends on the origin, also for one that may not read it.
            fields.add(&VARY, &HeaderValue::from_static("Origin"));
        }
        match &self.cors {
            Some(origin) => origin.label(fields),
            // The rules say who may read, and this origin is not among them.
            None if self.route().cors.is_some() => {
                fields.remove(&ACCESS_CONTROL_ALLOW_ORIGIN);
                fields.remove(&ACCESS_CONTROL_ALLOW_CREDENTIALS);
            }
            None => {}
        }
        // A page with somebody's token in it is theirs alone.
        if !self.route().is_anonymous() || self.route().identify || self.handed_token().is_some() {
            keep_private(fields);
        }
        self.policy().protect(self.secure, fields);
    }

    /// Cookies of dead sessions expire, unless the response has just set a new one of that name.
    fn expire_dead_cookies(&self, fields: &mut impl Fields) {
        let name = |cookie: &[u8]| cookie.split(|byte| *byte == b'=').next().map(<[u8]>::to_vec);
        for cookie in &self.expired {
            if !fields.values(&SET_COOKIE).any(|set| name(set) == name(cookie.as_bytes())) {
                fields.add(&SET_COOKIE, cookie);
            }
        }
    }

    /// An upstream cannot set a cookie of ours, nor make a proxy serve files.
    fn drop_own_cookies(&self, fields: &mut impl Fields) {
        fields.remove(&X_ACCEL_REDIRECT);
        fields.remove(&X_SENDFILE);
        let is_ours = |value: &[u8]| {
            let pair = value.split(|byte| *byte == b';').next().unwrap_or_default();
            self.policy().is_own_cookie(&cookie::bare_name(pair))
        };
        if fields.values(&SET_COOKIE).any(is_ours) {
            let kept = fields.values(&SET_COOKIE).filter(|line| !is_ours(line));
            let kept: Vec<_> = kept.filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
            fields.remove(&SET_COOKIE);
            for line in kept {
                fields.add(&SET_COOKIE, &line);
            }
        }
    }
}

/// What was shown to one caller is not shown to another by a cache between. Caches know `Authorization` and are careful
/// with it (RFC 9111, section 3.5); of a session in a cookie they know nothing, so that `private` must stand there.
fn keep_private(fields: &mut impl Fields) {
    // These overrule `Cache-Control` (RFC 9213), each for some caches.
    for name in [&CDN_CACHE_CONTROL, &SURROGATE_CONTROL, &X_ACCEL_EXPIRES] {
        fields.remove(name);
    }
    let text = |line| std::str::from_utf8(line).ok().filter(|line| line.is_ascii());
    let lines: Option<Vec<&str>> = fields.values(&CACHE_CONTROL).map(text).collect();
    let said = lines.filter(|lines| !lines.is_empty()).map(|lines| lines.join(","));
    let Some(said) = said else {
        fields.set(&CACHE_CONTROL, &PRIVATE);
        return;
    };
    let directives = || said.split(',').map(str::trim).filter(|directive| !directive.is_empty());
    let is = |directive: &str, names: &[&str]| {
        let name = directive.split('=').next().unwrap_or_default().trim_end();
        names.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let is_shared = |directive: &str| is(directive, &["public", "s-maxage", "must-revalidate", "proxy-revalidate"]);
    // `private="a"` is about one header alone, and within quotes a word is no directive.
    let is_kept = |directive: &str| ["private", "no-store"].iter().any(|known| directive.eq_ignore_ascii_case(known));
    if !said.contains('"') && directives().any(is_kept) && !directives().any(is_shared) {
        return;
    }
    let kept = directives().filter(|directive| !is_shared(directive) && !is(directive, &["private"]));
    let kept: Vec<&str> = std::iter::once("private").chain(kept).collect();
    fields.set_text(&CACHE_CONTROL, &kept.join(", "));
}

#[cfg(test)]
mod tests;
