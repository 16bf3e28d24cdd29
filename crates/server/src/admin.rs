//! `/admin/*`: users, roles, other people's sessions, the rules in force, the record of what happened, and figures.
//!
//! The policy lets only administrators in, by session, each resource under its own name in the built-in tree. What changes
//! something needs a password given within the last ten minutes.

mod acl;
pub(crate) mod administrator;
pub(crate) mod audit;
mod csv;
mod difference;
mod events;
pub(crate) mod explain;
mod export;
pub(crate) mod hours;
mod known;
mod preview;
pub(crate) mod roles;
pub(crate) mod routes;
pub(crate) mod sessions;
pub(crate) mod stats;
pub(crate) mod user;
mod user_preview;
pub(crate) mod users;

pub(crate) use hours::Hours;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::own::Shared;

/// The resources, each with its description.
pub(crate) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::default()
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::show, users::alter, users::remove))
        .routes(routes!(user_preview::show))
        .routes(routes!(users::issue_code))
        .routes(routes!(users::unlock))
        .routes(routes!(sessions::list_of_user, sessions::end_of_user))
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::show, roles::replace, roles::remove))
        .routes(routes!(preview::show))
        .routes(routes!(acl::tree))
        .routes(routes!(sessions::list, sessions::end_matching))
        .routes(routes!(sessions::show, sessions::end))
        .routes(routes!(routes::list))
        .routes(routes!(explain::ask, explain::post))
        .routes(routes!(audit::list))
        .routes(routes!(audit::show))
        .routes(routes!(stats::show))
        .routes(routes!(events::follow))
}
