//! `/account/name` and `/account/email`: what others see of somebody, altered by themselves.

use axum::extract::RawQuery;
use axum::response::Response;
use doorward::{LiveSession, OwnUpdate, Reason, User};
use http::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::account::{Account, Typed, done, log_in};
use super::login::Password;
use super::notice::Notice;
use super::page::see_other;
use super::reader::Reader;
use crate::own::{Form, Judged, Refused};

/// What the form for a name sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewName {
    name: String,
}

/// What the form for an address sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEmail {
    /// For password managers, which must know whose password it is.
    #[serde(rename = "login")]
    _login: Option<String>,
    email: String,
    current: Password,
}

/// Saves the name.
pub(super) async fn set_name(
    judged: Judged,
    reader: Reader,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(NewName { name }): Form<NewName>,
) -> Result<Response, Refused> {
    let Ok(known) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let name = name.trim().to_owned();
    let typed = Typed { name: Some(name.clone()), email: None };
    let update = OwnUpdate { name: Some(name), ..OwnUpdate::default() };
    Saving { judged: &judged, reader: &reader, known, headers: &headers }.save(update, typed, "name").await
}

/// Saves the address. An empty one is none.
pub(super) async fn set_email(
    judged: Judged,
    reader: Reader,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(NewEmail { email, current, .. }): Form<NewEmail>,
) -> Result<Response, Refused> {
    let Ok(known) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let email = email.trim().to_owned();
    let typed = Typed { name: None, email: Some(email.clone()) };
    let email = Some(email).filter(|email| !email.is_empty());
    let update = OwnUpdate { name: None, email: Some(email), current: Some(current.0) };
    Saving { judged: &judged, reader: &reader, known, headers: &headers }.save(update, typed, "email").await
}

/// Whose details are saved, and who reads what became of it.
struct Saving<'r> {
    judged: &'r Judged,
    reader: &'r Reader,
    known: (&'r LiveSession, &'r User),
    headers: &'r HeaderMap,
}

impl Saving<'_> {
    async fn save(self, update: OwnUpdate, typed: Typed, what: &str) -> Result<Response, Refused> {
        let Self { judged, reader, known: (live, user), headers } = self;
        let admission = &judged.0;
        let refusal = match admission.engine().update_own(user, update, &admission.visit(headers)).await {
            Ok(_) => return see_other(&done(admission, user, what)),
            Err(refusal) => refusal,
        };
        let notice = match refusal.reason() {
            Reason::Invalid("name", _) => Some(Notice::bad(&reader.words.bad_name)),
            Reason::Invalid("email", _) => Some(Notice::bad(&reader.words.bad_email)),
            _ => Notice::of(&refusal, &reader.words),
        };
        let Some(notice) = notice else { return Err(refusal.into()) };
        let wait = notice.wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
        let account = Account { admission, reader, live, user };
        let mut response = account.page(refusal.status(), Some(notice), typed).await?;
        response.headers_mut().extend(wait);
        Ok(response)
    }
}
