//! Whether the process lives, and whether it can serve.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use doorward::Time;
use doorward::problem::Problem;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use std::sync::Arc;

use crate::own::{House, Json, Shared};

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn router() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::default().routes(routes!(alive)).routes(routes!(ready))
}

/// What was found out about the store in this second: a flood of questions is no load on it.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Time, bool)>>);

/// The process lives.
#[derive(Serialize, ToSchema)]
struct Alive {
    status: &'static str,
}

/// Which part can do its work: `ok` or `down`; of upstreams also `degraded`, when some can and some cannot.
#[derive(Serialize, ToSchema)]
struct Ready {
    status: &'static str,
    store: &'static str,
    rules: &'static str,
    upstreams: &'static str,
}

/// Whether the process lives. It says no more.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Alive)))]
async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// Whether requests can be served: the store answers, rules are in force, and some upstream is up.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, body = Ready),
    (status = 503, body = crate::openapi::Problem, content_type = "application/problem+json",
        description = "Not now. `store`, `rules` and `upstreams` say which part.")))]
async fn ready(State(house): House) -> Response {
    let store = if house.readiness.store_answers(&house).await { "ok" } else { "down" };
    // An engine has rules from its first moment on, and keeps them when new ones are bad.
    let rules = "ok";
    let upstreams = house.plane.upstreams();
    let up = upstreams.iter().filter(|(_, up)| *up).count();
    let upstreams = match (up, upstreams.len()) {
        (up, all) if up == all => "ok",
        (0, _) => "down",
        _ => "degraded",
    };
    if store == "ok" && upstreams != "down" {
        return Json(Ready { status: "ok", store, rules, upstreams }).into_response();
    }
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "Requests cannot be served now.");
    let problem = problem.member("store", store).member("rules", rules).member("upstreams", upstreams);
    let mut response = problem.response().map(axum::body::Body::from);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

impl Readiness {
    async fn store_answers(&self, house: &Shared) -> bool {
        let now = house.engine.now();
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, answers)) = known.filter(|(at, _)| *at == now) {
            let _ = at;
            return answers;
        }
        let asked = tokio::time::timeout(PATIENCE, house.engine.store().changes_since(u64::MAX)).await;
        let answers = match asked {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready: the store does not answer");
                false
            }
            Err(_) => {
                tracing::warn!("not ready: the store takes too long");
                false
            }
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, answers));
        answers
    }
}
