//! Doorward for axum: a router behind the layer, the resources of `/user/*`, and extractors.
//!
//! ```no_run
//! # async fn example(engine: std::sync::Arc<doorward::Engine>) -> std::io::Result<()> {
//! use std::net::SocketAddr;
//!
//! use axum::{Router, routing::get};
//! use doorward::axum::{User, maintain, protect};
//!
//! async fn hello(user: User) -> String {
//!     format!("hello {}", user.login)
//! }
//!
//! let app = protect(Router::new().route("/hello", get(hello)), engine.clone());
//! tokio::spawn(maintain(engine));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
//! # }
//! ```
//!
//! Log-in, log-out, `/user/me` and the rest of `/user/*` come along: the answers are those of the gateway. Pages (`/login`) and
//! administration (`/admin`) are the gateway's alone; compile the policy with [`own_routes`], and their paths are yours.

mod account;
mod both;
mod call;
mod extract;
mod fields;
mod refused;
mod secret;
mod sessions;
mod view;

pub use crate::runtime::maintain;
pub use crate::verdict::Caller;
pub use extract::{CsrfToken, User};

use ::axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::layer::Layer;
use crate::policy::{OwnRoute, builtin};
use both::Both;

/// Puts a router behind Doorward, with Doorward's own resources beside it. Takes an engine, or a [`Layer`] where there is more
/// to say: trusted proxies, a peer that is always the same, TLS in this process.
///
/// Open responses are judged every second, and cut off when their caller may no longer have them.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, or say [`Layer::peer`]: see [`crate::layer`].
pub fn protect(router: Router, layer: impl Into<Layer>) -> Router {
    let layer = layer.into().serve_own().or_timer(crate::runtime::sleep);
    Router::new().fallback_service(tower_layer::Layer::layer(&layer, Both::new(own_router(), router)))
}

/// The resources of `/user/*` alone, for services that put the parts together themselves. They answer only to requests that a
/// door has judged and put an [`Admission`](crate::Admission) into, by the path that
/// [`Pass::edit_own_request`](crate::Pass::edit_own_request) makes; to others they answer 500.
pub fn own_router() -> Router {
    Router::from(openapi_router()).fallback(refused::not_found)
}

/// The same with their description, for an OpenAPI document.
pub fn openapi_router() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sessions::log_in, sessions::list, sessions::log_out))
        .routes(routes!(sessions::current, sessions::log_out_current))
        .routes(routes!(sessions::confirm))
        .routes(routes!(sessions::refresh))
        .routes(routes!(sessions::end))
        .routes(routes!(account::csrf))
        .routes(routes!(account::me, account::alter))
        .routes(routes!(account::permissions))
        .routes(routes!(account::set_password))
        .routes(routes!(account::reset_password))
}

/// Those of Doorward's own routes that [`protect`] serves, for `Draft::own`: the paths of pages and of administration are free
/// for the service's own.
///
/// ```
/// use doorward::policy::{Draft, Policy, Settings};
/// let rules = "[[route]]\nmatch = \"GET /login\"\naccess = \"anonymous\"\n";
/// let (settings, rules) = Settings::parse("doorward.toml", rules, &|_| None).unwrap();
/// let rules = [rules];
/// assert!(Policy::compile(&Draft::new(&settings, &rules)).is_err());
/// let draft = Draft { own: doorward::axum::own_routes(), ..Draft::new(&settings, &rules) };
/// assert!(Policy::compile(&draft).is_ok());
/// ```
pub fn own_routes() -> Vec<OwnRoute> {
    builtin::own().into_iter().filter(|route| route.path.starts_with("/user/")).collect()
}
