//! Which headers go through, in both directions, and which are ours to say (RFC 9110, section 7.6).

use doorward::Fields;
use doorward::identity::is_identity;
use http::header::{self, HeaderName, HeaderValue};

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
fn fate(name: &[u8]) -> Fate {
    if name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
        return fate_of_plain(name);
    }
    let plain: String =
        name.iter().map(|byte| if byte.is_ascii_alphanumeric() { char::from(*byte) } else { '-' }).collect();
    match fate_of_plain(plain.as_bytes()) {
        Fate::Client => Fate::Remove,
        _ if is_protected(&plain) => Fate::Remove,
        fate => fate,
    }
}

/// What is about one connection, whichever way it goes (RFC 9110, section 7.6.1).
fn is_of_one_hop(name: &[u8]) -> bool {
    matches!(
        name,
        b"connection"
            | b"keep-alive"
            | b"proxy-connection"
            | b"te"
            | b"transfer-encoding"
            | b"upgrade"
            | b"http2-settings"
            | b"proxy-authenticate"
    )
}

fn fate_of_plain(name: &[u8]) -> Fate {
    match name {
        _ if is_of_one_hop(name) => Fate::Remove,
        b"expect" | b"proxy-authorization" | b"proxy" => Fate::Remove,
        b"x-http-method-override"
        | b"x-http-method"
        | b"x-method-override"
        | b"x-original-url"
        | b"x-original-uri"
        | b"x-original-method"
        | b"x-rewrite-url"
        | b"x-replaced-path" => Fate::Remove,
        b"remote-user"
        | b"x-remote-user"
        | b"true-client-ip"
        | b"x-client-ip"
        | b"x-cluster-client-ip"
        | b"client-cert"
        | b"client-cert-chain"
        | b"x-request-id" => Fate::Remove,
        b"forwarded" | b"x-forwarded-for" | b"x-forwarded-proto" | b"x-forwarded-host" => Fate::Client,
        b"x-real-ip" | b"x-forwarded-port" => Fate::Client,
        _ if name.starts_with(b"x-doorward-") || name.starts_with(b"x-forwarded-") => Fate::Remove,
        _ if name.starts_with(b"x-ssl-client-") || name.starts_with(b"ssl-client-") => Fate::Remove,
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
    fate(name.as_bytes()) == Fate::Pass && !is_protected(name) && !decides && !name.starts_with("x-accel-")
}

/// The tokens of a list header, in lower case as they stand.
pub(crate) fn tokens<'f>(fields: &'f impl Fields, name: &'f HeaderName) -> impl Iterator<Item = &'f [u8]> {
    fields.values(name).flat_map(|line| line.split(|byte| *byte == b',')).map(|token| token.trim_ascii())
}

/// Removes from a request what concerns one hop, and what only we may say. Runs before anything is added.
pub(crate) fn clean_request(fields: &mut impl Fields, trusted: bool) {
    let wants_trailers = tokens(fields, &header::TE).any(|token| token.eq_ignore_ascii_case(b"trailers"));
    remove_nominated(fields);
    fields.keep(|name| match fate(name) {
        Fate::Pass => true,
        Fate::Remove => false,
        Fate::Client => trusted,
    });
    if wants_trailers {
        fields.set(&header::TE, &HeaderValue::from_static("trailers"));
        fields.set(&header::CONNECTION, &HeaderValue::from_static("te"));
    }
}

/// Whether a request has been here before.
pub(crate) fn is_loop(fields: &impl Fields, pseudonym: &str) -> bool {
    tokens(fields, &header::VIA).any(|hop| hop.ends_with(pseudonym.as_bytes()))
}

/// Removes from a response what concerns one hop, or speaks to us and not to the client.
pub(crate) fn clean_response(fields: &mut impl Fields) {
    remove_nominated(fields);
    fields.keep(|name| match name {
        b"proxy-authentication-info" | b"x-sendfile" => false,
        _ => !(is_of_one_hop(name) || name.starts_with(b"x-accel-") || is_identity(name)),
    });
}

/// Removes the headers that `Connection` names. Protected ones were refused before.
fn remove_nominated(fields: &mut impl Fields) {
    if !fields.has(&header::CONNECTION) {
        return;
    }
    let nominated: Vec<HeaderName> = tokens(fields, &header::CONNECTION)
        .filter(|token| !token.eq_ignore_ascii_case(b"close") && !token.eq_ignore_ascii_case(b"keep-alive"))
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        .filter(|name| !is_protected(name.as_str()))
        .collect();
    for name in nominated {
        fields.remove(&name);
    }
}

#[cfg(test)]
mod tests;
