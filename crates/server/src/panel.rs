//! `/panel`: the pages of those who administer. They read what `/admin/*` reads, and change nothing themselves: that is done by the
//! page's script, which calls `/admin/*` with the session of whoever looks at the page.

mod asked;
mod asset;
mod audit;
mod chart;
mod choice;
mod done;
mod found;
mod frame;
mod notice;
mod order;
mod overview;
mod part;
mod refused;
mod role;
mod roles;
mod routes;
mod seen;
mod sessions;
mod tab;
mod told;
mod try_it;
mod user;
mod users;
mod visitor;
mod words;

pub(crate) use refused::shown as refused_page;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::own::Shared;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/panel", get(overview::show))
        .route("/panel/users", get(users::show))
        .route("/panel/new-user", get(users::add))
        .route("/panel/users/{id}", get(user::show))
        .route("/panel/sessions", get(sessions::show))
        .route("/panel/roles", get(roles::show))
        .route("/panel/new-role", get(role::add))
        .route("/panel/roles/{name}", get(role::show))
        .route("/panel/matrix", get(roles::matrix))
        .route("/panel/routes", get(routes::show))
        .route("/panel/try", get(try_it::show))
        .route("/panel/audit", get(audit::show))
        .route("/panel/audit/{number}", get(audit::one))
        .layer(from_fn(told::told))
        .route("/panel/assets/{file}", get(asset::serve))
}
