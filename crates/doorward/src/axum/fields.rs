//! Bodies of requests: JSON, small, and nothing but what is asked for.

use ::axum::extract::{FromRequest, Request};
use bytes::Buf as _;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use http_body_util::{BodyExt as _, LengthLimitError};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::refused::{Refused, object, refuse, unjudged};
use crate::admission::Admission;
use crate::problem::Problem;
use crate::refusal::Reason;

/// A body that says what it may hold. Its type denies unknown members; a member that stands there twice is refused by serde.
pub(super) trait Expected: DeserializeOwned {
    /// What it may hold, for whoever sent something else.
    const EXPECTS: &'static str;
}

/// The members of a body.
pub(super) struct Fields<T>(pub(super) T);

/// No body, or an empty object.
pub(super) struct Nothing;

impl<T: Expected, S: Sync> FromRequest<S> for Fields<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let admission = request.extensions().get::<Admission>().cloned().ok_or_else(unjudged)?;
        check_type(&admission, request.headers())?;
        let body = read(&admission, request).await?;
        // What serde says would repeat what was sent.
        let invalid = |_| refuse(&admission, Reason::Invalid("body", T::EXPECTS.into()).into(), None);
        serde_json::from_slice(&body).map(Self).map_err(invalid)
    }
}

impl<S: Sync> FromRequest<S> for Nothing {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Empty {}

        let admission = request.extensions().get::<Admission>().cloned().ok_or_else(unjudged)?;
        let stated = check_type(&admission, request.headers());
        let body = read(&admission, request).await?;
        if body.is_empty() {
            return Ok(Self);
        }
        stated?;
        let invalid = |_| refuse(&admission, Reason::Invalid("body", "nothing, or {}".into()).into(), None);
        serde_json::from_slice::<Empty>(&body).map(|_| Self).map_err(invalid)
    }
}

/// The type is JSON, said once: forms of other sites cannot say so without being asked first (Fetch, section 4.8).
fn check_type(admission: &Admission, headers: &HeaderMap) -> Result<(), Refused> {
    if is_json(headers) {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Only JSON is read here.")
        .detail("Send Content-Type: application/json, without a Content-Encoding.");
    Err(object(Some(admission), problem, "unsupported_media_type"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let Ok(text) = line.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let in_utf8 = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    let is_plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    is_json && parts.all(in_utf8) && headers.get_all(CONTENT_ENCODING).iter().all(is_plain)
}

/// The whole body, as long as the route allows, in memory that is wiped.
async fn read(admission: &Admission, request: Request) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let limit = usize::try_from(admission.pass().route().bounds.body.0).unwrap_or(usize::MAX);
    let mut body = request.into_body();
    // Room for all of it at once: a vector that grows would leave copies behind.
    let room = http_body::Body::size_hint(&body).upper().and_then(|upper| usize::try_from(upper).ok()).unwrap_or(limit);
    let mut held = Zeroizing::new(Vec::with_capacity(room.min(limit)));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match is_too_long(&error) {
            true => too_large(admission),
            false => broken_off(admission),
        })?;
        let Ok(mut data) = frame.into_data() else { continue };
        if data.remaining() > limit - held.len() {
            return Err(too_large(admission));
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            held.extend_from_slice(chunk);
            let length = chunk.len();
            data.advance(length);
        }
    }
    // Between head and body somebody may have been shut out.
    match admission.is_still_as_judged().await {
        true => Ok(held),
        false => Err(refuse(admission, Reason::NotLoggedIn.into(), None)),
    }
}

fn is_too_long(error: &::axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

fn too_large(admission: &Admission) -> Refused {
    let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large.");
    object(Some(admission), problem, "body_too_large")
}

fn broken_off(admission: &Admission) -> Refused {
    let problem = Problem::new(StatusCode::BAD_REQUEST, "malformed_body", "The body is incomplete.");
    object(Some(admission), problem, "malformed_body")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[(http::HeaderName, &'static str)]) -> bool {
        let line =
            |(name, value): &(http::HeaderName, &'static str)| (name.clone(), http::HeaderValue::from_static(value));
        is_json(&lines.iter().map(line).collect())
    }

    #[test]
    fn only_json_is_json() {
        for text in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(read(&[(CONTENT_TYPE, text)]), "{text}");
        }
        for text in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "text/plain; application/json",
            "application/json; charset=utf-16",
            "application/json; boundary=x",
            "application/jsonp",
            "application/problem+json",
        ] {
            assert!(!read(&[(CONTENT_TYPE, text)]), "{text}");
        }
        assert!(!read(&[]));
        assert!(!read(&[(CONTENT_TYPE, "application/json"), (CONTENT_TYPE, "application/json")]));
        assert!(!read(&[(CONTENT_TYPE, "application/json"), (CONTENT_ENCODING, "gzip")]));
        assert!(read(&[(CONTENT_TYPE, "application/json"), (CONTENT_ENCODING, "identity")]));
    }
}
