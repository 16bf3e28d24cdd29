//! Other spellings of what was judged. CGI and its kin read `_` for `-`, and some read any other sign so: to such a service
//! `Content_Type` is the type of a body that nobody looked at.

use http::header::HeaderName;

use crate::fields::Fields;
use crate::policy::Route;

/// Drops headers that a service might take for one that Doorward judges by, sets or takes away. The one true spelling stays.
pub(super) fn drop_others(fields: &mut impl Fields, csrf: &HeaderName, route: &Route) {
    let changes = &route.request_headers;
    let is_ours = |plain: &str| {
        is_decisive(plain)
            || plain == csrf.as_str()
            || changes.set.iter().map(|(name, _)| name).chain(&changes.remove).any(|name| name.as_str() == plain)
    };
    // Nothing is allocated for the usual request, which has letters, digits and `-` alone.
    fields.keep(|name| name.iter().all(is_plain) || !is_ours(&folded(name)));
}

fn is_plain(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'-'
}

fn folded(name: &[u8]) -> String {
    name.iter().map(|byte| if byte.is_ascii_alphanumeric() { char::from(*byte) } else { '-' }).collect()
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
