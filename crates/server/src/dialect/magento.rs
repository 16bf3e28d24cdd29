//! Magento's resources about authentication: tokens for programs, and what its shop pages ask by script.

mod ajax;
mod input;
mod section;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use doorward::problem::{MagentoError, php_json, xml_text};
use doorward::{Admission, Format, Speech};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::own::{Refused, Shared};

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/V1/integration/customer/token", post(token::for_customer))
        .route("/V1/integration/admin/token", post(token::for_administrator))
        .route("/V1/integration/customer/revoke-customer-token", post(token::revoke))
        .route("/customer/ajax/login", post(ajax::log_in))
        .route("/customer/ajax/logout", get(ajax::log_out))
        .route("/customer/section/load", get(section::load))
}

/// Why there is no answer of the usual kind.
pub(super) enum Unanswered {
    /// In the engine's words.
    Refused(Refused),
    /// In Magento's.
    Answer(Response),
}

impl<R: Into<Refused>> From<R> for Unanswered {
    fn from(refused: R) -> Self {
        Self::Refused(refused.into())
    }
}

impl axum::response::IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refused) => refused.into_response(),
            Self::Answer(response) => response,
        }
    }
}

/// How the caller wants to be answered.
fn format(admission: &Admission, headers: &HeaderMap) -> Format {
    let pass = admission.pass();
    Speech::read(pass.policy(), pass.route().profile, headers).map_or(Format::Json, |speech| speech.format)
}

/// A value as the answer of a service.
fn value(format: Format, value: &Value) -> Response {
    match format {
        Format::Json => typed(StatusCode::OK, "application/json; charset=utf-8", php_json(value)),
        Format::Xml => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let body = format!("<?xml version=\"1.0\"?>\n<response>{}</response>\n", xml_text(&text));
            typed(StatusCode::OK, "application/xml; charset=utf-8", body)
        }
    }
}

/// 400, and why.
fn bad_request(format: Format, error: &MagentoError) -> Unanswered {
    let (kind, body) = error.body(format);
    Unanswered::Answer(typed(StatusCode::BAD_REQUEST, kind, body))
}

fn typed(status: StatusCode, kind: &'static str, body: String) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}
