//! How things are: who is in, what was let through and what was not, and what to look after.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use doorward::Time;
use doorward::policy::builtin::{RULES, SESSIONS, USERS};
use doorward::policy::{Policy, RoleOrigin};
use http::StatusCode;

use super::chart::{Chart, Span};
use super::frame::{Frame, answer};
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::hours::{Sum, Sums, is_of_requests, is_served};
use crate::admin::sessions::{View as Session, Which, find_sessions};
use crate::admin::stats::Live;
use crate::own::percent::encoded;
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/overview.html")]
struct Page {
    frame: Frame,
    /// How the store answered just now.
    store: String,
    live: Live,
    charts: Vec<Chart>,
    slowest: Vec<RouteSums>,
    refused: Vec<RouteSums>,
    /// Those who came last; none where the visitor may not see them.
    newest: Option<Vec<Session>>,
    sees_users: bool,
    sees_rules: bool,
    /// What is doubtful about the rules; none where the visitor may not see them.
    warnings: Option<Vec<Warning>>,
}

/// How a route has fared within the last day.
#[derive(Clone)]
struct RouteSums {
    route: String,
    all: Sum,
    refused: u64,
}

/// What somebody should look after.
struct Warning {
    text: String,
    place: String,
    fix: Option<String>,
}

const WEEK: Time = 7 * 24;
const DAY: usize = 24;
/// So many of each kind are shown.
const SHOWN: usize = 5;
/// So many people who came last are shown, as far as so many sessions have them.
const PEOPLE: usize = 8;
const LOOKED_AT: u32 = 50;

/// The page.
pub(super) async fn show(visitor: Visitor, State(house): House) -> Result<Response, Refused> {
    let policy = visitor.admission.pass().policy();
    let hours = house.hours.each(WEEK, &**house.engine.store(), house.engine.now()).await?;
    let requests: Vec<_> = hours.iter().map(|(hour, sums)| of_requests(*hour, sums)).collect();
    let doors = doors(policy);
    let log_ins: Vec<_> = hours.iter().map(|(hour, sums)| of_log_ins(*hour, sums, &doors)).collect();
    let charts = vec![
        Chart::new("logins-day", "Log-ins, last 24 hours", LOG_INS, Span::Hours, last_day(&log_ins)),
        Chart::new("requests-day", "Requests, last 24 hours", REQUESTS, Span::Hours, last_day(&requests)),
        Chart::new("logins-week", "Log-ins, last seven days", LOG_INS, Span::Days, by_day(&log_ins)),
        Chart::new("requests-week", "Requests, last seven days", REQUESTS, Span::Days, by_day(&requests)),
    ];
    let own = policy.routes().iter().filter(|route| route.is_own()).map(ToString::to_string).collect();
    let routes = by_route(hours.iter().rev().take(DAY).map(|(_, sums)| &**sums), &own);
    let newest = match visitor.has(SESSIONS) {
        true => {
            let latest = find_sessions(&house, Which { limit: Some(LOOKED_AT), ..Which::default() }).await?.items;
            Some(people(latest))
        }
        false => None,
    };
    let asked = Instant::now();
    house.engine.store().changes_since(u64::MAX).await?;
    let store = format!("answered in {:.1} ms", asked.elapsed().as_secs_f64() * 1_000.0);
    let page = Page {
        frame: visitor.frame(Some(Tab::Overview))?,
        store,
        live: Live::of(&house),
        charts,
        slowest: first(&routes, |one| one.all.average()),
        refused: first(&routes, |one| one.refused),
        newest,
        sees_users: visitor.has(USERS),
        sees_rules: visitor.has(RULES),
        warnings: visitor.has(RULES).then(|| warnings(policy)),
    };
    answer(StatusCode::OK, &page, &page.frame)
}

const LOG_INS: (&str, &str) = ("logged in", "refused");
const REQUESTS: (&str, &str) = ("served", "refused");

type Numbers = (Time, u64, u64);

fn of_requests(hour: Time, sums: &Sums) -> Numbers {
    let (served, refused) = sums.split();
    (hour, served.hits, refused.hits)
}

/// The routes by which people and programs log in.
fn doors(policy: &Policy) -> HashSet<String> {
    let is_door = |path: &str| path.ends_with("/login") || path.ends_with("/user/sessions");
    let own = policy.routes().iter().filter(|route| route.is_own() && is_door(&route.pattern.to_string()));
    own.filter(|route| route.methods.split(',').any(|method| method == "POST")).map(ToString::to_string).collect()
}

