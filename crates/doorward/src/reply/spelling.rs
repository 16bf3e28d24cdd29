//! Other spellings of what was judged. CGI and its kin read `_` for `-`, and some read any other sign so: to such a service
//! `Content_Type` is the type of a body that nobody looked at.

use http::header::{HeaderMap, HeaderName};

use crate::policy::Route;

/// Drops headers that a service might take for one that Doorward judges by, sets or takes away. The one true spelling stays.
pub(super) fn drop_others(headers: &mut HeaderMap, csrf: &HeaderName, route: &Route) {
    let changes = &route.request_headers;
    let is_ours = |plain: &str| {
        is_decisive(plain)
            || plain == csrf.as_str()
            || changes.set.iter().map(|(name, _)| name).chain(&changes.remove).any(|name| name.as_str() == plain)
    };
    // Nothing is allocated for the usual request, which has letters, digits and `-` alone.
    let is_odd = |name: &&HeaderName| {
        let name = name.as_str();
        name.bytes().any(|byte| !is_plain(byte)) && is_ours(&folded(name))
    };
    while let Some(name) = headers.keys().find(is_odd).cloned() {
        headers.remove(name);
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn folded(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

/// Whether somebody decides by a header of this name: about the caller, the method, the path, or where a message ends.
fn is_decisive(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "transfer-encoding",
        "http2-settings",
        "x-http-method",
        "x-method-override",
        "x-rewrite-url",
        "x-replaced-path",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "x-request-id",
        "x-requested-with",
        "x-siteaccess",
        "x-expected-user",
    ];
    const BEGINNINGS: [&str; 9] = [
        "content-",
        "sec-",
        "if-",
        "access-control-",
        "x-forwarded-",
        "x-original-",
        "x-http-method-",
        "x-ssl-client-",
        "ssl-client-",
    ];
    NAMES.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || name.contains("csrf")
        || name.contains("xsrf")
}
