//! What roles there are, and which routes each of them opens.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::USERS;
use doorward::policy::{Access, Grants, Route};
use http::StatusCode;

use super::asked::Asked;
use super::frame::{Frame, answer};
use super::part::Part;
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::roles::{Origin, View, view};
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/roles.html")]
struct Page {
    frame: Frame,
    roles: Part<View>,
    sees_users: bool,
}

/// More than this nobody reads at once.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "panel/matrix.html")]
struct Matrix {
    frame: Frame,
    asked: Asked,
    roles: Part<String>,
    rows: Part<Row>,
}

/// So many routes, and so many roles, are shown side by side at once.
const SIDE: usize = 50;

/// A route, and for each role whether it is open.
struct Row {
    route: String,
    asks: String,
    cells: Vec<Cell>,
}

/// Whether somebody with one role may use a route.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Open,
    Closed,
    /// Where a request is within limitations.
    Limited,
}

/// The list.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &["after"]);
    let policy = house.engine.policy();
    let roles = Part::of(policy.roles().values(), &asked, "after", ROWS).map(|role| view(&policy, role));
    let page = Page { frame: visitor.frame(Some(Tab::Roles))?, roles, sees_users: visitor.has(USERS) };
    answer(StatusCode::OK, &page, &page.frame)
}

/// Roles and routes, side by side.
pub(super) async fn matrix(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &["of", "after", "roles"]);
    let policy = house.engine.policy();
    let of_doorward = asked.is("of", "doorward");
    let roles = Part::of(policy.roles().keys(), &asked, "roles", SIDE);
    let grants: Vec<_> = roles.items.iter().map(|name| policy.grants(std::slice::from_ref(*name))).collect();
    let routes = policy.routes().iter().filter(|route| route.is_own() == of_doorward);
    let page = Matrix {
        frame: visitor.frame(Some(Tab::Roles))?,
        roles: roles.map(ToString::to_string),
        rows: Part::of(routes, &asked, "after", SIDE).map(|route| row(route, &grants)),
        asked,
    };
    answer(StatusCode::OK, &page, &page.frame)
}

fn row(route: &Route, grants: &[Arc<Grants>]) -> Row {
    let cell = |grants: &Arc<Grants>| match &route.access {
        Access::Anonymous | Access::SelfOnly => Cell::Open,
        Access::Deny => Cell::Closed,
        Access::Resources(wanted) if grants.missing(wanted).is_none() => Cell::Open,
        Access::Resources(wanted) => {
            let limited = |id| grants.has(id) || grants.limited().iter().any(|one| one.has(id));
            if wanted.iter().all(|id| limited(*id)) { Cell::Limited } else { Cell::Closed }
        }
    };
    Row { route: route.to_string(), asks: route.asks.to_string(), cells: grants.iter().map(cell).collect() }
}
