//! `/account/name` and `/account/email`: what others see of somebody, altered by themselves.

use axum::extract::RawQuery;
use axum::response::Response;
use doorward::OwnUpdate;
use http::HeaderMap;
use serde::Deserialize;

use super::account::{Account, Typed, done, log_in};
use super::login::Password;
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
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let account = Account { admission: &judged.0, reader: &reader, live, user };
    let name = name.trim().to_owned();
    let typed = Typed { name: Some(name.clone()), email: None };
    let update = OwnUpdate { name: Some(name), ..OwnUpdate::default() };
    save(&account, &headers, update, typed, ("name", "name")).await
}

/// Saves the address. An empty one is none.
pub(super) async fn set_email(
    judged: Judged,
    reader: Reader,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Form(NewEmail { email, current, .. }): Form<NewEmail>,
) -> Result<Response, Refused> {
    let Ok((live, user)) = judged.session() else { return log_in(&judged.0, query.as_deref()) };
    let account = Account { admission: &judged.0, reader: &reader, live, user };
    let email = email.trim().to_owned();
    let typed = Typed { name: None, email: Some(email.clone()) };
    let email = Some(email).filter(|email| !email.is_empty());
    let update = OwnUpdate { name: None, email: Some(email), current: Some(current.0) };
    save(&account, &headers, update, typed, ("email", "email-current")).await
}

/// `what` is altered, by a form whose password is in the field `current`.
async fn save(
    account: &Account<'_>,
    headers: &HeaderMap,
    update: OwnUpdate,
    typed: Typed,
    (what, current): (&str, &'static str),
) -> Result<Response, Refused> {
    let Account { admission, user, .. } = account;
    match admission.engine().update_own(user, update, &admission.visit(headers)).await {
        Ok(_) => see_other(&done(admission, user, what)),
        Err(refusal) => account.refused(refusal, current, typed).await,
    }
}
