//! Kirby's resources about authentication: logging in and out, who is logged in, and users.

mod account;
mod answer;
mod auth;
mod call;
mod change;
mod content;
mod fault;
mod fields;
mod password;
mod query;
mod roles;
mod system;
mod user;
mod users;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, post};

use crate::own::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/auth", get(auth::show))
        .route("/auth/login", post(auth::log_in))
        .route("/auth/code", post(auth::code))
        .route("/auth/logout", post(auth::log_out))
        .route("/auth/ping", post(auth::ping))
        .route("/system", get(system::show))
        .route("/system/install", post(system::install))
        .route("/account", get(account::own).patch(content::update_own).delete(account::remove_own))
        .route("/account/roles", get(roles::own))
        .route("/account/email", patch(change::own_email))
        .route("/account/language", patch(change::own_language))
        .route("/account/name", patch(change::own_name))
        .route("/account/password", patch(password::own))
        .route("/account/role", patch(change::own_role))
        .route("/users", get(users::list).post(users::create))
        .route("/users/search", get(users::search).post(users::search_by_body))
        .route("/users/{id}", get(account::show).patch(content::update_of).delete(account::remove))
        .route("/users/{id}/roles", get(roles::others))
        .route("/users/{id}/email", patch(change::email))
        .route("/users/{id}/language", patch(change::language))
        .route("/users/{id}/name", patch(change::name))
        .route("/users/{id}/password", patch(password::set))
        .route("/users/{id}/role", patch(change::role))
        .route("/roles", get(roles::list))
        .route("/roles/{name}", get(roles::show))
}
