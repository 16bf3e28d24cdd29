//! One user: what they may, where they are logged in, what happened to them.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::{AUDIT, SESSIONS};
use doorward::policy::{Origin, Policy, Role};
use doorward::{Name, Reason, SessionHandle, User};
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
use crate::pages::device_in_english;

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
    /// What the visitor lacks to change anything about the user, who may more.
    lacks: Option<String>,
    /// The visitor's own session.
    own: SessionHandle,
    /// Where the person redeems a one-time code.
    code_at: String,
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
    /// Whether some of it has no effect, since the user is not of the administrators' realm.
    is_partly_void: bool,
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
    let policy = house.engine.policy();
    let page = Page {
        frame: visitor.frame(Some(Tab::Users))?,
        is_own: visitor.login == *user.login.as_str() && visitor.realm == user.realm.as_str(),
        has_realm: policy.realm_id(user.realm.as_str()).is_some(),
        lacks: lacks(&policy, &visitor, &user),
        own: visitor.handle,
        roles: choices(&visitor, &user),
        code_at: code_at(&policy),
        place: format!("/admin/users/{}", user.id),
        of: format!("?realm={}", user.realm),
        user: View::of(user),
        sessions,
        events,
    };
    answer(StatusCode::OK, &page, &page.frame)
}

/// What the user may and the visitor may not: nobody acts on somebody who may more.
pub(super) fn lacks(policy: &Policy, visitor: &Visitor, user: &User) -> Option<String> {
    let lacking = visitor.grants.lacks_of(&policy.reach(&user.roles))?;
    Some(policy.resources().name(lacking).to_owned())
}

/// Where people are sent, or a path alone where the rules do not say how browsers reach us.
fn code_at(policy: &Policy) -> String {
    let origin = policy.usual_origin().map(Origin::as_str).unwrap_or_default();
    format!("{origin}{}/login/code", policy.mount())
}

fn choices(visitor: &Visitor, user: &User) -> Vec<Choice> {
    let policy = visitor.admission.pass().policy();
    let administers = policy.admin_realm() == Some(&user.realm);
    let is_own = |role: &Role| role.grants().iter().any(|id| policy.resources().name(id).starts_with("Doorward::"));
    let choice = |(name, role): (&Name, &Role)| Choice {
        name: name.to_string(),
        title: role.title.as_deref().unwrap_or_default().to_owned(),
        is_given: user.roles.contains(name),
        is_theirs: visitor.grants.lacks_of(&role.reach()).is_none(),
        is_partly_void: !administers && is_own(role),
    };
    policy.roles().iter().map(choice).collect()
}
