//! What would become of a request, step by step, without making it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::Name;
use doorward::policy::builtin::USERS;
use doorward::policy::{Door, Question};
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
    if !asked.value("path").is_empty() {
        match question(&visitor, &house, &mut asked).await {
            Ok(question) => {
                let door = if asked.is("door", "admin") { Door::Admin } else { Door::Public };
                explained = Some(View::of(policy.explain(door, &question)));
            }
            Err(refused) => wrong = Some(explain(refused)?),
        }
    }
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let choices = Choices::of(&policy);
    let page = Page { frame: visitor.frame(Some(Tab::Routes))?, asked, choices, wrong, explained };
    answer(status, &page, &page.frame)
}

/// The question of the form. A user who is named has the roles that they have now; that is for those alone who may see users.
async fn question(visitor: &Visitor, house: &Shared, asked: &mut Asked) -> Result<Question, Refused> {
    let text = |key: &str| Some(asked.value(key).to_owned()).filter(|value| !value.is_empty());
    let name = |text: String| Name::parse(&text).map_err(|error| Refused::invalid("realm", error.to_string()));
    let (user, realm) = (text("user"), text("realm").map(name).transpose()?);
    let method = text("method").unwrap_or_else(|| "GET".to_owned());
    if let (Some(id), "user", true) = (&user, asked.value("as"), visitor.has(USERS)) {
        let user = find(house, id, realm).await?;
        asked.set("realm", user.realm.as_str());
        let roles = user.roles.iter().map(ToString::to_string).collect::<Vec<_>>();
        asked.set("roles", &roles.join(", "));
    }
    let roles = asked.value("roles").split(',').map(str::trim).filter(|role| !role.is_empty()).map(Name::parse);
    let roles = roles.collect::<Result<Vec<_>, _>>();
    let roles = roles.map_err(|error| Refused::invalid("roles", error.to_string()))?;
    let text = |key: &str| Some(asked.value(key).to_owned()).filter(|value| !value.is_empty());
    let realm = text("realm").map(name).transpose()?;
    let path = asked.value("path").to_owned();
    Ok(Question { method, path, host: text("host"), realm, roles, user_id: user, ..Question::default() })
}
