//! How a resource says no.

use axum::response::{IntoResponse, Response};
use doorward::layer::Outcome;
use doorward::problem::php_json;
use doorward::store::StoreError;
use doorward::{Reason, Refusal};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::own::Refused;

/// The answer to a request that cannot be met.
pub(super) enum Fault {
    /// For a reason that the engine knows, and that has words in this dialect.
    Refused(Refused),
    /// In words that belong to one resource.
    Said(Box<Said>),
}

/// Words of one resource.
pub(super) struct Said {
    status: StatusCode,
    message: String,
    key: String,
    details: Value,
    /// One word for counters.
    code: &'static str,
}

impl Fault {
    /// 400: what was sent does not fit. The key is behind `error.`.
    pub(super) fn invalid(key: &str, message: &str) -> Self {
        Self::said(StatusCode::BAD_REQUEST, key, message, "invalid")
    }

    /// 400, with the key of anything that does not fit.
    pub(super) fn argument(message: &str) -> Self {
        Self::invalid("invalidArgument", message)
    }

    /// 403.
    pub(super) fn forbidden(key: &str, message: &str) -> Self {
        Self::said(StatusCode::FORBIDDEN, key, message, "forbidden")
    }

    /// 404.
    pub(super) fn not_found(key: &str, message: &str) -> Self {
        Self::said(StatusCode::NOT_FOUND, key, message, "not_found")
    }

    /// 500, although nothing is broken: that is how it is said there.
    pub(super) fn general(message: &str, code: &'static str) -> Self {
        let key = "general";
        Self::said(StatusCode::INTERNAL_SERVER_ERROR, key, message, code)
    }

    /// In these words.
    pub(super) fn said(status: StatusCode, key: &str, message: &str, code: &'static str) -> Self {
        let key = format!("error.{key}");
        Self::Said(Box::new(Said { status, message: message.to_owned(), key, details: json!([]), code }))
    }

    /// The same with details.
    pub(super) fn with(mut self, details: Value) -> Self {
        if let Self::Said(said) = &mut self {
            said.details = details;
        }
        self
    }

    /// An action on a user that is not for the caller.
    pub(super) fn action(action: &str) -> Self {
        Self::forbidden(&format!("user.{action}.permission"), "You are not allowed to do this")
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Refusal(_) => Self::Refused(refused),
            // What is said elsewhere in words of our own.
            Refused::Problem(problem, code) => {
                let key = if problem.status.is_server_error() { "general" } else { "invalidArgument" };
                Self::said(problem.status, key, &problem.title, code)
            }
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let said = match self {
            Self::Refused(refused) => return refused.into_response(),
            Self::Said(said) => *said,
        };
        let Said { status, message, key, details, code } = said;
        let number = status.as_u16();
        let body = json!({"status": "error", "message": message, "code": number, "key": key, "details": details});
        let mut response = (status, php_json(&body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private"));
        response.extensions_mut().insert(Outcome(code));
        response
    }
}
