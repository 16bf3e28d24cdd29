//! `/account` and `/users/:id`: one user, oneself or another.

use axum::extract::Path;
use axum::response::Response;
use doorward::policy::Profile;
use doorward::store::{Conflict, UserFilter};
use doorward::{Login, Reason, User, UserId};

use super::answer::{done, model};
use super::call::{Call, With};
use super::fault::Fault;
use super::user::{DEFAULT, Shape};

/// `GET /account`.
pub(super) async fn own(call: Call) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    answer(&call, &user)
}

/// `GET /users/:id`.
pub(super) async fn show(call: Call, Path(id): Path<String>) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    answer(&call, &user)
}

/// `DELETE /account`.
pub(super) async fn remove_own(call: Call) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    remove_user(call, user).await
}

/// `DELETE /users/:id`.
pub(super) async fn remove(call: Call, Path(id): Path<String>) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    remove_user(call, user).await
}

async fn remove_user(call: Call, user: User) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    if !viewer.may(&user, "delete") {
        return Err(Fault::action("delete"));
    }
    let filter = UserFilter { realm: Some(user.realm.clone()), ..UserFilter::default() };
    if call.engine().store().user_count(filter, 2).await? < 2 {
        return Err(last_one());
    }
    let removed = call.engine().remove_user(&call.actor()?, &user).await;
    removed.map_err(|refusal| match refusal.reason() {
        Reason::Forbidden(_) => Fault::action("delete"),
        Reason::Conflict(Conflict::LastAdministrator) => last_one(),
        _ => refusal.into(),
    })?;
    // Whoever has gone away holds a cookie that says nothing any more.
    let cookies = match viewer.is(&user) {
        true => call.policy().expired_cookies(call.realm, call.is_secure(), &Profile::KIRBY),
        false => Vec::new(),
    };
    Ok(call.answer_with(&done(), With { cookies, csrf_token: None }))
}

fn last_one() -> Fault {
    Fault::invalid("user.delete.lastAdmin", "The last admin cannot be deleted")
}

/// A user in the shape that is asked for.
///
/// # Errors
/// 400 for a view that there is not.
pub(super) fn answer(call: &Call, user: &User) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    Ok(call.answer(&model(Shape::asked(&call.query, DEFAULT)?.show(user, &viewer))))
}

/// The caller, unless they may not see themselves.
///
/// # Errors
/// 404.
pub(super) fn own_user(call: &Call) -> Result<User, Fault> {
    let viewer = call.viewer()?;
    match viewer.may(viewer.user, "access") {
        true => Ok(viewer.user.clone()),
        false => Err(Fault::not_found("user.undefined", "The user cannot be found")),
    }
}

/// The user of an id or an address, if the caller may see them. `account` is the caller.
///
/// # Errors
/// 404, for whoever is not there and for whoever is not shown.
pub(super) async fn find(call: &Call, id: &str) -> Result<User, Fault> {
    if id == "account" {
        return own_user(call);
    }
    let realm = call.policy().realm(call.realm).name().clone();
    let store = call.engine().store();
    let found = match (UserId::parse(id), Login::parse(id)) {
        (Ok(id), _) => store.user_by_id(realm, id).await?,
        (Err(_), Ok(login)) => store.user_by_login(realm, login).await?,
        (Err(_), Err(_)) => None,
    };
    let viewer = call.viewer()?;
    let found = found.filter(|user| viewer.may(user, "access"));
    found.ok_or_else(|| Fault::not_found("user.notFound", &format!("The user \"{id}\" cannot be found")))
}
