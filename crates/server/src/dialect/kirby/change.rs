//! What can be changed of a user but the password: address, language, name, role.

use axum::extract::Path;
use axum::response::Response;
use doorward::store::Conflict;
use doorward::{Reason, Refusal, User, UserAlteration, UserUpdate};
use serde_json::json;

use super::account::{answer, find, own_user};
use super::call::Call;
use super::fault::Fault;
use super::fields::Fields;
use super::roles;

pub(super) async fn own_email(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    set_email(call, user, fields).await
}

pub(super) async fn email(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    set_email(call, user, fields).await
}

pub(super) async fn own_language(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    set_language(call, user, fields).await
}

pub(super) async fn language(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    set_language(call, user, fields).await
}

pub(super) async fn own_name(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    set_name(call, user, fields).await
}

pub(super) async fn name(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    set_name(call, user, fields).await
}

pub(super) async fn own_role(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    set_role(call, user, fields).await
}

pub(super) async fn role(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    set_role(call, user, fields).await
}

/// Whoever logs in by their address does so by the new one.
async fn set_email(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    let email = fields.needed("email")?;
    let logs_in_by_it = user.email.as_deref().is_none_or(|old| old.to_lowercase() == user.login.as_str())
        && user.login.as_str().contains('@');
    let login = logs_in_by_it.then(|| email.clone());
    update(call, user, "changeEmail", UserUpdate { login, email: Some(Some(email)), ..UserUpdate::default() }).await
}

async fn set_language(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    let language = fields.needed("language")?;
    let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !(2..=16).contains(&language.len()) || !is_code(&language) {
        return Err(Fault::invalid("user.language.invalid", "Please enter a valid language"));
    }
    let mut attributes = user.attributes.clone();
    attributes.insert("language".to_owned(), json!(language));
    update(call, user, "changeLanguage", UserUpdate { attributes: Some(attributes), ..UserUpdate::default() }).await
}

async fn set_name(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    let name = fields.text("name")?.unwrap_or_default();
    update(call, user, "changeName", UserUpdate { name: Some(name), ..UserUpdate::default() }).await
}

pub(super) async fn update(call: Call, user: User, action: &str, update: UserUpdate) -> Result<Response, Fault> {
    if !call.viewer()?.may(&user, action) {
        return Err(Fault::action(action));
    }
    // Attributes are written as a whole: what somebody else has changed meanwhile is not undone.
    let seen = update.attributes.is_some().then(|| user.version());
    let alteration = UserAlteration { update, seen, ..UserAlteration::default() };
    let altered = call.engine().alter_user(&call.actor()?, &user, alteration).await;
    let altered = altered.map_err(|refusal| refused(refusal, action))?;
    answer(&call, &altered)
}

/// The user has this role from now on, and no other. Their sessions end.
async fn set_role(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    const ACTION: &str = "changeRole";
    let text = fields.needed("role")?;
    if !call.viewer()?.may(&user, ACTION) {
        return Err(Fault::action(ACTION));
    }
    let role = roles::named(call.policy(), &text);
    let role = role.ok_or_else(|| Fault::invalid("user.role.invalid", "Please enter a valid role"))?;
    let add = vec![role.name.to_string()];
    let remove = user.roles.iter().filter(|own| **own != role.name).map(ToString::to_string).collect();
    let alteration = UserAlteration { add, remove, seen: Some(user.version()), ..UserAlteration::default() };
    let altered = call.engine().alter_user(&call.actor()?, &user, alteration).await;
    let altered = altered.map_err(|refusal| match refusal.reason() {
        Reason::Forbidden(_) if roles::is_admin(role) => {
            Fault::forbidden("user.changeRole.toAdmin", "You are not allowed to promote someone to the admin role")
        }
        Reason::Conflict(Conflict::LastAdministrator) => {
            Fault::invalid("user.changeRole.lastAdmin", "The role for the last admin cannot be changed")
        }
        _ => refused(refusal, ACTION),
    })?;
    answer(&call, &altered)
}

/// A refusal of the engine, as one of this action.
pub(super) fn refused(refusal: Refusal, action: &str) -> Fault {
    match refusal.reason() {
        Reason::Forbidden(_) => Fault::action(action),
        Reason::Invalid("email" | "login", _) => {
            Fault::invalid("user.email.invalid", "Please enter a valid email address")
        }
        _ => refusal.into(),
    }
}
