//! What the layer alters between the door and the service: forced bodies, stripped prefixes, the route's own header rules.

use bytes::Bytes;
use http::StatusCode;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};
use http_body::Body;
use http_body_util::{BodyExt as _, Either, Full, LengthLimitError, Limited};

use super::body::{BoxError, RequestBody};
use crate::policy::{ForceError, Forced, HeaderChanges, Place};
use crate::problem::Problem;
use crate::refusal::Reason;
use crate::verdict::Pass;

/// The most that is held in memory of a body whose parameters are forced.
const HELD_AT_MOST: u64 = 1 << 20;

/// Why a body is not handed on.
pub(super) enum BodyRefusal {
    /// It breaks a rule of the route.
    Reason(Reason),
    /// It is too long, or broken off.
    Problem(Problem),
}

impl From<Reason> for BodyRefusal {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

impl From<ForceError> for BodyRefusal {
    fn from(error: ForceError) -> Self {
        Self::Reason(Reason::Force(error))
    }
}

/// The body that the service gets.
pub(super) async fn body<B>(pass: &Pass, parts: &mut Parts, body: B) -> Result<RequestBody<B>, BodyRefusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let limit = pass.route().bounds.body.0;
    let states = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if states.is_some_and(|length| length > limit) || body.size_hint().lower() > limit {
        return Err(BodyRefusal::Problem(too_large()));
    }
    let greatest = usize::try_from(limit).unwrap_or(usize::MAX);
    if let Some(forced) = pass.forced_body() {
        let held = hold(body, limit.min(HELD_AT_MOST)).await?;
        return Ok(Limited::new(Either::Right(Full::new(replace(forced, &mut parts.headers, &held)?)), usize::MAX));
    }
    // HTTP/2 need not say in its head that a body follows; here it can be seen.
    let forces_query = pass.route().force.is_some() && Place::of(pass.method(&parts.method)) == Place::Query;
    if forces_query && !body.is_end_stream() {
        return Err(ForceError::UnsupportedMediaType.into());
    }
    Ok(Limited::new(Either::Left(body), greatest))
}

async fn hold<B>(body: B, limit: u64) -> Result<Bytes, BodyRefusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyRefusal::Problem(too_large())),
        Err(_) => {
            let title = "The body is incomplete.";
            Err(BodyRefusal::Problem(Problem::new(StatusCode::BAD_REQUEST, "malformed_body", title)))
        }
    }
}

/// The body with forced parameters; the headers that describe it follow.
fn replace(forced: &Forced, headers: &mut HeaderMap, sent: &[u8]) -> Result<Bytes, ForceError> {
    let (kind, encoding) = (one(headers, &CONTENT_TYPE)?, one(headers, &CONTENT_ENCODING)?);
    let body = forced.body(kind, encoding, sent)?;
    if let Some(kind) = body.content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    headers.remove(TRANSFER_ENCODING);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.bytes.len()));
    // Digests of what the client sent describe nothing any more (RFC 9530).
    for stale in ["content-md5", "content-digest", "repr-digest", "digest"] {
        headers.remove(stale);
    }
    Ok(body.bytes.into())
}

/// The text of a header that may stand there once.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ForceError> {
    let mut lines = headers.get_all(name).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    match (line.to_str(), lines.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(ForceError::UnsupportedMediaType),
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large.")
}

/// Names under which clients ask for another method or path than the one that was judged, `-` for whatever parts the words.
const OVERRIDES: [&str; 9] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-original-url",
    "x-original-uri",
    "x-original-method",
    "x-rewrite-url",
    "x-replaced-path",
    "x-forwarded-uri",
];

/// Drops what would have the service do something else than what was judged.
pub(super) fn drop_overrides(headers: &mut HeaderMap) {
    let folded = |byte: u8| if byte.is_ascii_alphanumeric() { byte } else { b'-' };
    let overrides = |name: &&HeaderName| {
        let name = name.as_str();
        name.starts_with('x')
            && OVERRIDES.iter().any(|known| known.len() == name.len() && name.bytes().map(folded).eq(known.bytes()))
    };
    while let Some(name) = headers.keys().find(overrides).cloned() {
        headers.remove(name);
    }
}

/// Whether a request asks for a WebSocket (RFC 6455, section 4.1).
pub(super) fn asks_for_socket(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(UPGRADE).iter();
    let mut protocols = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    protocols.any(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

/// Drops what asks for other protocols, `h2c` among them: whoever does not want to change need not (RFC 9110, section 7.8).
pub(super) fn drop_other_upgrades(headers: &mut HeaderMap) {
    if headers.contains_key(UPGRADE) && !asks_for_socket(headers) {
        headers.remove(UPGRADE);
        headers.remove("http2-settings");
    }
}

/// Takes off the beginning of the path that the service does not see.
pub(super) fn strip_prefix(pass: &Pass, parts: &mut Parts) {
    if pass.route().strip_prefix.is_none() {
        return;
    }
    let path = pass.route().stripped(parts.uri.path());
    let text = match parts.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let target = PathAndQuery::try_from(text).unwrap_or_else(|_| PathAndQuery::from_static("/"));
    parts.uri = Uri::from(target);
}

/// Sets and removes what the route says.
pub(super) fn change_headers(changes: &HeaderChanges, headers: &mut HeaderMap) {
    for name in &changes.remove {
        headers.remove(name);
    }
    for (name, value) in &changes.set {
        headers.insert(name.clone(), value.clone());
    }
}
