//! One user: what they may, where they are logged in, what happened to them.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::{AUDIT, SESSIONS};
use doorward::{Name, Reason, User};
use http::StatusCode;

use super::asked::Asked;
use super::frame::{Frame, answer};
use super::tab::Tab;
use super::visitor::Visitor;
use super::words::spaced;
use crate::admin::audit::{View as Event, events_of};
use crate::admin::sessions::{View as Session, sessions_of};
use crate::admin::user::{State as UserState, View};
use crate::admin::users::find;
use crate::own::percent::encoded;
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/user.html")]
struct Page {
    frame: Frame,
    user: View,
    /// Where the API has them, and the query that says in which realm.
    place: String,
    of: String,
    /// Whether it is the visitor themselves.
    is_own: bool,
    /// Whether the rules have the realm: of another one nothing can be searched for.
    has_realm: bool,
    roles: Vec<Choice>,
    /// None where the visitor may not see them.
    sessions: Option<Vec<Session>>,
    events: Option<Vec<Event>>,
}

/// A role that the user has, or may be given.
struct Choice {
    name: String,
    title: String,
    is_given: bool,
    /// Whether the visitor may give and take it.
    is_theirs: bool,
}

/// How many sessions and events are shown here; the other pages have all of them.
const SHOWN: u32 = 10;

/// The page.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &["realm"]);
    let realm = Some(asked.value("realm")).filter(|name| !name.is_empty());
    let realm = realm.map(Name::parse).transpose().map_err(|_| Reason::NotFound)?;
    let user = find(&house, &id, realm).await?;
    let sessions = if visitor.has(SESSIONS) { Some(sessions_of(&house, &user, SHOWN).await?.items) } else { None };
    let events = if visitor.has(AUDIT) { Some(events_of(&house, &user, SHOWN).await?.items) } else { None };
    let page = Page {
        frame: visitor.frame(Some(Tab::Users))?,
        is_own: visitor.login == *user.login.as_str() && visitor.realm == user.realm.as_str(),
        has_realm: house.engine.policy().realm_id(user.realm.as_str()).is_some(),
        roles: choices(&visitor, &user),
        place: format!("/admin/users/{}", user.id),
        of: format!("?realm={}", user.realm),
        user: View::of(user),
        sessions,
        events,
    };
    answer(StatusCode::OK, &page, &page.frame)
}

fn choices(visitor: &Visitor, user: &User) -> Vec<Choice> {
    let policy = visitor.admission.pass().policy();
    let choice = |(name, role): (&Name, &doorward::policy::Role)| Choice {
        name: name.to_string(),
        title: role.title.as_deref().unwrap_or_default().to_owned(),
        is_given: user.roles.contains(name),
        is_theirs: visitor.grants.lacks_of(&role.grants()).is_none(),
    };
    policy.roles().iter().map(choice).collect()
}
