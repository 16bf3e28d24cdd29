//! `/V1/integration/…`: tokens for programs.

use axum::extract::Request;
use axum::response::Response;
use doorward::problem::MagentoError;
use doorward::{Admission, LogIn, Reason, Refusal};
use http::header::HeaderMap;
use serde_json::json;

use super::input::Credentials;
use super::{Unanswered, bad_request, format, value};
use crate::own::Judged;

/// How many seconds the token of a customer is good for.
const CUSTOMER: u32 = 3_600;
/// And that of an administrator.
const ADMINISTRATOR: u32 = 4 * 3_600;

pub(super) async fn for_customer(judged: Judged, request: Request) -> Result<Response, Unanswered> {
    issue(&judged.0, request, CUSTOMER).await
}

pub(super) async fn for_administrator(judged: Judged, request: Request) -> Result<Response, Unanswered> {
    issue(&judged.0, request, ADMINISTRATOR).await
}

/// A token for whom the route is for.
async fn issue(admission: &Admission, request: Request, seconds: u32) -> Result<Response, Unanswered> {
    let headers = request.headers().clone();
    let format = format(admission, &headers);
    let Credentials { username, password } = Credentials::read(format, request).await?;
    let realm = admission.pass().route().realm_names.first().map(|name| name.as_str());
    let request = LogIn { realm, login: &username, password: password.0, remember: false };
    let token = admission.engine().issue_bearer(request, seconds, &admission.visit(&headers)).await;
    let token = token.map_err(in_one_word)?;
    Ok(value(format, &json!(token.expose())))
}

/// Wrong, locked and unknown are one answer, with the same status.
fn in_one_word(refusal: Refusal) -> Refusal {
    match refusal.reason() {
        Reason::Throttled => Refusal::with(Reason::BadCredentials, refusal.terms().clone()),
        _ => refusal,
    }
}

/// Ends all tokens of the customer who asks.
pub(super) async fn revoke(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Unanswered> {
    let known = admission.caller().known().ok_or(Reason::NotLoggedIn)?;
    let customers = admission.pass().route().realm_names.first();
    if customers.is_some_and(|customers| *customers != known.user().realm) {
        return Err(bad_request(format(&admission, &headers), &MagentoError::required(&["customerId"])));
    }
    admission.engine().revoke_bearers(known.user(), &admission.visit(&headers)).await?;
    Ok(value(format(&admission, &headers), &json!(true)))
}
