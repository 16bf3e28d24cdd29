//! `/auth`: who is logged in, logging in and out.

use axum::response::Response;
use doorward::policy::Profile;
use doorward::{LogIn, Reason, Scope};
use http::StatusCode;
use serde_json::json;
use zeroize::Zeroizing;

use super::answer::{done, model};
use super::call::{Call, With};
use super::fault::Fault;
use super::fields::Fields;
use super::user::{AUTH, Shape};
use super::viewer::Viewer;

/// `GET /auth`.
pub(super) async fn show(call: Call) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    let shape = Shape::asked(&call.query, AUTH)?;
    Ok(call.answer(&model(shape.show(viewer.user, &viewer))))
}

/// `POST /auth/login`. The session that the request shows ends, and with it what anybody knew of it. The client may go on with
/// the CSRF token that it has.
pub(super) async fn log_in(call: Call, fields: Fields) -> Result<Response, Fault> {
    let kept = call.check_token().await?;
    let (email, password) = (fields.text("email")?, fields.text("password")?);
    // To PHP "0" is as good as nothing.
    let password = password.map(Zeroizing::new).filter(|password| !matches!(password.as_str(), "" | "0"));
    let Some(password) = password else {
        return Err(Fault::argument("Login without password is not enabled"));
    };
    let email = email.filter(|email| !email.is_empty()).ok_or_else(|| Fault::argument("`email` is missing"))?;
    let policy = call.policy();
    let request = LogIn {
        realm: Some(policy.realm(call.realm).name().as_str()),
        login: &email,
        password: password.as_bytes().to_vec().into(),
        remember: fields.flag("long"),
    };
    let logged_in = call.engine().log_in_keeping(kept.as_ref(), request, &call.visit()).await;
    let logged_in = logged_in.map_err(|refusal| match refusal.reason() {
        Reason::HttpsRequired => Fault::forbidden("permission", "Logging in is only possible over HTTPS"),
        _ => refusal.into(),
    })?;
    let user = &logged_in.user;
    let shown = Shape::of(AUTH).show(user, &Viewer::new(policy, user));
    let with = With { cookies: logged_in.cookies, csrf_token: Some(logged_in.csrf_token) };
    Ok(call.answer_with(&json!({"code": 200, "status": "ok", "user": shown}), with))
}

/// `POST /auth/code`. No log-in asks for a code here, so that there is never one to be right.
pub(super) async fn code(call: Call, fields: Fields) -> Result<Response, Fault> {
    call.check_token().await?;
    fields.needed("code")?;
    let refused = Fault::said(StatusCode::FORBIDDEN, "access.code", "Invalid code", "bad_code");
    Err(refused.with(json!({"challengeDestroyed": true})))
}

/// `POST /auth/logout`. Whoever is logged out already gets the same answer. With it comes a token to log in again.
pub(super) async fn log_out(call: Call) -> Result<Response, Fault> {
    let Some((known, live)) = call.known().and_then(|known| Some((known, known.session()?))) else {
        return Ok(call.answer(&done()));
    };
    call.engine().end_own(known.user(), Some(live), Scope::Current, &call.visit()).await?;
    let mut cookies = call.policy().expired_cookies(call.realm, call.is_secure(), &Profile::KIRBY);
    let guest = call.engine().guest_token(&call.visit())?;
    cookies.extend(guest.cookie);
    Ok(call.answer_with(&done(), With { cookies, csrf_token: Some(guest.token) }))
}

/// `POST /auth/ping`: a session that is shown was used, and nothing else is said.
pub(super) async fn ping(call: Call) -> Response {
    call.answer(&done())
}
