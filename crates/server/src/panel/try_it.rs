//! What would become of a request, step by step, without making it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::Name;
use doorward::policy::builtin::USERS;
use doorward::policy::{Door, Policy, Question};
use http::StatusCode;

use super::asked::Asked;
use super::choice::Choices;
use super::frame::{Frame, answer};
use super::notice::explain;
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
    wrong: Option<String>,
    explained: Option<View>,
}

const FIELDS: [&str; 8] = ["method", "path", "host", "door", "realm", "roles", "user", "as"];
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
            Err(refused) => wrong = Some(explain(refused)?),
        }
    }
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let choices = Choices::of(&policy);
    let page = Page { frame: visitor.frame(Some(Tab::Routes))?, asked, choices, wrong, explained };
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
    if asked.is("as", "user") {
        if !visitor.has(USERS) {
            return Err(Refused::invalid("user", "their roles are for those who may see users"));
        }
        let user = find(house, asked.value("user"), name(asked, "realm")?).await?;
        asked.set("realm", user.realm.as_str());
        let roles = user.roles.iter().map(ToString::to_string).collect::<Vec<_>>();
        asked.set("roles", &roles.join(", "));
    }
    let roles = asked.value("roles").split(',').map(str::trim).filter(|role| !role.is_empty()).map(Name::parse);
    let roles = roles.collect::<Result<Vec<_>, _>>().map_err(|error| Refused::invalid("roles", error.to_string()))?;
    let text = |key: &str| Some(asked.value(key).to_owned()).filter(|value| !value.is_empty());
    let mut question = Question {
        method: text("method").unwrap_or_else(|| "GET".to_owned()),
        path: asked.value("path").to_owned(),
        host: text("host"),
        realm: name(asked, "realm")?,
        roles,
        user_id: text("user"),
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

/// A name in a field.
fn name(asked: &Asked, field: &'static str) -> Result<Option<Name>, Refused> {
    let text = Some(asked.value(field)).filter(|text| !text.is_empty());
    text.map(Name::parse).transpose().map_err(|error| Refused::invalid(field, error.to_string()))
}
