//! How a handler says no. Words are put to it in one place, when the answer goes out.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use doorward::layer::Outcome;
use doorward::problem::{self, Problem};
use doorward::store::StoreError;
use doorward::{Reason, Refusal, Speech, Terms};
use http::StatusCode;

/// The answer to a request that was allowed and cannot be met.
pub(crate) enum Refused {
    /// For a reason that the engine knows.
    Refusal(Refusal),
    /// For another one, with its code.
    Problem(Box<Problem>, &'static str),
}

/// The refusal that an answer stands for, in the answer's extensions until words are put to it.
#[derive(Clone)]
pub(crate) struct Answered(pub(crate) Arc<Refusal>);

impl Refused {
    /// A problem that the engine has no word for.
    pub(crate) fn problem(status: StatusCode, code: &'static str, title: &str, detail: &str) -> Self {
        Self::Problem(Box::new(Problem::new(status, code, title).detail(detail)), code)
    }

    /// No door has judged the request.
    pub(crate) fn not_judged() -> Self {
        tracing::error!("a request reached one of Doorward's own resources and was not judged; it is not served");
        Self::internal()
    }

    /// Something of ours failed, and the log says what.
    pub(crate) fn internal() -> Self {
        let code = "internal_error";
        Self::Problem(
            Box::new(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, code, "Something went wrong here.")),
            code,
        )
    }

    /// What was sent does not fit.
    pub(crate) fn invalid(member: &'static str, why: impl Into<String>) -> Self {
        Reason::Invalid(member, why.into()).into()
    }

    /// The response, with the words that the caller may read.
    pub(super) fn worded(refusal: &Refusal, speech: Option<Speech>, request_id: Option<&str>) -> Response {
        if let Some(speech) = speech {
            let terms = Terms { speech: Some(Box::new(speech)), ..refusal.terms().clone() };
            return Self::worded(&Refusal::with(refusal.reason().clone(), terms), None, request_id);
        }
        let mut response = problem::response(refusal, request_id).map(axum::body::Body::from);
        response.extensions_mut().insert(Outcome(refusal.code()));
        response
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Self::Refusal(reason.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        if let StoreError::Conflict(conflict) = error {
            return Reason::Conflict(conflict).into();
        }
        tracing::error!(%error, "one of Doorward's own resources could not be read");
        let mut refusal = Refusal::new(Reason::Unavailable);
        refusal.terms_mut().retry_after = Some(5);
        refusal.into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem, code) => {
                let mut response = problem.response().map(axum::body::Body::from);
                response.extensions_mut().insert(Outcome(code));
                response
            }
            Self::Refusal(refusal) => {
                let mut response = refusal.status().into_response();
                response.extensions_mut().insert(Answered(Arc::new(refusal)));
                response
            }
        }
    }
}
