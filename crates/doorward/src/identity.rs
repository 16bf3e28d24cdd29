//! Identity headers: what an upstream learns about the caller, and what a client may never say about itself.

use http::header::HeaderName;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::fields::Fields;
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
pub fn is_identity(name: impl AsRef<[u8]>) -> bool {
    let name = name.as_ref();
    // Nearly every name is ruled out by its first letter.
    if !matches!(name.first(), Some(b'x' | b'X' | b'r' | b'R')) {
        return false;
    }
    let folded = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    let equals = |text: &[u8], start: &str| {
        text.len() >= start.len() && text.iter().map(|byte| folded(*byte)).zip(start.bytes()).all(|(a, b)| a == b)
    };
    equals(name, "x-doorward-") || FOREIGN.iter().any(|known| known.len() == name.len() && equals(name, known))
}

/// Drops every identity header that the client sent.
pub fn strip(fields: &mut impl Fields) {
    fields.keep(|name| !is_identity(name));
}

/// Says who the caller is. What the client said about it must be gone already.
pub(crate) fn state(caller: &Caller, csrf_token: Option<&str>, fields: &mut impl Fields) {
    match caller {
        Caller::Guest => fields.add_text(&METHOD, "guest"),
        Caller::Known(known) => {
            let user = known.user();
            let method = match known.method() {
                Method::Session => "session",
                Method::Basic => "basic",
                Method::Token => "token",
            };
            fields.add_text(&METHOD, method);
            put(fields, &USER, user.id.as_str());
            put(fields, &LOGIN, user.login.as_str());
            put(fields, &REALM, user.realm.as_str());
            match &*user.roles {
                [role] => put(fields, &ROLES, role.as_str()),
                roles => put(fields, &ROLES, &joined(roles.iter().map(|role| role.as_str()))),
            }
            if let Some(handle) = known.session_handle() {
                put(fields, &SESSION, &handle.to_string());
            }
        }
    }
    if let Some(token) = csrf_token {
        put(fields, &CSRF, token);
    }
}

fn put(fields: &mut impl Fields, name: &HeaderName, text: &str) {
    // All of it is looked at, since that is quicker than to stop.
    let is_plain = text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~') & (byte != b'%'));
    match is_plain {
        true => fields.add_text(name, text),
        // What percent-encoding writes is visible ASCII: it always makes a value.
        false => fields.add_text(name, &utf8_percent_encode(text, UNSAFE).to_string()),
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
