//! `/customer/ajax/…`: a customer logs in and out, by a script of the shop.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use doorward::{LogIn, Reason, Scope};
use http::header::{self, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::Unanswered;
use super::input::Credentials;
use crate::own::{self, Judged};

/// Logs in. Whatever came of it the status is 200; what no script of the shop sends is 400 without a body.
pub(super) async fn log_in(Judged(admission): Judged, request: Request) -> Result<Response, Unanswered> {
    let headers = request.headers().clone();
    let bytes = own::body(request).await?;
    let is_empty = || serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| value == json!({}));
    let credentials = serde_json::from_slice::<Credentials>(&bytes).ok().filter(|_| is_script(&headers) && !is_empty());
    let Some(Credentials { username, password }) = credentials else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let realm = admission.pass().route().realm_names.first().map(|name| name.as_str());
    let request = LogIn { realm, login: &username, password: password.0, remember: false };
    let logged_in = match admission.engine().log_in(request, &admission.visit(&headers)).await {
        Ok(logged_in) => logged_in,
        Err(refusal) => {
            let message = match refusal.reason() {
                Reason::BadCredentials => "Invalid login or password.",
                // Of logins that nobody has it is said as well.
                Reason::Throttled => "The account is locked.",
                _ => return Err(refusal.into()),
            };
            return Ok(answer(r#"{"errors":true,"message":"#, message));
        }
    };
    let mut response = answer(r#"{"errors":false,"message":"#, "Login successful.");
    response.headers_mut().extend(logged_in.cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// Logs out, also whoever is logged out already. An address that a page of another site opens does not.
pub(super) async fn log_out(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Unanswered> {
    if !is_script(&headers) {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    }
    let (pass, secure) = (admission.pass(), admission.client().secure);
    if let Some(known) = admission.caller().known() {
        let visit = admission.visit(&headers);
        admission.engine().end_own(known.user(), known.session(), Scope::Current, &visit).await?;
    }
    let mut response = answer(r#"{"message":"#, "Logout Successful");
    let (policy, route) = (pass.policy(), pass.route());
    let expired = route.realms.iter().flat_map(|realm| policy.expired_cookies(*realm, secure, route.profile));
    response.headers_mut().extend(expired.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// Whether a script asks, in its exact words.
pub(super) fn is_script(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all("x-requested-with").iter();
    lines.next().is_some_and(|line| line == "XMLHttpRequest") && lines.next().is_none()
}

/// An object that ends with a message.
fn answer(beginning: &str, message: &str) -> Response {
    let body = format!("{beginning}\"{message}\"}}");
    let json = HeaderValue::from_static("application/json");
    (StatusCode::OK, [(header::CONTENT_TYPE, json)], body).into_response()
}
