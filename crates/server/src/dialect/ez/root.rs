//! The root resource, where a client learns of the others, and the resource of whoever is calling.

use axum::response::Response;
use doorward::{EzElement, Reason};
use http::header::{HeaderMap, LOCATION};
use http::{HeaderValue, StatusCode};

use super::place::{Place, empty};
use crate::own::{Judged, Refused};

/// What there is to know about sessions. Where the upstream has a root of its own, the rules name it and it is asked.
pub(super) async fn show(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Refused> {
    let place = Place::of(&admission, &headers)?;
    let link = |name, path: &str| EzElement::new(name).kind("UserSession").href(place.href(path));
    let root = EzElement::new("Root").kind("Root");
    let root = root.element(link("createSession", "/user/sessions"));
    let root = root.element(link("refreshSession", "/user/sessions/{sessionId}/refresh"));
    place.represent(StatusCode::OK, &root)
}

/// Sends the caller to their own user.
pub(super) async fn current_user(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Refused> {
    let place = Place::of(&admission, &headers)?;
    let known = admission.caller().known().ok_or(Reason::NotLoggedIn)?;
    let location = HeaderValue::try_from(place.user(known.user())).map_err(|_| Refused::internal())?;
    let mut response = empty(StatusCode::TEMPORARY_REDIRECT);
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}
