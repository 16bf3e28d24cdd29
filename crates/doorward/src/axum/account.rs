//! `/user/me`, `/user/csrf` and passwords.

use ::axum::Json;
use ::axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::call::Call;
use super::fields::{Expected, Fields};
use super::refused::Refused;
use super::secret::Secret;
use super::sessions::add_cookies;
use super::view::{LimitedView, Permissions, Problem, Token, UserView};
use crate::engine::OwnUpdate;
use crate::refusal::Reason;

/// A new password instead of the current one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    #[schema(value_type = String, format = Password)]
    current: Secret,
    #[schema(value_type = String, format = Password)]
    new: Secret,
}

impl Expected for NewPassword {
    const EXPECTS: &'static str = "an object with the texts \"current\" and \"new\"";
}

/// What to alter of oneself. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnChanges)]
pub(super) struct Details {
    name: Option<String>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    /// The current password, where the e-mail becomes another.
    #[schema(value_type = Option<String>, format = Password)]
    current: Option<Secret>,
}

impl Expected for Details {
    const EXPECTS: &'static str =
        "an object with the texts \"name\", \"email\" and \"current\", each of them if need be";
}

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A code that an administrator issued, and the password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Redeemed {
    #[schema(value_type = String, format = Password)]
    code: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

impl Expected for Redeemed {
    const EXPECTS: &'static str = "an object with the texts \"code\" and \"password\"";
}

/// A CSRF token for anyone: bound to the caller's session, or, for a guest, to a cookie that lasts as long as the browser runs.
#[utoipa::path(get, path = "/user/csrf", tag = "account", responses(
    (status = 200, body = Token),
    (status = 403, description = "Over plain HTTP, where no cookie is given", body = Problem),
))]
pub(super) async fn csrf(call: Call) -> Result<Response, Refused> {
    if let Some(token) = call.admission().pass().csrf_token() {
        return Ok(Json(Token { csrf_token: token.into() }).into_response());
    }
    let guest = call.engine().guest_token(&call.visit()).map_err(|refusal| call.refuse(refusal))?;
    let mut response = Json(Token { csrf_token: guest.token }).into_response();
    add_cookies(response.headers_mut(), guest.cookie);
    Ok(response)
}

/// Who is calling.
#[utoipa::path(get, path = "/user/me", tag = "account", responses(
    (status = 200, body = UserView),
    (status = 401, description = "Nobody is logged in", body = Problem),
))]
pub(super) async fn me(call: Call) -> Result<Json<UserView>, Refused> {
    call.user().map(UserView::of).map(Json)
}

/// Alter the caller's own name and e-mail. Another e-mail needs the current password; the login stays.
#[utoipa::path(patch, path = "/user/me", tag = "account", request_body = Details, responses(
    (status = 200, body = UserView),
    (status = 400, description = "What does not fit", body = Problem),
    (status = 401, description = "Nobody is logged in", body = Problem),
    (status = 403, description = "The current password is wrong, or nothing proves that the request was meant", body = Problem),
    (status = 409, description = "Somebody else has altered the user meanwhile", body = Problem),
    (status = 429, description = "Too many failures; see Retry-After", body = Problem),
))]
pub(super) async fn alter(call: Call, Fields(body): Fields<Details>) -> Result<Json<UserView>, Refused> {
    let (user, _) = call.session()?;
    let Details { name, email, current } = body;
    let update = OwnUpdate { name, email, current: current.map(|secret| secret.0) };
    let altered = call.engine().update_own(user, update, &call.visit()).await;
    let altered = altered.map_err(|refusal| call.refuse(refusal))?;
    Ok(Json(UserView::of(&altered)))
}

/// What the caller may.
#[utoipa::path(get, path = "/user/me/permissions", tag = "account", responses(
    (status = 200, body = Permissions),
    (status = 401, description = "Nobody is logged in", body = Problem),
))]
pub(super) async fn permissions(call: Call) -> Result<Json<Permissions>, Refused> {
    let (user, policy) = (call.user()?, call.policy());
    let tree = policy.resources();
    let grants = policy.grants(&user.roles);
    Ok(Json(Permissions {
        realm: user.realm.to_string(),
        roles: user.roles.iter().map(ToString::to_string).collect(),
        resources: grants.iter().map(|id| tree.name(id).to_owned()).collect(),
        limited: grants.limited().iter().map(|limited| LimitedView::of(tree, limited)).collect(),
    }))
}

/// Set the caller's own password. Every other session ends; this one goes on under a new token.
#[utoipa::path(put, path = "/user/me/password", tag = "account", request_body = NewPassword, responses(
    (status = 204, description = "Set; the cookie is new, and so must be the CSRF token"),
    (status = 401, description = "Nobody is logged in", body = Problem),
    (status = 403, description = "The current password is wrong, or nothing proves that the request was meant", body = Problem),
    (status = 422, description = "The new password is not good enough", body = Problem),
    (status = 429, description = "Too many failures; see Retry-After", body = Problem),
))]
pub(super) async fn set_password(call: Call, Fields(body): Fields<NewPassword>) -> Result<Response, Refused> {
    let (user, live) = call.session()?;
    let changed = call.engine().change_password(live, user, body.current.0, body.new.0, &call.visit()).await;
    let changed = changed.map_err(|refusal| call.refuse(refusal))?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    add_cookies(response.headers_mut(), changed.cookies);
    Ok(response)
}

/// Redeem a one-time code for a password. All sessions of the user end, and nobody is logged in by it.
#[utoipa::path(post, path = "/user/password-reset", tag = "account", request_body = Redeemed, responses(
    (status = 204, description = "Set; log in with it"),
    (status = 400, description = "The code is wrong, used or expired", body = Problem),
    (status = 422, description = "The password is not good enough", body = Problem),
    (status = 429, description = "Too many wrong codes; see Retry-After", body = Problem),
))]
pub(super) async fn reset_password(call: Call, Fields(body): Fields<Redeemed>) -> Result<StatusCode, Refused> {
    let code = Zeroizing::new(String::from_utf8_lossy(&body.code.0).into_owned());
    if code.is_empty() {
        return Err(call.refuse(Reason::Code.into()));
    }
    let redeemed = call.engine().redeem_code(&code, body.password.0, &call.visit()).await;
    redeemed.map_err(|refusal| call.refuse(refusal))?;
    Ok(StatusCode::NO_CONTENT)
}
