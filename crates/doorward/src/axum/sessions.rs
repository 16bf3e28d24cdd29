//! `/user/sessions`: logging in, staying logged in, logging out.

use ::axum::Json;
use ::axum::extract::Path;
use ::axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::Call;
use super::fields::{Expected, Fields, Nothing};
use super::refused::Refused;
use super::secret::Secret;
use super::view::{CurrentSession, OneSession, Origin, Problem, SessionList, SessionView, UserView};
use crate::engine::{LogIn, Scope};
use crate::policy::Profile;
use crate::refusal::{Reason, Refusal};
use crate::session::{SessionHandle, SessionKey};
use crate::store::StoredSession;
use crate::user::User;
use crate::verdict::LiveSession;

/// What somebody types to log in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    login: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// Where there are several realms: which one.
    realm: Option<String>,
    /// Whether to stay logged in, where the realm allows it.
    remember: Option<bool>,
}

impl Expected for Claim {
    const EXPECTS: &'static str =
        "an object with the texts \"login\" and \"password\", and perhaps \"realm\" and \"remember\"";
}

/// A password, once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

impl Expected for Again {
    const EXPECTS: &'static str = "an object with the text \"password\"";
}

/// Log in. The session that the browser showed before ends.
#[utoipa::path(post, path = "/user/sessions", tag = "sessions", request_body = Claim, responses(
    (status = 201, description = "Logged in; the cookie is set", body = CurrentSession),
    (status = 400, description = "Not such a body, or the realm is missing", body = Problem),
    (status = 401, description = "Login and password do not match, whatever the reason", body = Problem),
    (status = 403, description = "From another site, or over plain HTTP", body = Problem),
    (status = 415, description = "Not JSON", body = Problem),
    (status = 429, description = "Too many failures; see Retry-After", body = Problem),
    (status = 503, description = "It could not be found out; see Retry-After", body = Problem),
))]
pub(super) async fn log_in(call: Call, Fields(claim): Fields<Claim>) -> Result<Response, Refused> {
    let Claim { login, password, realm, remember } = claim;
    let realm = realm.as_deref();
    let request = LogIn { realm, login: &login, password: password.0, remember: remember.unwrap_or(false) };
    let visit = call.visit();
    let logged_in = call.engine().log_in(request, &visit).await;
    let logged_in = logged_in.map_err(|refusal| call.refuse_in(realm, refusal))?;
    let (address, device) = (visit.client.address.to_string(), visit.device());
    let origin = Origin { address: &address, device: &device };
    let user = &logged_in.user;
    let body = CurrentSession {
        session: SessionView::current(&logged_in.session, user.realm.as_str(), &origin),
        user: UserView::of(user),
        csrf_token: logged_in.csrf_token,
    };
    let mut headers = HeaderMap::new();
    add_cookies(&mut headers, logged_in.cookies);
    let location = format!("{}/user/sessions/{}", call.policy().mount(), logged_in.session.handle);
    if let Ok(location) = HeaderValue::try_from(location) {
        headers.insert(LOCATION, location);
    }
    Ok((StatusCode::CREATED, headers, Json(body)).into_response())
}

/// The caller's sessions.
#[utoipa::path(get, path = "/user/sessions", tag = "sessions", responses(
    (status = 200, body = SessionList),
    (status = 401, description = "Nobody is logged in", body = Problem),
))]
pub(super) async fn list(call: Call) -> Result<Json<SessionList>, Refused> {
    let (user, live) = call.session()?;
    let listed = call.engine().own_sessions(user).await.map_err(|refusal| call.refuse(refusal))?;
    let items = listed.iter().map(|item| SessionView::listed(&item.session, Some(live))).collect();
    Ok(Json(SessionList { items, next: None }))
}

/// Log out: this session, the others, or all of them. Whoever is logged out already gets the same answer.
#[utoipa::path(delete, path = "/user/sessions", tag = "sessions",
    params(("scope" = Option<String>, Query, description = "`current` (also when absent), `others` or `all`")),
    responses(
        (status = 204, description = "Ended, in the store and here"),
        (status = 403, description = "Without proof that it was meant", body = Problem),
        (status = 503, description = "It could not be stored: nothing has ended", body = Problem),
    ))]
pub(super) async fn log_out(call: Call) -> Result<Response, Refused> {
    end_own(&call, call.scope).await
}

/// The session of this request, and a fresh CSRF token.
#[utoipa::path(get, path = "/user/sessions/current", tag = "sessions", responses(
    (status = 200, body = CurrentSession),
    (status = 401, description = "Nobody is logged in", body = Problem),
))]
pub(super) async fn current(call: Call) -> Result<Json<CurrentSession>, Refused> {
    show_current(&call).await
}

/// Log out.
#[utoipa::path(delete, path = "/user/sessions/current", tag = "sessions", responses(
    (status = 204, description = "Ended, in the store and here"),
    (status = 403, description = "Without proof that it was meant", body = Problem),
    (status = 503, description = "It could not be stored: nothing has ended", body = Problem),
))]
pub(super) async fn log_out_current(call: Call) -> Result<Response, Refused> {
    end_own(&call, Scope::Current).await
}

