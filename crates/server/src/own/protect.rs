//! The last step of every answer of ours: refusals get their words, and browsers are told what they may do with it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use doorward::{Admission, Speech};

use super::refused::{Answered, Refused};

/// Serves only what was judged.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let Some(admission) = request.extensions().get::<Admission>().cloned() else {
        return Refused::not_judged().into_response();
    };
    let accept = Speech::asked(admission.pass().route().profile, request.headers());
    let mut response = next.run(request).await;
    if let Some(answered) = response.extensions().get::<Answered>().cloned() {
        let route = admission.pass().route();
        let spoken = Speech::read(admission.pass().policy(), route.profile, &accept);
        // By its route: the path itself may hold what is not to be told.
        let spoken =
            spoken.map(|speech| Speech { request: route.to_string().into(), asks: route.asks.clone(), ..speech });
        response = Refused::worded(&answered.0, spoken, admission.request_id());
    }
    admission.pass().edit_own_response(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_request_that_no_door_has_judged_is_not_served() {
        let router: Router = Router::new().route("/", get(async || "secret")).layer(from_fn(protect));
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("a body");
        assert!(String::from_utf8_lossy(&body).contains("urn:doorward:problem:internal_error"));
    }
}
