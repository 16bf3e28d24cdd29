//! The pages that everybody may need: log in, log out, one's own account. They work without scripts.

mod account;
mod asset;
mod code;
mod device;
mod login;
mod logout;
mod notice;
mod page;
mod query;
mod return_to;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::own::Shared;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/login", get(login::show).post(login::enter))
        .route("/login/code", get(code::show).post(code::redeem))
        .route("/login/assets/{file}", get(asset::serve))
        .route("/logout", get(logout::ask).post(logout::leave))
        .route("/account", get(account::show))
        .route("/account/password", post(account::set_password))
        .route("/account/sessions", post(account::end_sessions))
}
