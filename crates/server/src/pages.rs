//! The pages that everybody may need: log in, log out, one's own account. They work without scripts.

mod account;
mod asset;
mod code;
mod details;
mod device;
mod language;
mod login;
mod logo;
mod logout;
mod look;
mod moment;
mod notice;
mod page;
mod places;
mod query;
mod reader;
mod return_to;
mod unavailable;
mod words;

pub(crate) use device::device_in_english;
pub(crate) use look::Look;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::own::Shared;

pub(crate) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let told = from_fn_with_state(shared.clone(), unavailable::told);
    Router::new()
        .route("/login", get(login::show).post(login::enter))
        .route("/login/code", get(code::show).post(code::redeem))
        .route("/logout", get(logout::ask).post(logout::leave))
        .route("/account", get(account::show))
        .route("/account/name", post(details::set_name))
        .route("/account/email", post(details::set_email))
        .route("/account/password", post(account::set_password))
        .route("/account/sessions", post(account::end_sessions))
        .layer(told)
        .route("/login/assets/{file}", get(asset::serve))
}