/// Give the password once more, as sensitive actions need.
#[utoipa::path(post, path = "/user/sessions/current/confirm", tag = "sessions", request_body = Again, responses(
    (status = 200, description = "For ten minutes the log-in counts as recent", body = CurrentSession),
    (status = 401, description = "Nobody is logged in", body = Problem),
    (status = 403, description = "The password is wrong, or nothing proves that the request was meant", body = Problem),
    (status = 429, description = "Too many failures; see Retry-After", body = Problem),
))]
pub(super) async fn confirm(call: Call, Fields(again): Fields<Again>) -> Result<Json<CurrentSession>, Refused> {
    let (user, live) = call.session()?;
    let confirmed = call.engine().confirm(live, user, again.password.0, &call.visit()).await;
    confirmed.map_err(|refusal| call.refuse(refusal))?;
    show_current(&call).await
}

/// Use a session, so that it ends later; never later than its absolute end.
#[utoipa::path(post, path = "/user/sessions/{id}/refresh", tag = "sessions",
    params(("id" = String, Path, description = "The handle of a session, or `current`")),
    responses(
        (status = 200, body = OneSession),
        (status = 401, description = "Nobody is logged in", body = Problem),
        (status = 404, description = "The caller has no such session", body = Problem),
    ))]
pub(super) async fn refresh(call: Call, Path(id): Path<String>, _: Nothing) -> Result<Json<OneSession>, Refused> {
    let (user, live) = call.session()?;
    let stored = stored(&call, user, live, &id).await?;
    let handle = stored.digest.handle();
    let session = if handle == live.handle { live.session } else { stored.in_memory(live.session.realm) };
    let meant = LiveSession { key: stored.digest.key(), handle, session };
    let refreshed = call.engine().refresh(&meant, user).await.map_err(|refusal| call.refuse(refusal))?;
    let stored =
        StoredSession { last_seen: refreshed.session.last_seen, idle_end: refreshed.session.idle_end, ..stored };
    let current = LiveSession { session: refreshed.session, ..*live };
    let current = (handle == live.handle).then_some(&current);
    Ok(Json(OneSession { session: SessionView::listed(&stored, current) }))
}

/// End one of the caller's sessions.
#[utoipa::path(delete, path = "/user/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The handle of a session")),
    responses(
        (status = 204, description = "Ended, in the store and here"),
        (status = 401, description = "Nobody is logged in", body = Problem),
        (status = 404, description = "The caller has no such session", body = Problem),
        (status = 503, description = "It could not be stored: nothing has ended", body = Problem),
    ))]
pub(super) async fn end(call: Call, Path(id): Path<String>) -> Result<Response, Refused> {
    let (user, live) = call.session()?;
    let handle = SessionHandle::parse(&id).ok_or_else(|| call.refuse(Reason::NotFound.into()))?;
    let ended: Result<SessionKey, Refusal> = call.engine().end_one(user, handle, &call.visit()).await;
    ended.map_err(|refusal| call.refuse(refusal))?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if handle == live.handle {
        add_cookies(response.headers_mut(), expired(&call));
    }
    Ok(response)
}

async fn end_own(call: &Call, scope: Scope) -> Result<Response, Refused> {
    if let Some(known) = call.known() {
        let ended = call.engine().end_own(known.user(), known.session(), scope, &call.visit()).await;
        ended.map_err(|refusal| call.refuse(refusal))?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if scope != Scope::Others {
        add_cookies(response.headers_mut(), expired(call));
    }
    Ok(response)
}

async fn show_current(call: &Call) -> Result<Json<CurrentSession>, Refused> {
    let (user, live) = call.session()?;
    let stored = stored(call, user, live, "current").await?;
    Ok(Json(CurrentSession {
        session: SessionView::listed(&stored, Some(live)),
        user: UserView::of(user),
        csrf_token: call.admission().pass().csrf_token().unwrap_or_default().into(),
    }))
}

/// What the store has of a session of the caller's own.
async fn stored(call: &Call, user: &User, live: &LiveSession, id: &str) -> Result<StoredSession, Refused> {
    let is_current = id == "current";
    let handle = if is_current { Some(live.handle) } else { SessionHandle::parse(id) };
    let handle = handle.ok_or_else(|| call.refuse(Reason::NotFound.into()))?;
    let stored = call.engine().own_session(user, handle).await;
    stored.map_err(|refusal| match refusal.reason() {
        // It was alive when the request was judged, and has ended meanwhile.
        Reason::NotFound if is_current => call.refuse(Reason::NotLoggedIn.into()),
        _ => call.refuse(refusal),
    })
}

/// The cookies that end: the caller's, or, where nobody is logged in, all that the request could be about. So whoever logs out
/// twice gets the same answer twice.
fn expired(call: &Call) -> Vec<HeaderValue> {
    let (policy, secure) = (call.policy(), call.is_secure());
    let own = call.known().and_then(|known| policy.realm_id(known.user().realm.as_str()));
    let realms = own.map_or_else(|| call.realms().into_owned(), |realm| vec![realm]);
    let given = realms.into_iter().filter(|realm| policy.cookie_name(*realm, secure).is_some());
    given.flat_map(|realm| policy.expired_cookies(realm, secure, &Profile::DOORWARD)).collect()
}

pub(super) fn add_cookies(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    headers.extend(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
}
