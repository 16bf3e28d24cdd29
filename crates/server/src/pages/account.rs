//! `/account`: who I am, where I am logged in, and a new password.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use doorward::policy::Profile;
use doorward::policy::builtin::PANEL;
use doorward::store::ListedSession;
use doorward::{Admission, LiveSession, Reason, Refusal, Scope, SessionHandle, User};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::device::device;
use super::login::Password;
use super::moment::Moment;
use super::notice::{Notice, Told};
use super::page::{Frame, answer, see_other};
use super::query::single;
use super::reader::Reader;
use super::words::fill;
use crate::own::{Form, Judged, Refused};

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    told: Told,
    /// Where the Panel is, for whoever may see it and by this door.
    panel: Option<String>,
    name: String,
    login: String,
    realm: String,
    /// What people call it.
    realm_title: String,
    email: String,
    /// What stands in the fields.
    typed: Typed,
    /// That the login stays, in a sentence.
    email_rule: String,
    /// Whether there is another realm to tell it from.
    has_realms: bool,
    sessions: Vec<Line>,
    /// How short a new password may be.
    shortest: u32,
    /// The same in a sentence.
    rule: String,
}

/// What somebody has typed and is not saved, so that they need not type it again.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// One session.
struct Line {
    id: String,
    is_current: bool,
    /// Whether no browser has it, but a program that sends a bearer token.
    is_token: bool,
    device: String,
    address: String,
    /// Where the address is, where somebody knows.
    place: Option<String>,
    first: Moment,
    last: Moment,
    /// What its button does, for those who do not see beside what it stands.
    end_label: String,
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
pub(super) async fn show(judged: Judged, reader: Reader, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let words = &reader.words;
    let notice = match single(query.as_deref(), "done").as_deref() {
        Some("name") => Some(Notice::good(&words.done_name)),
        Some("email") => Some(Notice::good(&words.done_email)),
        Some("password") => Some(Notice::good(&words.done_password)),
        Some("ended") => Some(Notice::good(&words.done_ended)),
        Some("others") => Some(Notice::good(&words.done_others)),
        _ => None,
    };
    Account { admission: &judged.0, reader: &reader, live, user }.page(StatusCode::OK, notice, Typed::default()).await
}

/// Whoever opens the address of a form, by reloading it or from the history, is sent to the page that has it.
pub(super) async fn back(Judged(admission): Judged, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let policy = admission.pass().policy();
    let realm = single(query.as_deref(), "realm").filter(|name| policy.realm_id(name).is_some());
    let query = realm.map(|realm| format!("?realm={realm}")).unwrap_or_default();
    see_other(&format!("{}/account{query}", policy.mount()))
}

/// Sets a new password.
pub(super) async fn set_password(
    judged: Judged,
    reader: Reader,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let admission = &judged.0;
    let account = Account { admission, reader: &reader, live, user };
    let NewPassword { current, new, again, .. } = form;
    if *new.0 != *again.0 {
        let notice = Notice::bad(&reader.words.not_twice).at(Some("again"));
        return account.page(StatusCode::UNPROCESSABLE_ENTITY, Some(notice), Typed::default()).await;
    }
    let visit = admission.visit(&headers);
    match admission.engine().change_password(live, user, current.0, new.0, &visit).await {
        Ok(changed) => {
            let mut response = see_other(&done(admission, user, "password"))?;
            response.headers_mut().extend(changed.cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Err(refusal) => account.refused(refusal, "current", Typed::default()).await,
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

/// Whose account it is, and who reads it.
pub(super) struct Account<'r> {
    pub(super) admission: &'r Admission,
    pub(super) reader: &'r Reader,
    pub(super) live: &'r LiveSession,
    pub(super) user: &'r User,
}

impl Account<'_> {
    /// The page again, with what stood against a change. `current` is the field of the form's password.
    ///
    /// # Errors
    /// The refusal, when no form causes it, or when the store does not answer.
    pub(super) async fn refused(
        &self,
        refusal: Refusal,
        current: &'static str,
        typed: Typed,
    ) -> Result<Response, Refused> {
        let Some(notice) = Notice::of(&refusal, &self.reader.words) else { return Err(refusal.into()) };
        let field = match refusal.reason() {
            Reason::Invalid(field @ ("name" | "email"), _) => Some(*field),
            Reason::Password(_) => Some("new"),
            Reason::WrongPassword | Reason::Throttled => Some(current),
            _ => None,
        };
        let notice = notice.at(field);
        let wait = notice.wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
        let mut response = self.page(refusal.status(), Some(notice), typed).await?;
        response.headers_mut().extend(wait);
        Ok(response)
    }

    fn panel(&self) -> Option<String> {
        let policy = self.admission.pass().policy();
        let may = policy.resources().find(PANEL).is_some_and(|id| policy.grants(&self.user.roles).has(id));
        let is_administrator = policy.admin_realm() == Some(&self.user.realm);
        if may && is_administrator { policy.panel(self.reader.door?) } else { None }
    }

    async fn page(&self, status: StatusCode, notice: Option<Notice>, typed: Typed) -> Result<Response, Refused> {
        let Self { admission, reader, user, .. } = self;
        let engine = admission.engine();
        let sessions = engine.own_sessions(user).await?;
        let shortest = engine.passwords().min_length;
        let page = Page {
            frame: Frame::new(admission, reader)?,
            told: Told(notice),
            panel: self.panel(),
            name: user.name.clone(),
            login: user.login.to_string(),
            realm: user.realm.to_string(),
            realm_title: reader.title(&user.realm).to_owned(),
            email: user.email.clone().unwrap_or_default(),
            email_rule: fill(&reader.words.email_rule, &[("login", user.login.as_str())]),
            typed,
            has_realms: admission.pass().policy().realms().len() > 1,
            sessions: sessions.into_iter().map(|session| self.line(session)).collect(),
            shortest,
            rule: fill(&reader.words.password_rule, &[("number", &shortest.to_string())]),
        };
        answer(status, &page, &page.frame)
    }

    fn line(&self, ListedSession { session, .. }: ListedSession) -> Line {
        let Reader { look, language, words, .. } = self.reader;
        let handle = session.digest.handle();
        let is_current = handle == self.live.handle;
        let device = device(&session.device, words);
        let last_seen = if is_current { self.live.session.last_seen } else { session.last_seen };
        Line {
            id: handle.to_string(),
            is_current,
            is_token: session.bearer,
            end_label: fill(&words.session_end_label, &[("device", &device), ("address", &session.address)]),
            device,
            place: look.places.as_ref().and_then(|places| places.of(&session.address, *language)),
            address: session.address,
            first: Moment(session.created),
            last: Moment(last_seen),
        }
    }
}

/// The page again, with a word about what was done.
pub(super) fn done(admission: &Admission, user: &User, what: &str) -> String {
    format!("{}/account?realm={}&done={what}", admission.pass().policy().mount(), user.realm)
}

/// To the log-in, and back here afterwards.
pub(super) fn log_in(admission: &Admission, query: Option<&str>) -> Result<Response, Refused> {
    let policy = admission.pass().policy();
    let mount = policy.mount();
    let named = single(query, "realm").filter(|name| policy.realm_id(name).is_some());
    see_other(&match named {
        // A realm's name is safe in a query as it stands, and in a query within a query.
        Some(realm) => format!("{mount}/login?realm={realm}&return_to={mount}/account%3Frealm={realm}"),
        None => format!("{mount}/login?return_to={mount}/account"),
    })
}
