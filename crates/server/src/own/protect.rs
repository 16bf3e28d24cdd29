//! What every answer of ours says to browsers, and the words of refusals.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use doorward::Admission;
use http::header::{self, HeaderName, HeaderValue};

use super::refused::{Answered, Refused};

/// What goes beyond the protection of every answer of Doorward's own: nobody frames it, opens it in reach of a script, or
/// learns from which page of it somebody came.
const MORE: [(HeaderName, HeaderValue); 3] = [
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Serves only what was judged; words refusals; adds the headers that are missing.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let Some(admission) = request.extensions().get::<Admission>().cloned() else {
        return Refused::not_judged().into_response();
    };
    let mut response = next.run(request).await;
    if let Some(answered) = response.extensions().get::<Answered>().cloned() {
        response = Refused::worded(&answered.0, admission.request_id());
    }
    let headers = response.headers_mut();
    for (name, value) in MORE {
        headers.entry(name).or_insert(value);
    }
    admission.pass().edit_own_response(headers);
    response
}
