//! What a form of one of our pages sends.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use doorward::{Admission, Reason};
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::refused::Refused;

/// The fields of a form: every one known, each at most once.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        super::json::check_type(request.headers(), "application/x-www-form-urlencoded")?;
        let bytes = body(request).await?;
        match axum::extract::Form::<T>::from_request(sent(&bytes), &()).await {
            Ok(form) => Ok(Self(form.0)),
            // The fields hold passwords: what was read is not repeated.
            Err(_) => Err(Refused::invalid("form", "its fields are not those of this page")),
        }
    }
}

/// The body, as long as the route allows.
///
/// # Errors
/// 413 when it is longer, 400 when it breaks off, 401 when whoever sent it has been shut out meanwhile.
pub(crate) async fn body(request: Request) -> Result<Bytes, Refused> {
    let admission = request.extensions().get::<Admission>().cloned().ok_or_else(Refused::not_judged)?;
    let most = usize::try_from(admission.pass().route().bounds.body.0).unwrap_or(usize::MAX);
    let bytes = axum::body::to_bytes(request.into_body(), most).await.map_err(|error| match is_too_long(&error) {
        true => {
            let detail = format!("At most {most} bytes.");
            Refused::problem(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large.", &detail)
        }
        false => Refused::from(Reason::Malformed("the body breaks off")),
    })?;
    // Between head and body somebody may have been shut out.
    match admission.is_still_as_judged().await {
        true => Ok(bytes),
        false => Err(Reason::NotLoggedIn.into()),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    use std::error::Error as _;
    error.source().is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// The same fields as a request of their own, for the reader of forms.
fn sent(bytes: &Bytes) -> Request {
    let mut request = Request::new(axum::body::Body::from(bytes.clone()));
    *request.method_mut() = http::Method::POST;
    let form = http::HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    request
}
