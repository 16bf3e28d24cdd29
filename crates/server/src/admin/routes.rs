//! `/admin/routes`: the rules in force.

use axum::extract::State;
use doorward::policy::{Route, Target};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::administrator::Administrator;
use super::hours::{Sum, is_of_requests, is_served};
use crate::openapi::Reading;
use crate::own::{House, Json, List, Query, Refused, Shared};

/// Which routes.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Doorward's own, or those of files. Both when absent.
    pub(crate) own: Option<bool>,
}

/// A route.
#[derive(Serialize, ToSchema)]
#[schema(as = Route)]
pub(crate) struct View {
    /// Its name in figures: methods, host and path.
    pub(crate) route: String,
    /// `GET,POST`, or `*`.
    pub(crate) methods: String,
    #[schema(required)]
    pub(crate) host: Option<String>,
    pub(crate) path: String,
    /// `anonymous`, `self`, `deny`, or resources, all of which must be granted.
    pub(crate) access: Vec<String>,
    /// Whose sessions count, the first one first.
    pub(crate) realms: Vec<String>,
    /// The realms whose users may use Basic.
    pub(crate) basic: Vec<String>,
    /// Whether it is one of Doorward's own resources.
    pub(crate) own: bool,
    #[schema(required)]
    pub(crate) upstream: Option<String>,
    pub(crate) websocket: bool,
    pub(crate) source: Place,
    /// Requests of the last 24 hours.
    pub(crate) hits: u64,
    /// Those of them that were refused, or failed.
    pub(crate) refused: u64,
    pub(crate) average_micros: u64,
}

/// Where something was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct Place {
    pub(crate) file: String,
    /// From 1; 0 for what no file holds.
    pub(crate) line: usize,
}

/// The routes in force: those of files in the order written, then Doorward's own.
#[utoipa::path(get, path = "/admin/routes", tag = "rules", params(Which),
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn list(
    _: Administrator,
    State(house): House,
    Query(which): Query<Which>,
) -> Result<Json<List<View>>, Refused> {
    find_routes(&house, &which).await.map(|items| Json(List::whole(items)))
}

/// All of them.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn find_routes(house: &Shared, which: &Which) -> Result<Vec<View>, Refused> {
    let policy = house.engine.policy();
    let day = house.hours.last(24, &**house.engine.store(), house.engine.now()).await?;
    let routes = policy.routes().iter().filter(|route| which.own.is_none_or(|own| own == route.is_own()));
    let mut items: Vec<View> = routes
        .map(|route| {
            let basic = route.basic.iter().map(|realm| policy.realm(*realm).name().to_string()).collect();
            View::of(route, basic)
        })
        .collect();
    let places: std::collections::HashMap<String, usize> =
        items.iter().enumerate().map(|(place, item)| (item.route.clone(), place)).collect();
    let mut sums = vec![(Sum::default(), 0); items.len()];
    for (route, outcome, sum) in day.iter().filter(|(_, outcome, _)| is_of_requests(outcome)) {
        let Some((total, refused)) = places.get(route).and_then(|place| sums.get_mut(*place)) else {
            continue;
        };
        total.add(sum.hits, sum.micros);
        *refused += if is_served(outcome) { 0 } else { sum.hits };
    }
    for (item, (total, refused)) in items.iter_mut().zip(sums) {
        (item.hits, item.refused, item.average_micros) = (total.hits, refused, total.average());
    }
    Ok(items)
}

impl View {
    fn of(route: &Route, basic: Vec<String>) -> Self {
        let upstream = match &route.target {
            Target::Upstream(name) => Some(name.to_string()),
            Target::Own | Target::Inner => None,
        };
        Self {
            route: route.to_string(),
            methods: route.methods.to_string(),
            host: route.host.as_deref().map(str::to_owned),
            path: route.pattern.to_string(),
            access: route.asks.split(", ").map(str::to_owned).collect(),
            realms: route.realm_names.iter().map(ToString::to_string).collect(),
            basic,
            own: route.is_own(),
            upstream,
            websocket: route.websocket,
            source: Place { file: route.source.file().to_owned(), line: route.source.line() },
            hits: 0,
            refused: 0,
            average_micros: 0,
        }
    }
}
