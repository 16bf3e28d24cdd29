//! Sessions: logging in, staying logged in, logging out.
//!
//! The wire format is eZ Platform's. What it does otherwise is done on purpose: a password is verified whoever is logged in
//! already; every log-in has a new id; and a request that fails leaves the session that it shows as it was.

use axum::extract::{Path, Request};
use axum::response::Response;
use doorward::policy::EzVendor;
use doorward::{EzElement, LogIn, Login, Reason, Refusal, Scope, Shown, User, Visit};
use http::StatusCode;
use http::header::{HeaderMap, SET_COOKIE};

use super::input::SessionInput;
use super::place::{Place, empty};
use crate::own::{Judged, Refused};

/// Logs in.
pub(super) async fn create(Judged(admission): Judged, request: Request) -> Result<Response, Refused> {
    let headers = request.headers().clone();
    let place = Place::of(&admission, &headers)?;
    let input = SessionInput::read(place.vendor(), request).await?;
    let visit = admission.visit(&headers);
    match admission.engine().shown(place.realm, &visit).await? {
        Some(shown) => again(&place, &shown, input, &visit).await,
        None => begin(&place, input, &visit).await,
    }
}

async fn begin(place: &Place<'_>, input: SessionInput, visit: &Visit<'_>) -> Result<Response, Refused> {
    let logged_in = place.admission.engine().log_in(claim(place, input.login(), input.password()), visit).await?;
    let session = represented(place, logged_in.token.expose(), &logged_in.csrf_token, &logged_in.user);
    let mut response = place.represent(StatusCode::CREATED, &session)?;
    // The session's cookie is the first one: there are clients that look at no other.
    response.headers_mut().extend(logged_in.cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Somebody is logged in already: nobody else gets their place, and their session goes on as it is.
async fn again(
    place: &Place<'_>,
    shown: &Shown<'_>,
    input: SessionInput,
    visit: &Visit<'_>,
) -> Result<Response, Refused> {
    if place.vendor() == EzVendor::Ez {
        // Later versions ask for no token here; the password is verified in any case.
        shown.prove(visit)?;
    }
    let engine = place.admission.engine();
    let is_same = Login::parse(input.login()).is_ok_and(|login| login == shown.user().login);
    if !is_same {
        engine.try_log_in(claim(place, input.login(), input.password()), "somebody_else_is_logged_in", visit).await?;
        return Ok(empty(StatusCode::CONFLICT));
    }
    if !engine.may_log_in(shown.user(), visit) {
        return Err(Reason::BadCredentials.into());
    }
    engine.confirm(shown.live(), shown.user(), input.password(), visit).await.map_err(as_of_a_stranger)?;
    let session = represented(place, shown.token(), &shown.csrf_token()?, shown.user());
    place.represent(StatusCode::OK, &session)
}

/// A wrong password is one, whoever is logged in.
fn as_of_a_stranger(refusal: Refusal) -> Refused {
    match refusal.reason() {
        Reason::WrongPassword => Reason::BadCredentials.into(),
        _ => refusal.into(),
    }
}

fn claim<'c>(place: &Place<'c>, login: &'c str, password: doorward::password::PasswordBytes) -> LogIn<'c> {
    LogIn { realm: Some(place.realm_name()), login, password, remember: false }
}

/// The session of this request, with a new token for what it changes.
pub(super) async fn current(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Refused> {
    let place = Place::of(&admission, &headers)?;
    let visit = admission.visit(&headers);
    match admission.engine().shown(place.realm, &visit).await? {
        Some(shown) => {
            let session = represented(&place, shown.token(), &shown.csrf_token()?, shown.user());
            place.represent(StatusCode::OK, &session)
        }
        None => Ok(gone(&place)),
    }
}

/// Uses the session, so that it ends later. The token that proves it is good further on.
pub(super) async fn refresh(
    Judged(admission): Judged,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let place = Place::of(&admission, &headers)?;
    let visit = admission.visit(&headers);
    let (shown, token) = match own(&place, &id, &visit).await? {
        Own::Session(shown, token) => (shown, token),
        Own::Nothing(response) => return Ok(response),
    };
    match admission.engine().refresh(shown.live(), shown.user()).await {
        Ok(_) => place.represent(StatusCode::OK, &represented(&place, shown.token(), token, shown.user())),
        // It has ended meanwhile.
        Err(refusal) if matches!(refusal.reason(), Reason::Conflict(_)) => Ok(gone(&place)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Logs out.
pub(super) async fn end(
    Judged(admission): Judged,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let place = Place::of(&admission, &headers)?;
    let visit = admission.visit(&headers);
    let shown = match own(&place, &id, &visit).await? {
        Own::Session(shown, _) => shown,
        Own::Nothing(response) => return Ok(response),
    };
    admission.engine().end_own(shown.user(), Some(shown.live()), Scope::Current, &visit).await?;
    Ok(place.without_session(empty(StatusCode::NO_CONTENT)))
}

/// The word is no session's id.
pub(super) async fn end_current(judged: Judged, headers: HeaderMap) -> Result<Response, Refused> {
    end(judged, Path("current".to_owned()), headers).await
}

/// What a path means to whoever asks.
enum Own<'h> {
    /// Their own session, and the token that proves that they mean it.
    Session(Shown<'h>, &'h str),
    /// No session of theirs: this is the answer.
    Nothing(Response),
}

/// The session of the caller's own that a path names.
///
/// Whoever has none learns so, and loses the cookie that shows none. Whoever has another one keeps it: otherwise any page could
/// log them out, since nothing proves yet that they mean it.
async fn own<'h>(place: &Place<'_>, id: &str, visit: &Visit<'h>) -> Result<Own<'h>, Refused> {
    match place.admission.engine().shown(place.realm, visit).await? {
        None => Ok(Own::Nothing(gone(place))),
        Some(shown) if !shown.has_token(id) => Ok(Own::Nothing(empty(StatusCode::NOT_FOUND))),
        Some(shown) => {
            let token = shown.prove(visit)?;
            Ok(Own::Session(shown, token))
        }
    }
}

fn gone(place: &Place<'_>) -> Response {
    place.without_session(empty(StatusCode::NOT_FOUND))
}

fn represented(place: &Place<'_>, token: &str, csrf_token: &str, user: &User) -> EzElement {
    EzElement::new("Session")
        .kind("Session")
        .href(place.href(&format!("/user/sessions/{token}")))
        .text("name", place.cookie_name())
        .text("identifier", token)
        .text("csrfToken", csrf_token)
        .element(EzElement::new("User").kind("User").href(place.user(user)))
}
