//! `/metrics`: figures for Prometheus, in its text format. Never a secret, and no label that a stranger chooses.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use doorward::Tally;
use http::{HeaderValue, header};

use crate::own::{House, Shared};

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/metrics", get(show))
}

async fn show(State(house): House) -> impl IntoResponse {
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, text)], exposition(&house))
}

fn exposition(house: &Shared) -> String {
    let mut page = Page::default();
    let build = [("version", env!("CARGO_PKG_VERSION"))];
    page.family("doorward_build_info", "gauge", "The version that runs.").sample("", &build, 1);
    page.family("doorward_start_time_seconds", "gauge", "When the process began, in seconds since 1970.").sample(
        "",
        &[],
        house.started,
    );
    requests(&mut page, &house.engine.tallies());
    let gauges = house.engine.gauges();
    page.family("doorward_sessions_in_memory", "gauge", "Sessions in memory.").sample("", &[], gauges.sessions);
    page.family("doorward_users_in_memory", "gauge", "Users in memory.").sample("", &[], gauges.users);
    page.family("doorward_audit_events_waiting", "gauge", "Audit events that wait to be written.").sample(
        "",
        &[],
        gauges.events_waiting,
    );
    page.family("doorward_audit_events_lost_total", "counter", "Audit events that were lost because too many waited.")
        .sample("", &[], gauges.events_lost);
    page.family("doorward_passwords_waiting", "gauge", "Passwords that wait to be computed.").sample(
        "",
        &[],
        house.plane.passwords_waiting(),
    );
    page.family("doorward_connections_open", "gauge", "Open connections.").sample("", &[], house.plane.connections());
    let help =
        "Connections that were closed at once: all seats of the door taken, or the share of the client's network.";
    let mut family = page.family("doorward_connections_refused_total", "counter", help);
    for (door, reason, count) in house.plane.connections_refused() {
        family = family.sample("", &[("door", door), ("reason", reason)], count);
    }
    let mut family = page.family("doorward_upstream_up", "gauge", "Whether requests to the upstream are worth trying.");
    for (name, up) in house.plane.upstreams() {
        family = family.sample("", &[("upstream", &name)], u8::from(up));
    }
    page.text
}

/// Requests by route and outcome, and how long they took by route.
fn requests(page: &mut Page, tallies: &[Tally]) {
    let (of_requests, of_forgery): (Vec<&Tally>, Vec<&Tally>) =
        tallies.iter().partition(|tally| tally.is_of_requests());
    let mut family = page.family("doorward_requests_total", "counter", "Requests, by route and outcome.");
    for tally in &of_requests {
        family = family.sample("", &[("route", &tally.route), ("outcome", tally.outcome)], tally.hits);
    }
    let help = "Requests that protection against forgery refused, or would have, by route and reason.";
    let mut family = page.family("doorward_csrf_refusals_total", "counter", help);
    for tally in of_forgery {
        family = family.sample("", &[("route", &tally.route), ("reason", tally.outcome)], tally.hits);
    }
    let mut family = page.family("doorward_request_duration_seconds", "histogram", "How long requests took, by route.");
    for (route, Durations { hits, micros, within }) in durations(&of_requests) {
        let mut so_far = 0;
        for (bound, count) in Tally::BOUNDS.iter().zip(within) {
            so_far += count;
            let bound = seconds(*bound);
            family = family.sample("_bucket", &[("route", route), ("le", &bound)], so_far);
        }
        family = family
            .sample("_bucket", &[("route", route), ("le", "+Inf")], hits)
            .sample("_sum", &[("route", route)], seconds(micros))
            .sample("_count", &[("route", route)], hits);
    }
}

#[derive(Default)]
struct Durations {
    hits: u64,
    micros: u64,
    within: [u64; Tally::BOUNDS.len()],
}

fn durations<'t>(tallies: &[&'t Tally]) -> BTreeMap<&'t str, Durations> {
    let mut by_route: BTreeMap<&str, Durations> = BTreeMap::new();
    for tally in tallies {
        let sum = by_route.entry(&tally.route).or_default();
        sum.hits += tally.hits;
        sum.micros += tally.micros;
        sum.within.iter_mut().zip(tally.within).for_each(|(mine, theirs)| *mine += theirs);
    }
    by_route
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A page in the making.
#[derive(Default)]
struct Page {
    text: String,
}

/// One metric of it.
struct Family<'p> {
    page: &'p mut Page,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { page: self, name }
    }
}

impl Family<'_> {
    fn sample(self, suffix: &str, labels: &[(&str, &str)], value: impl Display) -> Self {
        let text = &mut self.page.text;
        let _ = write!(text, "{}{suffix}", self.name);
        for (place, (label, value)) in labels.iter().enumerate() {
            let _ = write!(text, "{}{label}=\"{}\"", if place == 0 { '{' } else { ',' }, escaped(value));
        }
        let _ = writeln!(text, "{} {value}", if labels.is_empty() { "" } else { "}" });
        self
    }
}

/// The value of a label, as the format wants it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(route: &str, outcome: &'static str, hits: u64, micros: u64, place: usize) -> Tally {
        let mut within = [0; Tally::BOUNDS.len()];
        within[place] = hits;
        Tally { route: route.into(), outcome, hits, micros, within }
    }

    #[test]
    fn a_histogram_counts_up_to_all_requests_of_a_route() {
        let mut page = Page::default();
        let tallies = [
            tally("GET /a", "allow", 2, 400, 1),
            tally("GET /a", "forbidden", 1, 2_000_000, 11),
            tally("GET /a", "csrf_no_proof", 9, 0, 0),
        ];
        requests(&mut page, &tallies);
        for line in [
            "doorward_requests_total{route=\"GET /a\",outcome=\"allow\"} 2",
            "doorward_csrf_refusals_total{route=\"GET /a\",reason=\"csrf_no_proof\"} 9",
            "doorward_request_duration_seconds_bucket{route=\"GET /a\",le=\"0.0001\"} 0",
            "doorward_request_duration_seconds_bucket{route=\"GET /a\",le=\"0.00025\"} 2",
            "doorward_request_duration_seconds_bucket{route=\"GET /a\",le=\"5\"} 3",
            "doorward_request_duration_seconds_bucket{route=\"GET /a\",le=\"+Inf\"} 3",
            "doorward_request_duration_seconds_sum{route=\"GET /a\"} 2.0004",
            "doorward_request_duration_seconds_count{route=\"GET /a\"} 3",
        ] {
            assert!(page.text.lines().any(|written| written == line), "{line}\n{}", page.text);
        }
    }

    #[test]
    fn a_label_cannot_end_its_line() {
        let mut page = Page::default();
        page.family("f", "gauge", "h").sample("", &[("l", "a\"b\\c\nd")], 1);
        assert!(page.text.ends_with("f{l=\"a\\\"b\\\\c\\nd\"} 1\n"), "{}", page.text);
    }
}
