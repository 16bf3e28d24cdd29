//! What scripts of other origins may do: preflights (Fetch, section 4.8), and the origin that may read an answer.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderValue, ORIGIN, VARY};
use http::{Method, StatusCode};

use crate::head::Head;
use crate::policy::{CrossOrigin, DialectHit, Found, Match, MethodOverride, Options, Policy};
use crate::refusal::Reason;
use crate::verdict::Answer;

pub(super) fn is_preflight(head: &Head<'_>) -> bool {
    head.headers.contains_key(ORIGIN) && head.headers.contains_key("access-control-request-method")
}

/// The answer to a preflight, when the route it asks about has CORS. An origin that is not listed learns nothing, but where a
/// dialect tells everybody.
///
/// # Errors
/// Where a dialect refuses what may not be asked for.
pub(super) fn preflight(
    policy: &Policy,
    head: &Head<'_>,
    path: &str,
    hit: Option<DialectHit<'_>>,
) -> Option<Result<Answer, Reason>> {
    let asked = Method::from_bytes(head.headers.get("access-control-request-method")?.as_bytes()).ok()?;
    match hit.filter(|hit| hit.dialect.profile.options == Options::Listed) {
        Some(hit) => listed(policy, head, path, hit, &asked),
        None => permitted(policy, head, path, hit, &asked).map(Ok),
    }
}

/// As eZ Platform answers: with all methods of the path, and with 405 or 400 for a method that it does not have and a header that
/// is not listed.
fn listed(
    policy: &Policy,
    head: &Head<'_>,
    path: &str,
    hit: DialectHit<'_>,
    asked: &Method,
) -> Option<Result<Answer, Reason>> {
    let more = hit.dialect.profile.cors_headers;
    let allow = policy.allowed(head.door, &head.host, path)?;
    let named = policy.listed(head, path, &allow)?;
    let mut methods: Vec<&str> = named.to_str().ok()?.split(',').collect();
    let of_path = || methods.iter().filter_map(|name| Method::from_bytes(name.as_bytes()).ok());
    let found = match policy.find(head.door, asked, &head.host, path) {
        Match::Route(found) => Some(found),
        _ => None,
    };
    let any = || first_with_cors(policy, head, path, of_path());
    let cors = found.or_else(any).and_then(|found| found.route.cors.clone())?;
    if found.is_none() {
        if !overrides(asked, head, hit) {
            return Some(Err(Reason::MethodNotAllowed));
        }
        methods.push("POST");
    }
    let allowed = cors.headers_with(more);
    // What browsers send unasked (Fetch, section 2.2.2) needs no word.
    let safe = ["accept", "accept-language", "content-language", "origin"];
    let is_known = |name: &str| safe.iter().chain(&allowed).any(|known| known.eq_ignore_ascii_case(name));
    let mut wanted = requested_headers(head).filter(|name| !name.is_empty());
    if wanted.any(|name| !is_known(name)) {
        return Some(Err(Reason::Malformed("Unauthorized header: the script may not send all that it asks for")));
    }
    let mut headers = cors.tell(&methods.join(", "), more);
    if let Some(origin) = CrossOrigin::of(head.header(ORIGIN), &cors) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.origin().clone());
    }
    Some(Ok(Answer { status: StatusCode::OK, headers }))
}

fn permitted(
    policy: &Policy,
    head: &Head<'_>,
    path: &str,
    hit: Option<DialectHit<'_>>,
    asked: &Method,
) -> Option<Answer> {
    let found = match policy.find(head.door, asked, &head.host, path) {
        Match::Route(found) => found,
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
        origin.permit(asked, head.headers.get("access-control-request-headers"), &mut headers);
    }
    Some(Answer { status: StatusCode::NO_CONTENT, headers })
}

/// The first route of these methods that says what scripts of other origins may do.
fn first_with_cors<'p>(
    policy: &'p Policy,
    head: &Head<'_>,
    path: &'p str,
    mut methods: impl Iterator<Item = Method>,
) -> Option<Found<'p>> {
    methods.find_map(|method| match policy.find(head.door, &method, &head.host, path) {
        Match::Route(found) if found.route.cors.is_some() => Some(found),
        _ => None,
    })
}

/// Whether a browser asks for a request whose verb will stand in a header: then it knows only the method that carries it.
fn overrides(asked: &Method, head: &Head<'_>, hit: DialectHit<'_>) -> bool {
    let may = hit.dialect.profile.overrides_method == MethodOverride::Post;
    may && *asked == Method::POST
        && requested_headers(head).any(|name| name.eq_ignore_ascii_case("x-http-method-override"))
}

fn requested_headers<'h>(head: &Head<'h>) -> impl Iterator<Item = &'h str> {
    head.header("access-control-request-headers").unwrap_or_default().split(',').map(str::trim)
}

/// The origin of the request, where the route lists it.
pub(super) fn cors(found: &Found<'_>, head: &Head<'_>) -> Option<CrossOrigin> {
    CrossOrigin::of(head.header(ORIGIN), found.route.cors.as_ref()?)
}
