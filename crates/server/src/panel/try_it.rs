//! What would become of a request, step by step, without making it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::USERS;
use doorward::policy::{Door, Policy, Question};
use doorward::{Login, Name, Reason, User};
use http::StatusCode;

use super::asked::Asked;
use super::choice::Choices;
use super::frame::{Frame, answer};
use super::notice::explain_as;
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::explain::{Verdict, View};
use crate::admin::users::find;
use crate::own::{House, Refused, Shared};

#[derive(Template)]
#[template(path = "panel/try.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    choices: Choices,
    sees_users: bool,
    wrong: Option<String>,
    explained: Option<View>,
}

const FIELDS: [&str; 9] = ["method", "path", "host", "door", "realm", "login", "roles", "user", "as"];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The page.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let mut asked = Asked::read(query.as_deref(), &FIELDS);
    let policy = house.engine.policy();
    let (mut wrong, mut explained) = (None, None);
    let door = if asked.is("door", "admin") { Door::Admin } else { Door::Public };
    if !asked.value("path").is_empty() {
        match question(&visitor, &house, &policy, door, &mut asked).await {
            Ok(question) => explained = Some(View::of(policy.explain(door, &question))),
            Err(refused) => wrong = Some(explain_as("This cannot be tried.", refused)?),
        }
    }
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let choices = Choices::of(&policy);
    let sees_users = visitor.has(USERS);
    let page = Page { frame: visitor.frame(Some(Tab::Routes))?, asked, choices, sees_users, wrong, explained };
    answer(status, &page, &page.frame)
}

/// The question of the form. A user who is named has the roles that they have now; that is for those alone who may see users.
async fn question(
    visitor: &Visitor,
    house: &Shared,
    policy: &Policy,
    door: Door,
    asked: &mut Asked,
) -> Result<Question, Refused> {
    let named = named(visitor, house, asked).await?;
    let roles = asked.value("roles").split(',').map(str::trim).filter(|role| !role.is_empty()).map(Name::parse);
    let roles = roles.collect::<Result<Vec<_>, _>>().map_err(|error| Refused::invalid("roles", error.to_string()))?;
    let text = |key: &str| Some(asked.value(key).to_owned()).filter(|value| !value.is_empty());
    let (roles, user_id) = match &named {
        Some(user) => (user.roles.clone(), Some(user.id.to_string())),
        None => (roles, text("user")),
    };
    let mut question = Question {
        method: text("method").unwrap_or_else(|| "GET".to_owned()),
        path: asked.value("path").to_owned(),
        host: text("host"),
        realm: name(asked, "realm")?,
        roles,
        user_id,
        ..Question::default()
    };
    // Guests have neither roles nor ids: somebody is meant, and it may be clear of which realm.
    if question.realm.is_none() && (question.user_id.is_some() || !question.roles.is_empty()) {
        let implied = policy.realm_of(door, &question).cloned();
        let realm = implied
            .ok_or_else(|| Refused::invalid("realm", "there are several: choose whose roles and id these are"))?;
        asked.set("realm", realm.as_str());
        question.realm = Some(realm);
    }
    Ok(question)
}

/// The user who is meant, by login or, from a link, by id. The form then says who it is, and nothing else about them.
async fn named(visitor: &Visitor, house: &Shared, asked: &mut Asked) -> Result<Option<User>, Refused> {
    let by_id = asked.is("as", "user");
    if !by_id && asked.value("login").is_empty() {
        return Ok(None);
    }
    if !visitor.has(USERS) {
        return Err(Refused::invalid("user", "their roles are for those who may see users"));
    }
    let realm = name(asked, "realm")?;
    let user = match by_id {
        true => find(house, asked.value("user"), realm).await?,
        false => find_by_login(house, asked.value("login"), realm).await?,
    };
    asked.set("realm", user.realm.as_str());
    asked.set("login", user.login.as_str());
    for field in ["roles", "user", "as"] {
        asked.set(field, "");
    }
    Ok(Some(user))
}

async fn find_by_login(house: &Shared, login: &str, realm: Option<Name>) -> Result<User, Refused> {
    let login = Login::parse(login).map_err(|error| Refused::invalid("login", error.to_string()))?;
    let realms = match realm {
        Some(realm) => vec![realm],
        None => house.engine.policy().realms().iter().map(|realm| realm.name().clone()).collect(),
    };
    let mut found = None;
    for realm in realms {
        let user = house.engine.store().user_by_login(realm, login.clone()).await?;
        if found.is_some() && user.is_some() {
            return Err(Refused::invalid("realm", "several have a user of this login: choose one"));
        }
        found = found.or(user);
    }
    Ok(found.ok_or(Reason::NotFound)?)
}

/// A name in a field.
fn name(asked: &Asked, field: &'static str) -> Result<Option<Name>, Refused> {
    let text = Some(asked.value(field)).filter(|text| !text.is_empty());
    text.map(Name::parse).transpose().map_err(|error| Refused::invalid(field, error.to_string()))
}