fn of_log_ins(hour: Time, sums: &Sums, doors: &HashSet<String>) -> Numbers {
    let (mut good, mut bad) = (0, 0);
    for (_, outcome, sum) in sums.iter().filter(|(route, outcome, _)| is_of_requests(outcome) && doors.contains(*route))
    {
        *(if is_served(outcome) { &mut good } else { &mut bad }) += sum.hits;
    }
    (hour, good, bad)
}

fn last_day(hours: &[Numbers]) -> Vec<Numbers> {
    hours[hours.len().saturating_sub(DAY)..].to_vec()
}

/// Days that end with the present hour.
fn by_day(hours: &[Numbers]) -> Vec<Numbers> {
    let add = |(since, good, bad): Numbers, (_, more, worse): &Numbers| (since, good + more, bad + worse);
    let day = |day: &[Numbers]| day.first().map(|first| day[1..].iter().fold(*first, add));
    hours.rchunks(DAY).take(7).filter_map(day).collect::<Vec<_>>().into_iter().rev().collect()
}

/// Of the routes of the rules: Doorward's own, which compute passwords, would be the slowest of all, always.
fn by_route<'s>(hours: impl Iterator<Item = &'s Sums>, own: &HashSet<String>) -> Vec<RouteSums> {
    let mut routes: HashMap<&str, (Sum, u64)> = HashMap::new();
    for (route, outcome, sum) in hours.flat_map(Sums::iter).filter(|(_, outcome, _)| is_of_requests(outcome)) {
        let (all, refused) = routes.entry(route).or_default();
        all.add(sum.hits, sum.micros);
        *refused += if is_served(outcome) { 0 } else { sum.hits };
    }
    // What has no route is refused, and that is all there is to say about it.
    let known = routes.into_iter().filter(|(route, _)| *route != "-" && !own.contains(*route));
    known.map(|(route, (all, refused))| RouteSums { route: route.to_owned(), all, refused }).collect()
}

/// Those with most of something, the first one first.
fn first(routes: &[RouteSums], of: impl Fn(&RouteSums) -> u64) -> Vec<RouteSums> {
    let mut found: Vec<RouteSums> = routes.iter().filter(|one| of(one) > 0).cloned().collect();
    found.sort_by(|one, two| (of(two), &one.route).cmp(&(of(one), &two.route)));
    found.truncate(SHOWN);
    found
}

/// Of each person the latest session.
fn people(mut sessions: Vec<Session>) -> Vec<Session> {
    let mut seen = HashSet::new();
    sessions.retain(|session| seen.insert((session.realm.clone(), session.user_id.clone())));
    sessions.truncate(PEOPLE);
    sessions
}

fn warnings(policy: &Policy) -> Vec<Warning> {
    let doubts = policy.warnings().iter().map(|doubt| Warning {
        text: doubt.text.clone(),
        place: doubt.source.to_string(),
        fix: doubt.fix.clone(),
    });
    let everything = policy.administering().by.into_iter().filter_map(|name| {
        let role = policy.roles().get(&name)?;
        let place = match &role.origin {
            RoleOrigin::BuiltIn => return None,
            RoleOrigin::File(source) => source.to_string(),
            RoleOrigin::Stored => "made at run time".to_owned(),
        };
        Some(Warning { text: format!("the role `{name}` allows all of Doorward’s own resources"), place, fix: None })
    });
    doubts.chain(everything).collect()
}

/// Microseconds as people read them.
fn duration(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_days_end_with_the_present_hour() {
        let hours: Vec<Numbers> = (0..169).map(|hour| (hour * 3_600, 1, 2)).collect();
        let days = by_day(&hours);
        assert_eq!((days.len(), days[6]), (7, (145 * 3_600, 24, 48)));
        assert_eq!(by_day(&hours[..3]), [(0, 3, 6)]);
        assert_eq!((last_day(&hours).len(), last_day(&hours[..3]).len()), (24, 3));
    }

    #[test]
    fn a_duration_is_short() {
        let read = [999, 1_000, 12_345, 999_999, 1_250_000].map(duration);
        assert_eq!(read, ["999 µs", "1.0 ms", "12.3 ms", "999.9 ms", "1.2 s"]);
    }
}
