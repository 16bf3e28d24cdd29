//! How the resources of `/user/*` say no.

use ::axum::body::Body;
use ::axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::admission::Admission;
use crate::layer::Outcome;
use crate::policy::RealmId;
use crate::problem::{self, Problem};
use crate::refusal::{Reason, Refusal};

/// An answer that is a refusal.
pub(super) struct Refused(Box<Response>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A refusal of the engine, in words. A 401 says how to log in, to `realm` where it is known which one is meant.
pub(super) fn refuse(admission: &Admission, mut refusal: Refusal, realm: Option<RealmId>) -> Refused {
    let pass = admission.pass();
    if refusal.status() == StatusCode::UNAUTHORIZED && refusal.terms().challenge.is_none() {
        let policy = pass.policy();
        let realm = realm.or_else(|| pass.route().realms.first().copied());
        refusal.terms_mut().challenge = realm.map(|realm| policy.log_in_challenge(realm, pass.is_secure()));
    }
    let code = refusal.code();
    let mut response = problem::response(&refusal, admission.request_id()).map(Body::from);
    response.extensions_mut().insert(Outcome(code));
    Refused(Box::new(response))
}

/// A problem that the engine has no word for.
pub(super) fn object(admission: Option<&Admission>, problem: Problem, code: &'static str) -> Refused {
    let problem = match admission.and_then(Admission::request_id) {
        Some(id) => problem.member("request_id", id),
        None => problem,
    };
    let mut response = problem.response().map(Body::from);
    response.extensions_mut().insert(Outcome(code));
    Refused(Box::new(response))
}

/// A handler was reached by a request that nobody has judged. It is not served as a guest's: the mistake must show.
pub(super) fn unjudged() -> Refused {
    tracing::error!(
        "the Doorward layer is missing: a handler that needs it was reached by a request that was not judged"
    );
    let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here.");
    object(None, problem, "internal_error")
}

/// What the policy has and this router has not.
pub(super) async fn not_found(admission: Admission) -> Refused {
    refuse(&admission, Reason::NotFound.into(), None)
}
