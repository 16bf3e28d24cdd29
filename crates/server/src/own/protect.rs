//! The last step of every answer of ours: refusals get their words, and browsers are told what they may do with it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use doorward::Admission;

use super::refused::{Answered, Refused};

/// Serves only what was judged.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let Some(admission) = request.extensions().get::<Admission>().cloned() else {
        return Refused::not_judged().into_response();
    };
    let mut response = next.run(request).await;
    if let Some(answered) = response.extensions().get::<Answered>().cloned() {
        response = Refused::worded(&answered.0, admission.request_id());
    }
    admission.pass().edit_own_response(response.headers_mut());
    response
}
