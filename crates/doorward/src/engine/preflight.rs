//! What scripts of other origins may do: preflights (Fetch, section 4.8), and the origin that may read an answer.

use http::header::{HeaderMap, HeaderValue, ORIGIN, VARY};
use http::{Method, StatusCode};

use crate::head::Head;
use crate::policy::{CrossOrigin, DialectHit, Found, Match, Policy};
use crate::verdict::Answer;

pub(super) fn is_preflight(head: &Head<'_>) -> bool {
    head.headers.contains_key(ORIGIN) && head.headers.contains_key("access-control-request-method")
}

/// The answer to a preflight, when the route it asks about has CORS. An origin that is not listed learns nothing.
pub(super) fn preflight(policy: &Policy, head: &Head<'_>, hit: Option<DialectHit<'_>>) -> Option<Answer> {
    let asked = Method::from_bytes(head.headers.get("access-control-request-method")?.as_bytes()).ok()?;
    let Match::Route(found) = policy.find(head.door, &asked, &head.host, head.path.as_str()) else { return None };
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

/// The origin of the request, where the route lists it.
pub(super) fn cors(found: &Found<'_>, head: &Head<'_>) -> Option<CrossOrigin> {
    CrossOrigin::of(head.header(ORIGIN), found.route.cors.as_ref()?)
}
