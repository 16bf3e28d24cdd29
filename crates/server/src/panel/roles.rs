//! What roles there are, and which routes each of them opens.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::USERS;
use doorward::policy::{Access, Policy, Route};
use http::StatusCode;

use super::asked::Asked;
use super::frame::{Frame, answer};
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::roles::{Origin, View, view};
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/roles.html")]
struct Page {
    frame: Frame,
    roles: Vec<View>,
    sees_users: bool,
}

#[derive(Template)]
#[template(path = "panel/matrix.html")]
struct Matrix {
    frame: Frame,
    asked: Asked,
    roles: Vec<String>,
    rows: Vec<Row>,
}

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
pub(super) async fn show(visitor: Visitor, State(house): House) -> Result<Response, Refused> {
    let policy = house.engine.policy();
    let roles = policy.roles().values().map(|role| view(&policy, role)).collect();
    let page = Page { frame: visitor.frame(Some(Tab::Roles))?, roles, sees_users: visitor.has(USERS) };
    answer(StatusCode::OK, &page, &page.frame)
}

/// Roles and routes, side by side.
pub(super) async fn matrix(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &["of"]);
    let policy = house.engine.policy();
    let of_doorward = asked.is("of", "doorward");
    let routes = policy.routes().iter().filter(|route| route.is_own() == of_doorward);
    let page = Matrix {
        frame: visitor.frame(Some(Tab::Roles))?,
        asked,
        roles: policy.roles().keys().map(ToString::to_string).collect(),
        rows: routes.map(|route| row(&policy, route)).collect(),
    };
    answer(StatusCode::OK, &page, &page.frame)
}

fn row(policy: &Policy, route: &Route) -> Row {
    let cells = policy.roles().keys().map(|name| {
        let grants = policy.grants(std::slice::from_ref(name));
        match &route.access {
            Access::Anonymous | Access::SelfOnly => Cell::Open,
            Access::Deny => Cell::Closed,
            Access::Resources(wanted) if grants.missing(wanted).is_none() => Cell::Open,
            Access::Resources(wanted) => {
                let limited = |id| grants.has(id) || grants.limited().iter().any(|one| one.has(id));
                if wanted.iter().all(|id| limited(*id)) { Cell::Limited } else { Cell::Closed }
            }
        }
    });
    Row { route: route.to_string(), asks: route.asks.to_string(), cells: cells.collect() }
}
