//! Which headers go through, in both directions, and which are ours to say (RFC 9110, section 7.6).

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

/// The name that upstreams know requests by.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What becomes of a header that a client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It goes upstream.
    Pass,
    /// It is about this hop, or only we may say it.
    Remove,
    /// It says who the client is; believed, and kept, when a trusted proxy sent it.
    Client,
}

/// What a header's name means, compared as upstreams do that write `_` or `.` for `-`. What somebody decides by goes on in the
/// one spelling that was judged.
fn fate(name: &str) -> Fate {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return fate_of_plain(name);
    }
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    match fate_of_plain(&plain) {
        Fate::Client => Fate::Remove,
        _ if is_protected(&plain) => Fate::Remove,
        fate => fate,
    }
}

fn fate_of_plain(name: &str) -> Fate {
    match name {
        "connection"
        | "keep-alive"
        | "proxy-connection"
        | "te"
        | "transfer-encoding"
        | "upgrade"
        | "http2-settings"
        | "expect"
        | "proxy-authenticate"
        | "proxy-authorization"
        | "proxy" => Fate::Remove,
        "x-http-method-override"
        | "x-http-method"
        | "x-method-override"
        | "x-original-url"
        | "x-original-uri"
        | "x-original-method"
        | "x-rewrite-url"
        | "x-replaced-path" => Fate::Remove,
        "remote-user"
        | "x-remote-user"
        | "true-client-ip"
        | "x-client-ip"
        | "x-cluster-client-ip"
        | "client-cert"
        | "client-cert-chain"
        | "x-request-id" => Fate::Remove,
        "forwarded" | "x-forwarded-for" | "x-forwarded-proto" | "x-forwarded-host" => Fate::Client,
        "x-real-ip" | "x-forwarded-port" => Fate::Client,
        _ if name.starts_with("x-doorward-") || name.starts_with("x-forwarded-") => Fate::Remove,
        _ if name.starts_with("x-ssl-client-") || name.starts_with("ssl-client-") => Fate::Remove,
        _ => Fate::Pass,
    }
}

/// A header that `Connection` must not remove, because somebody decides by it.
pub(crate) fn is_protected(name: &str) -> bool {
    let fixed = matches!(
        name,
        "host"
            | "cookie"
            | "authorization"
            | "origin"
            | "referer"
            | "via"
            | "forwarded"
            | "date"
            | "accept"
            | "x-requested-with"
            | "x-siteaccess"
            | "x-expected-user"
    );
    let begins = ["content-", "x-forwarded-", "x-doorward-", "sec-", "x-request-id", "access-control-", "if-"];
    fixed
        || name == "transfer-encoding"
        || begins.iter().any(|begin| name.starts_with(begin))
        || name.contains("csrf")
        || name.contains("xsrf")
}

/// A field that may not come after a body: it would change what was decided before.
pub(crate) fn may_be_trailer(name: &HeaderName) -> bool {
    let name = name.as_str();
    let decides = matches!(name, "set-cookie" | "www-authenticate" | "cache-control" | "age" | "expires" | "vary");
    fate(name) == Fate::Pass && !is_protected(name) && !decides && !name.starts_with("x-accel-")
}

/// The tokens of a list header, in lower case as they stand.
pub(crate) fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(|token| token.trim_ascii())
}

/// Removes from a request what concerns one hop, and what only we may say. Runs before anything is added.
pub(crate) fn clean_request(parts: &mut Parts, trusted: bool) {
    let wants_trailers = tokens(&parts.headers, &header::TE).any(|token| token.eq_ignore_ascii_case(b"trailers"));
    remove_nominated(&mut parts.headers);
    remove(&mut parts.headers, |name| match fate(name) {
        Fate::Pass => false,
        Fate::Remove => true,
        Fate::Client => !trusted,
    });
    if wants_trailers {
        parts.headers.insert(header::TE, HeaderValue::from_static("trailers"));
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
    }
}

/// Whether a request has been here before.
pub(crate) fn is_loop(headers: &HeaderMap, pseudonym: &str) -> bool {
    tokens(headers, &header::VIA).any(|hop| hop.ends_with(pseudonym.as_bytes()))
}

/// Removes from a response what concerns one hop, or speaks to us and not to the client.
pub(crate) fn clean_response(headers: &mut HeaderMap) {
    remove_nominated(headers);
    remove(headers, |name| match name {
        "connection"
        | "keep-alive"
        | "proxy-connection"
        | "te"
        | "transfer-encoding"
        | "upgrade"
        | "http2-settings"
        | "proxy-authenticate"
        | "proxy-authentication-info" => true,
        _ => name.starts_with("x-accel-") || name == "x-sendfile" || is_identity(name),
    });
}

fn is_identity(name: &str) -> bool {
    let begin = b"x-doorward-";
    name.len() >= begin.len()
        && name
            .bytes()
            .zip(begin)
            .all(|(byte, expected)| byte == *expected || (*expected == b'-' && !byte.is_ascii_alphanumeric()))
}

/// Removes the headers that `Connection` names. Protected ones were refused before.
fn remove_nominated(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CONNECTION) {
        return;
    }
    let nominated: Vec<HeaderName> = tokens(headers, &header::CONNECTION)
        .filter(|token| !token.eq_ignore_ascii_case(b"close") && !token.eq_ignore_ascii_case(b"keep-alive"))
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        .filter(|name| !is_protected(name.as_str()))
        .collect();
    for name in nominated {
        headers.remove(name);
    }
}

/// Removes what `unwanted` names: one pass to find, and seldom anything to remove.
fn remove(headers: &mut HeaderMap, unwanted: impl Fn(&str) -> bool) {
    let found: Vec<HeaderName> = headers.keys().filter(|name| unwanted(name.as_str())).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests;
