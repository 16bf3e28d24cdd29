//! Identity headers: what an upstream learns about the caller, and what a client may never say about itself.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::verdict::{Caller, Method};

/// The user's id.
pub const USER: HeaderName = HeaderName::from_static("x-doorward-user");
/// The user's login; characters beyond ASCII, `%` and controls are percent-encoded as UTF-8.
pub const LOGIN: HeaderName = HeaderName::from_static("x-doorward-login");
/// The user's realm.
pub const REALM: HeaderName = HeaderName::from_static("x-doorward-realm");
/// The user's roles, sorted, separated by commas.
pub const ROLES: HeaderName = HeaderName::from_static("x-doorward-roles");
/// How the caller said who they are: `session`, `basic`, `token` or `guest`.
pub const METHOD: HeaderName = HeaderName::from_static("x-doorward-method");
/// The handle of the session.
pub const SESSION: HeaderName = HeaderName::from_static("x-doorward-session");
/// A CSRF token to embed in a page, on routes that ask for one.
pub const CSRF: HeaderName = HeaderName::from_static("x-doorward-csrf");

/// Names under which other systems hand an identity on. A client may not send them either.
const FOREIGN: [&str; 9] = [
    "remote-user",
    "remote-name",
    "remote-email",
    "remote-groups",
    "x-remote-user",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-forwarded-preferred-username",
];

/// What may not stand in a header as it is.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'%').add(b',').add(b';').add(b'"').add(b'\\');

/// Whether a header of this name says who the caller is, in whatever spelling: `X-Doorward-User`, `x_doorward.user`.
///
/// ```
/// use doorward::identity::is_identity;
/// assert!(is_identity("x_doorward.user") && is_identity("remote-user") && !is_identity("x-door"));
/// ```
pub fn is_identity(name: &str) -> bool {
    // Nearly every name is ruled out by its first letter.
    if !matches!(name.as_bytes().first(), Some(b'x' | b'X' | b'r' | b'R')) {
        return false;
    }
    let folded = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    let equals = |text: &str, start: &str| {
        text.len() >= start.len() && text.bytes().map(folded).zip(start.bytes()).all(|(a, b)| a == b)
    };
    equals(name, "x-doorward-") || FOREIGN.iter().any(|known| known.len() == name.len() && equals(name, known))
}

/// Drops every identity header that the client sent.
pub fn strip(headers: &mut HeaderMap) {
    // Nothing is allocated for the usual request, which has none.
    while let Some(name) = headers.keys().find(|name| is_identity(name.as_str())).cloned() {
        headers.remove(name);
    }
}

/// Says who the caller is. What the client said about it must be gone already.
pub(crate) fn state(caller: &Caller, csrf_token: Option<&str>, headers: &mut HeaderMap) {
    match caller {
        Caller::Guest => {
            headers.insert(METHOD, HeaderValue::from_static("guest"));
        }
        Caller::Known(known) => {
            let user = known.user();
            let method = match known.method() {
                Method::Session => "session",
                Method::Basic => "basic",
                Method::Token => "token",
            };
            headers.insert(METHOD, HeaderValue::from_static(method));
            put(headers, USER, user.id.as_str());
            put(headers, LOGIN, user.login.as_str());
            put(headers, REALM, user.realm.as_str());
            put(headers, ROLES, &joined(user.roles.iter().map(|role| role.as_str())));
            if let Some(handle) = known.session_handle() {
                put(headers, SESSION, &handle.to_string());
            }
        }
    }
    if let Some(token) = csrf_token {
        put(headers, CSRF, token);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%');
    let value = match is_plain {
        true => HeaderValue::from_str(text),
        // What percent-encoding writes is visible ASCII: it always makes a value.
        false => HeaderValue::from_str(&utf8_percent_encode(text, UNSAFE).to_string()),
    };
    if let Ok(value) = value {
        headers.insert(name, value);
    }
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for name in names {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests;
