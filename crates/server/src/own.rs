//! Doorward's own resources: `/user/*`, `/admin/*`, the pages, health, metrics and the description of all of it.
//!
//! Whatever arrives here was judged before: handlers read the [`Admission`](doorward::Admission) and decide nothing about who
//! may call them. A request without one is answered with 500, so that a door that forgot to judge serves nobody.

mod asset;
mod form;
mod json;
mod judged;
mod list;
pub(crate) mod page;
pub(crate) mod percent;
mod place;
mod protect;
mod query;
mod refused;
mod time;

pub(crate) use asset::Asset;
pub(crate) use form::{Form, body};
pub(crate) use json::{Json, misfit, read};
pub(crate) use judged::Judged;
pub(crate) use list::{List, page};
pub(crate) use query::Query;
pub(crate) use refused::{Answered, Refused};
pub(crate) use time::Timestamp;

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use doorward::{Engine, Reason, Time};
use tower::ServiceExt as _;
use utoipa::openapi::OpenApi;

use crate::admin::Hours;
use crate::pages::Look;
use crate::{dialect, health, metrics, openapi, pages, panel};

/// What the data plane tells about itself.
pub(crate) trait Plane: Send + Sync + 'static {
    /// The upstreams by name, and whether requests to each are worth trying.
    fn upstreams(&self) -> Vec<(String, bool)>;
    /// How many connections are open.
    fn connections(&self) -> usize;
    /// How many connections were refused, by the door and the reason.
    fn connections_refused(&self) -> Vec<(&'static str, &'static str, u64)>;
    /// How many passwords wait to be computed.
    fn passwords_waiting(&self) -> usize;
}

/// What Doorward's own resources are made of.
pub(crate) struct State {
    /// The engine that judged.
    pub(crate) engine: Arc<Engine>,
    /// The data plane.
    pub(crate) plane: Arc<dyn Plane>,
    /// How the pages look; a reload replaces it.
    pub(crate) look: Arc<ArcSwap<Look>>,
}

/// What all handlers share.
pub(crate) struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) plane: Arc<dyn Plane>,
    pub(crate) look: Arc<ArcSwap<Look>>,
    pub(crate) started: Time,
    pub(crate) hours: Hours,
    pub(crate) readiness: health::Readiness,
    pub(crate) document: OpenApi,
}

/// The state of every handler.
pub(crate) type House = axum::extract::State<Arc<Shared>>;

/// The resources, for requests that were judged. Paths are read in their one spelling, without what `mount` puts before them.
pub(crate) fn router(state: State) -> Router {
    let State { engine, plane, look } = state;
    let (described, document) = openapi::router().split_for_parts();
    let shared = Arc::new(Shared {
        started: engine.now(),
        hours: Hours::default(),
        readiness: health::Readiness::default(),
        document,
        engine,
        plane,
        look,
    });
    let resources = described
        .merge(pages::router(&shared))
        .merge(panel::router())
        .merge(dialect::router())
        .merge(metrics::router())
        .fallback(nothing)
        .layer(from_fn(protect::protect))
        .with_state(shared);
    // A layer of the router would see the path only after it has chosen the handler.
    let placed = resources.map_request(place::place as fn(Request) -> Request);
    Router::new().fallback_service(placed)
}

/// A route that the policy has and no handler: the tests find none.
async fn nothing(Judged(admission): Judged) -> Refused {
    tracing::error!(route = %admission.pass().route(), "one of Doorward's own routes has no handler");
    Reason::NotFound.into()
}
