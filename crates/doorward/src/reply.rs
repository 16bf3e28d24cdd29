//! What goes out: the request as the upstream gets it, and the response as the caller gets it.

mod spelling;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderMap,
    HeaderName, HeaderValue, SET_COOKIE, VARY,
};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};

use crate::cookie::{self, Stripped};
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

impl Pass {
    /// Turns the request that came into the one that goes on: canonical path, forced query, identity headers of ours alone,
    /// none of our cookies, no credentials that were used here.
    pub fn edit_request(&self, parts: &mut Parts) {
        identity::strip(&mut parts.headers);
        if let Some(method) = &self.method {
            parts.method = method.clone();
        }
        spelling::drop_others(&mut parts.headers, self.policy().csrf_header(), self.route());
        if let Some(stripped) = cookie::strip(&parts.headers, &|name| self.policy().is_own_cookie(name)) {
            parts.headers.remove(COOKIE);
            if let Stripped::Value(value) = stripped {
                parts.headers.insert(COOKIE, value);
            }
        }
        let used = matches!(self.caller(), Caller::Known(known) if known.method() != Method::Session);
        if used || !self.route().passes_authorization() {
            parts.headers.remove(AUTHORIZATION);
        }
        parts.headers.remove(self.policy().csrf_header());
        for name in self.route().profile.csrf_headers {
            parts.headers.remove(*name);
        }
        identity::state(self.caller(), self.handed_token(), &mut parts.headers);
        let query = self.query.as_deref().or_else(|| parts.uri.query());
        let proven = query.and_then(|query| self.without_csrf_token(query));
        if self.path.is_some() || self.query.is_some() || proven.is_some() {
            parts.uri = self.target(&parts.uri, proven.as_deref());
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
    pub fn edit_response(&self, headers: &mut HeaderMap) {
        identity::strip(headers);
        if !self.route().is_own() {
            self.drop_own_cookies(headers);
        }
        self.expire_dead_cookies(headers);
        headers.extend(self.guest.iter().map(|cookie| (SET_COOKIE, cookie.clone())));
        if self.route().cors.as_ref().is_some_and(|cors| !cors.wider.any_origin) {
            // The answer depends on the origin, also for one that may not read it.
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        match &self.cors {
            Some(origin) => origin.label(headers),
            // The rules say who may read, and this origin is not among them.
            None if self.route().cors.is_some() => {
                headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
                headers.remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
            }
            None => {}
        }
        // A page with somebody's token in it is theirs alone.
        if !self.route().is_anonymous() || self.route().identify || self.handed_token().is_some() {
            keep_private(headers);
        }
        self.policy().protect(self.secure, headers);
    }

    /// Cookies of dead sessions expire, unless the response has just set a new one of that name.
    fn expire_dead_cookies(&self, headers: &mut HeaderMap) {
        let name = |cookie: &HeaderValue| cookie.as_bytes().split(|byte| *byte == b'=').next().map(<[u8]>::to_vec);
        for cookie in &self.expired {
            if !headers.get_all(SET_COOKIE).iter().any(|set| name(set) == name(cookie)) {
                headers.append(SET_COOKIE, cookie.clone());
            }
        }
    }

    /// An upstream cannot set a cookie of ours, nor make a proxy serve files.
    fn drop_own_cookies(&self, headers: &mut HeaderMap) {
        headers.remove(X_ACCEL_REDIRECT);
        headers.remove(X_SENDFILE);
        let is_ours = |value: &HeaderValue| {
            let pair = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            self.policy().is_own_cookie(&cookie::bare_name(pair))
        };
        if headers.get_all(SET_COOKIE).iter().any(is_ours) {
            let kept: Vec<_> = headers.get_all(SET_COOKIE).iter().filter(|line| !is_ours(line)).cloned().collect();
            headers.remove(SET_COOKIE);
            for line in kept {
                headers.append(SET_COOKIE, line);
            }
        }
    }
}

/// What was shown to one caller is not shown to another by a cache between. Caches know `Authorization` and are careful
/// with it (RFC 9111, section 3.5); of a session in a cookie they know nothing, so that `private` must stand there.
fn keep_private(headers: &mut HeaderMap) {
    // These overrule `Cache-Control` (RFC 9213), each for some caches.
    for name in [CDN_CACHE_CONTROL, SURROGATE_CONTROL, X_ACCEL_EXPIRES] {
        headers.remove(name);
    }
    let lines: Option<Vec<&str>> = headers.get_all(CACHE_CONTROL).iter().map(|line| line.to_str().ok()).collect();
    let said = lines.filter(|lines| !lines.is_empty()).map(|lines| lines.join(","));
    let Some(said) = said else {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        return;
    };
    let directives = || said.split(',').map(str::trim).filter(|directive| !directive.is_empty());
    let is = |directive: &str, names: &[&str]| {
        let name = directive.split('=').next().unwrap_or_default().trim_end();
        names.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let is_shared = |directive: &str| is(directive, &["public", "s-maxage", "must-revalidate", "proxy-revalidate"]);
    // `private="a"` is about one header alone.
    let is_kept = |directive: &str| ["private", "no-store"].iter().any(|known| directive.eq_ignore_ascii_case(known));
    if directives().any(is_kept) && !directives().any(is_shared) {
        return;
    }
    let kept = directives().filter(|directive| !is_shared(directive) && !is(directive, &["private"]));
    let kept: Vec<&str> = std::iter::once("private").chain(kept).collect();
    if let Ok(value) = HeaderValue::from_str(&kept.join(", ")) {
        headers.insert(CACHE_CONTROL, value);
    }
}

#[cfg(test)]
mod tests;
