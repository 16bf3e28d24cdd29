//! What happened, and one such thing in full.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use doorward::audit::EventKind;
use doorward::policy::builtin::{RULES, USERS};
use doorward::policy::{Door, Policy, Question};
use http::StatusCode;

use super::asked::Asked;
use super::choice::Choices;
use super::found::{Found, ROWS};
use super::frame::{Frame, answer};
use super::tab::Tab;
use super::visitor::Visitor;
use super::words::spaced;
use crate::admin::audit::{View, Which, find_event, find_events};
use crate::own::percent::encoded;
use crate::own::{House, Refused, Timestamp};

#[derive(Template)]
#[template(path = "panel/audit.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    choices: Choices,
    kinds: Vec<&'static str>,
    wrong: Option<String>,
    events: Vec<View>,
    /// The search as the API reads it.
    matching: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "panel/event.html")]
struct Event {
    frame: Frame,
    event: View,
    sees_users: bool,
    /// Where it is explained why such a request is refused.
    explained: Option<String>,
}

/// From when on, for those who do not want to write down a date.
const TIMES: [(&str, &str, u32); 4] = [
    ("1h", "the last hour", 3_600),
    ("1d", "the last day", 86_400),
    ("7d", "the last week", 7 * 86_400),
    ("30d", "the last 30 days", 30 * 86_400),
];

const FIELDS: [&str; 9] = ["kind", "realm", "login", "address", "outcome", "within", "since", "until", "after"];

/// The list.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &FIELDS);
    let mut which = asked.without(&["within"]);
    // As people read it, and as the API says it.
    which.set("outcome", &asked.value("outcome").replace(' ', "_"));
    if let Some((_, _, seconds)) = TIMES.iter().find(|(name, _, _)| *name == asked.value("within")) {
        which.set("since", &Timestamp(house.engine.now().saturating_sub(*seconds)).to_string());
    }
    let found = match which.with("limit", ROWS).as_query::<Which>() {
        Ok(which) => find_events(&house, which).await,
        Err(refused) => Err(refused),
    };
    let Found { status, wrong, items: events, next } = Found::of(found)?;
    let page = Page {
        frame: visitor.frame(Some(Tab::Audit))?,
        choices: Choices::of(visitor.admission.pass().policy()),
        kinds: EventKind::ALL.map(EventKind::code).into(),
        next: next.map(|next| asked.with("after", &next).query()),
        matching: which.without(&["after"]).query(),
        asked,
        wrong,
        events,
    };
    answer(status, &page, &page.frame)
}

/// One event.
pub(super) async fn one(
    visitor: Visitor,
    State(house): House,
    Path(number): Path<String>,
) -> Result<Response, Refused> {
    let event = find_event(&house, &number).await?;
    let sees_users = visitor.has(USERS);
    let explained = visitor.has(RULES).then(|| explanation(&house.engine.policy(), &event, sees_users)).flatten();
    let page = Event { frame: visitor.frame(Some(Tab::Audit))?, event, sees_users, explained };
    answer(StatusCode::OK, &page, &page.frame)
}

/// The question that the refused request was. None where it would be another one: of a user whose roles are not known, since they
/// are gone or the visitor may not see them.
fn explanation(policy: &Policy, event: &View, sees_users: bool) -> Option<String> {
    if event.kind != EventKind::Refused.code() {
        return None;
    }
    let (method, path) = event.request.as_deref()?.split_once(' ')?;
    let mut query = format!("method={}&path={}", encoded(method), encoded(path));
    match (&event.login, &event.realm, &event.user) {
        (None, None, None) => {}
        (_, Some(realm), Some(user)) if sees_users => {
            query.push_str(&format!("&realm={}&user={}&as=user", encoded(realm), encoded(user)));
        }
        _ => return None,
    }
    if came_to_administration(policy, (method, path), event.detail.as_deref()) {
        query.push_str("&door=admin");
    }
    Some(query)
}

/// Whether the request came in at the door of administration, as far as it can be told: an event does not say it, but what somebody
/// lacked was asked for by one of the routes that two doors may have for the same path.
fn came_to_administration(policy: &Policy, (method, path): (&str, &str), detail: Option<&str>) -> bool {
    let question = Question { method: method.to_owned(), path: path.to_owned(), ..Question::default() };
    let lacked = detail.and_then(|detail| detail.strip_prefix("lacks "));
    let fits = |door| {
        let explained = policy.explain(door, &question);
        explained.route.is_some() && lacked.is_none_or(|lacked| explained.access.iter().any(|name| name == lacked))
    };
    !fits(Door::Public) && fits(Door::Admin)
}
