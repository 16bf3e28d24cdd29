//! `/admin/stats`: figures.

use std::collections::BTreeMap;

use axum::extract::State;
use doorward::audit::Count;
use doorward::store::CountFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::administrator::Administrator;
use super::hours::{Sum, Sums, is_of_requests, is_served};
use crate::openapi::Reading;
use crate::own::{House, Json, Query, Refused, Shared, Timestamp};

/// How far back.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Window {
    /// How many minutes, 60 unless stated.
    #[param(minimum = 1, maximum = 1440)]
    minutes: Option<u32>,
    /// Of this route alone, as `/admin/routes` names it.
    route: Option<String>,
}

/// Figures about what is going on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stats {
    #[serde(flatten)]
    live: Live,
    /// The last 24 hours.
    day: Totals,
    /// The last seven days.
    week: Totals,
    /// The minutes of the window in which something happened, oldest first.
    minutes: Vec<Minute>,
    /// The routes of the window, with each outcome.
    routes: Vec<Outcome>,
}

/// How things are at this moment.
#[derive(Serialize, ToSchema)]
pub(crate) struct Live {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: Timestamp,
    pub(crate) version: &'static str,
    /// Sessions in memory: those that were used since the start.
    pub(crate) sessions: usize,
    /// Users in memory.
    pub(crate) users: usize,
    /// Open connections.
    pub(crate) connections: usize,
    /// Passwords that wait to be computed.
    pub(crate) passwords_waiting: usize,
    /// Audit events that wait to be written.
    pub(crate) events_waiting: usize,
    /// Audit events that were lost since the start, because too many waited.
    pub(crate) events_lost: u32,
    /// Requests since the start.
    pub(crate) requests: u64,
    /// Those of them that were refused, or failed.
    pub(crate) refused: u64,
    pub(crate) upstreams: Vec<Upstream>,
}

/// An upstream.
#[derive(Serialize, ToSchema)]
#[schema(as = UpstreamState)]
pub(crate) struct Upstream {
    pub(crate) name: String,
    /// Whether requests to it are worth trying.
    pub(crate) up: bool,
}

/// Requests within some time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Totals {
    requests: u64,
    /// Those of them that were refused, or failed.
    refused: u64,
    /// How long one took on average, in microseconds.
    average_micros: u64,
}

/// Requests within a minute.
#[derive(Serialize, ToSchema)]
pub(crate) struct Minute {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    totals: Totals,
}

/// How often requests to a route had an outcome.
#[derive(Serialize, ToSchema)]
#[schema(as = RouteOutcome)]
pub(crate) struct Outcome {
    route: String,
    /// `allow`, or the code of the refusal. What begins with `csrf_` says in detail what protection against forgery found.
    outcome: String,
    hits: u64,
    average_micros: u64,
}

/// Figures: how things are, totals, and the last minutes.
#[utoipa::path(get, path = "/admin/stats", tag = "figures", params(Window),
    responses((status = 200, body = Stats), Reading))]
pub(crate) async fn show(
    _: Administrator,
    State(house): House,
    Query(window): Query<Window>,
) -> Result<Json<Stats>, Refused> {
    let minutes = window.minutes.unwrap_or(60);
    if !(1..=1_440).contains(&minutes) {
        return Err(Refused::invalid("minutes", "from 1 to 1440"));
    }
    let (store, now) = (house.engine.store(), house.engine.now());
    let since = (now / 60 * 60).saturating_sub((minutes - 1) * 60);
    let mut counts = store.counts(CountFilter { since, until: 0 }).await?;
    if let Some(route) = &window.route {
        counts.retain(|count| count.route == *route);
        // A route of earlier rules has figures still.
        let is_known = route == "-" || house.engine.policy().routes().iter().any(|known| known.to_string() == *route);
        if counts.is_empty() && !is_known {
            return Err(Refused::invalid("route", "no route of the rules, and none that has figures"));
        }
    }
    let day = house.hours.last(24, &**store, now).await?;
    let week = house.hours.last(7 * 24, &**store, now).await?;
    Ok(Json(Stats {
        live: Live::of(&house),
        day: Totals::of(&day),
        week: Totals::of(&week),
        minutes: by_minute(&counts),
        routes: by_route(counts),
    }))
}

impl Live {
    pub(crate) fn of(house: &Shared) -> Self {
        let gauges = house.engine.gauges();
        let (mut requests, mut refused) = (0, 0);
        for tally in house.engine.tallies().iter().filter(|tally| tally.is_of_requests()) {
            requests += tally.hits;
            refused += if is_served(tally.outcome) { 0 } else { tally.hits };
        }
        Self {
            at: Timestamp(house.engine.now()),
            started_at: Timestamp(house.started),
            version: env!("CARGO_PKG_VERSION"),
            sessions: gauges.sessions,
            users: gauges.users,
            connections: house.plane.connections(),
            passwords_waiting: house.plane.passwords_waiting(),
            events_waiting: gauges.events_waiting,
            events_lost: gauges.events_lost,
            requests,
            refused,
            upstreams: house.plane.upstreams().into_iter().map(|(name, up)| Upstream { name, up }).collect(),
        }
    }
}

impl Totals {
    fn of(sums: &Sums) -> Self {
        let (served, refused) = sums.split();
        Self::new(served, refused)
    }

    fn new(served: Sum, refused: Sum) -> Self {
        let mut both = served;
        both.add(refused.hits, refused.micros);
        Self { requests: both.hits, refused: refused.hits, average_micros: both.average() }
    }
}

fn by_minute(counts: &[Count]) -> Vec<Minute> {
    let mut minutes: BTreeMap<_, (Sum, Sum)> = BTreeMap::new();
    for count in counts.iter().filter(|count| is_of_requests(&count.outcome)) {
        let (served, refused) = minutes.entry(count.minute).or_default();
        let side = if is_served(&count.outcome) { served } else { refused };
        side.add(count.hits, count.micros);
    }
    let minute = |(at, (served, refused))| Minute { at: Timestamp(at), totals: Totals::new(served, refused) };
    minutes.into_iter().map(minute).collect()
}

fn by_route(counts: Vec<Count>) -> Vec<Outcome> {
    let sums: Sums = counts.into_iter().collect();
    let outcome = |(route, outcome, sum): (&str, &str, Sum)| Outcome {
        route: route.to_owned(),
        outcome: outcome.to_owned(),
        hits: sum.hits,
        average_micros: sum.average(),
    };
    let mut routes: Vec<Outcome> = sums.iter().map(outcome).collect();
    routes.sort_by(|one, two| (two.hits, &one.route, &one.outcome).cmp(&(one.hits, &two.route, &two.outcome)));
    routes
}
