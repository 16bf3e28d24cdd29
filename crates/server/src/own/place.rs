//! Where a request is for, below the place where Doorward's own resources stand.

use axum::extract::Request;
use doorward::Admission;

/// Gives a request the path that handlers know: in its one spelling, without `mount`, without a slash at its end.
///
/// The policy has matched the canonical path. A router that read the path as it was sent could choose another handler.
pub(super) fn place(request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    if let Some(admission) = parts.extensions.get::<Admission>().cloned() {
        admission.pass().edit_own_request(&mut parts);
    }
    Request::from_parts(parts, body)
}
