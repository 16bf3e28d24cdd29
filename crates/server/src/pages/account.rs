//! `/account`: who I am, where I am logged in, and a new password.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use doorward::policy::Profile;
use doorward::store::ListedSession;
use doorward::{Admission, LiveSession, Reason, Scope, SessionHandle, User};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::device::device;
use super::login::Password;
use super::notice::Notice;
use super::page::{Frame, answer, see_other};
use super::query::single;
use crate::own::{Form, Judged, Refused, Timestamp};

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    notice: Option<Notice>,
    name: String,
    login: String,
    realm: String,
    email: String,
    sessions: Vec<Line>,
    /// How short a new password may be.
    shortest: u32,
}

/// One session.
struct Line {
    id: String,
    is_current: bool,
    /// Whether no browser has it, but a program that sends a bearer token.
    is_token: bool,
    device: String,
    address: String,
    created: Timestamp,
    seen: Timestamp,
}

/// What the form for a new password sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// For password managers, which must know whose password it is.
    #[serde(rename = "login")]
    _login: Option<String>,
    current: Password,
    new: Password,
    again: Password,
}

/// What the forms beside sessions send: a handle, or `others`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    end: String,
}

/// The page. Guests are sent to log in.
pub(super) async fn show(judged: Judged, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let notice = match single(query.as_deref(), "done").as_deref() {
        Some("password") => Some(Notice::good("The new password is set. You are logged out everywhere else.")),
        Some("ended") => Some(Notice::good("The session has ended.")),
        Some("others") => Some(Notice::good("You are logged out everywhere else.")),
        _ => None,
    };
    page(&judged.0, live, user, StatusCode::OK, notice).await
}

/// Sets a new password.
pub(super) async fn set_password(
    judged: Judged,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let admission = &judged.0;
    let NewPassword { current, new, again, .. } = form;
    if *new.0 != *again.0 {
        let notice = Notice::bad("The new password was not typed the same twice.");
        return page(admission, live, user, StatusCode::UNPROCESSABLE_ENTITY, Some(notice)).await;
    }
    let visit = admission.visit(&headers);
    match admission.engine().change_password(live, user, current.0, new.0, &visit).await {
        Ok(changed) => {
            let mut response = see_other(&done(admission, user, "password"))?;
            response.headers_mut().extend(changed.cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Err(refusal) => {
            let Some(notice) = Notice::of(&refusal) else { return Err(refusal.into()) };
            let wait = notice.wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
            let mut response = page(admission, live, user, refusal.status(), Some(notice)).await?;
            response.headers_mut().extend(wait);
            Ok(response)
        }
    }
}

/// Ends one session, or all but this one.
pub(super) async fn end_sessions(
    judged: Judged,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(form): Form<End>,
) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let admission = &judged.0;
    let (engine, visit) = (admission.engine(), admission.visit(&headers));
    if form.end == "others" {
        engine.end_own(user, Some(live), Scope::Others, &visit).await?;
        return see_other(&done(admission, user, "others"));
    }
    let handle = SessionHandle::parse(&form.end).ok_or(Reason::NotFound)?;
    match engine.end_one(user, handle, &visit).await {
        Ok(_) => {}
        // Ended by somebody else, or by time, since the page was shown: what was asked for is so.
        Err(refusal) if *refusal.reason() == Reason::NotFound => {}
        Err(refusal) => return Err(refusal.into()),
    }
    if handle != live.handle {
        return see_other(&done(admission, user, "ended"));
    }
    let policy = admission.pass().policy();
    let mut response = see_other(&format!("{}/logout", policy.mount()))?;
    let realm = policy.realm_id(user.realm.as_str());
    let ended = |realm| policy.expired_cookies(realm, admission.client().secure, &Profile::DOORWARD);
    let cookie = realm.into_iter().flat_map(ended).map(|cookie| (header::SET_COOKIE, cookie));
    response.headers_mut().extend(cookie);
    Ok(response)
}

async fn page(
    admission: &Admission,
    live: &LiveSession,
    user: &User,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<Response, Refused> {
    let engine = admission.engine();
    let sessions = engine.own_sessions(user).await?;
    let page = Page {
        frame: Frame::new(admission)?,
        notice,
        name: user.name.clone(),
        login: user.login.to_string(),
        realm: user.realm.to_string(),
        email: user.email.clone().unwrap_or_default(),
        sessions: sessions.into_iter().map(|session| Line::of(session, live)).collect(),
        shortest: engine.passwords().min_length,
    };
    answer(status, &page, &page.frame.nonce)
}

impl Line {
    fn of(listed: ListedSession, live: &LiveSession) -> Self {
        let ListedSession { session, .. } = listed;
        let handle = session.digest.handle();
        let is_current = handle == live.handle;
        Self {
            id: handle.to_string(),
            is_current,
            is_token: session.bearer,
            device: device(&session.device),
            address: session.address,
            created: Timestamp(session.created),
            seen: Timestamp(if is_current { live.session.last_seen } else { session.last_seen }),
        }
    }
}

/// The page again, with a word about what was done.
fn done(admission: &Admission, user: &User, what: &str) -> String {
    format!("{}/account?realm={}&done={what}", admission.pass().policy().mount(), user.realm)
}

/// To the log-in, and back here afterwards.
fn log_in(admission: &Admission, query: Option<&str>) -> Result<Response, Refused> {
    let policy = admission.pass().policy();
    let mount = policy.mount();
    let named = single(query, "realm").filter(|name| policy.realm_id(name).is_some());
    see_other(&match named {
        // A realm's name is safe in a query as it stands, and in a query within a query.
        Some(realm) => format!("{mount}/login?realm={realm}&return_to={mount}/account%3Frealm={realm}"),
        None => format!("{mount}/login?return_to={mount}/account"),
    })
}
