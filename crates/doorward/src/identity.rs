//! Identity headers: what an upstream learns about the caller, and what a client may never say about itself.

use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::fields::Fields;
use crate::name::Name;
use crate::user::User;
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

/// What is said of a user, whichever way they came.
pub(crate) struct UserLines([(HeaderName, HeaderValue); 4]);

impl UserLines {
    pub(crate) fn of(user: &User) -> Self {
        let roles: Vec<&str> = user.roles.iter().map(Name::as_str).collect();
        Self([
            (USER, spelled(user.id.as_str())),
            (LOGIN, spelled(user.login.as_str())),
            (REALM, spelled(user.realm.as_str())),
            (ROLES, spelled(&roles.join(","))),
        ])
    }
}

/// Says who the caller is. What the client said about it must be gone already.
pub(crate) fn state(caller: &Caller, csrf_token: Option<&str>, fields: &mut impl Fields) {
    match caller {
        Caller::Guest => fields.add(&METHOD, &GUEST),
        Caller::Known(known) => {
            fields.add(
                &METHOD,
                match known.method() {
                    Method::Session => &BY_SESSION,
                    Method::Basic => &BY_BASIC,
                    Method::Token => &BY_TOKEN,
                },
            );
            for (name, value) in &known.user.lines().0 {
                fields.add(name, value);
            }
            if let Some(handle) = known.session_handle() {
                fields.add_text(&SESSION, &handle.to_string());
            }
        }
    }
    if let Some(token) = csrf_token {
        fields.add_text(&CSRF, token);
    }
}

static GUEST: HeaderValue = HeaderValue::from_static("guest");
static BY_SESSION: HeaderValue = HeaderValue::from_static("session");
static BY_BASIC: HeaderValue = HeaderValue::from_static("basic");
static BY_TOKEN: HeaderValue = HeaderValue::from_static("token");

fn spelled(text: &str) -> HeaderValue {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%');
    let encoded = match is_plain {
        true => HeaderValue::from_str(text),
        false => HeaderValue::from_str(&utf8_percent_encode(text, UNSAFE).to_string()),
    };
    // Visible ASCII always makes a value.
    encoded.unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests;
