//! What scripts of other origins may do: preflights (Fetch, section 4.8), and the origin that may read an answer.

use http::header::{HeaderMap, HeaderValue, ORIGIN, VARY};
use http::{Method, StatusCode};

use crate::head::Head;
use crate::policy::{CrossOrigin, DialectHit, Found, Match, MethodOverride, Policy};
use crate::verdict::Answer;

pub(super) fn is_preflight(head: &Head<'_>) -> bool {
    head.headers.contains_key(ORIGIN) && head.headers.contains_key("access-control-request-method")
}

/// The answer to a preflight, when the route it asks about has CORS. An origin that is not listed learns nothing.
pub(super) fn preflight(policy: &Policy, head: &Head<'_>, hit: Option<DialectHit<'_>>) -> Option<Answer> {
    let asked = Method::from_bytes(head.headers.get("access-control-request-method")?.as_bytes()).ok()?;
    let found = match policy.find(head.door, &asked, &head.host, head.path.as_str()) {
        Match::Route(found) => found,
        Match::MethodNotAllowed(allow) if overrides(&asked, head, hit) => {
            let methods = allow.as_str().split(", ").filter_map(|name| Method::from_bytes(name.as_bytes()).ok());
            let path = head.path.as_str();
            let mut routes = methods.filter_map(|method| match policy.find(head.door, &method, &head.host, path) {
                Match::Route(found) => Some(found),
                _ => None,
            });
            routes.find(|found| found.route.cors.is_some())?
        }
        _ => return None,
    };
    found.route.cors.as_ref()?;
    let origin = cors(&found, head);
    // Where a dialect says who may ask, nobody else is answered.
    if origin.is_none() && hit.is_some_and(|hit| hit.dialect.cors.is_some()) {
        return None;
    }
    let mut headers = HeaderMap::new();
    if origin.as_ref().is_none_or(CrossOrigin::depends_on_origin) {
        headers.insert(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        origin.permit(&asked, head.headers.get("access-control-request-headers"), &mut headers);
    }
    Some(Answer { status: StatusCode::NO_CONTENT, headers })
}

/// Whether a browser asks for a request whose verb will stand in a header: then it knows only the method that carries it.
fn overrides(asked: &Method, head: &Head<'_>, hit: Option<DialectHit<'_>>) -> bool {
    let may = hit.is_some_and(|hit| hit.dialect.profile.overrides_method == MethodOverride::Post);
    let names = head.header("access-control-request-headers").unwrap_or_default().split(',');
    let mut names = names.map(str::trim);
    may && *asked == Method::POST && names.any(|name| name.eq_ignore_ascii_case("x-http-method-override"))
}

/// The origin of the request, where the route lists it.
pub(super) fn cors(found: &Found<'_>, head: &Head<'_>) -> Option<CrossOrigin> {
    CrossOrigin::of(head.header(ORIGIN), found.route.cors.as_ref()?)
}
