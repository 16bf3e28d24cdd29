//! `/admin/explain`: what would become of a request, step by step, without making it.

use std::collections::BTreeMap;

use axum::extract::State;
use doorward::Name;
use doorward::policy::{Credential, Door, Explanation, Outcome, Question};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::administrator::Administrator;
use crate::openapi::Reading;
use crate::own::{House, Json, Query, Refused};

/// A request that nobody makes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The method. GET unless stated.
    method: Option<String>,
    /// The path.
    path: String,
    /// The authority. That of the first own origin unless stated.
    host: Option<String>,
    /// Whose user is calling. A guest unless stated.
    #[param(value_type = Option<String>)]
    realm: Option<Name>,
    /// The roles of that user, separated by commas.
    roles: Option<String>,
    /// The id of that user, for parameters of the path.
    user_id: Option<String>,
    /// Whether it comes by https. As the own origins say unless stated.
    secure: Option<bool>,
    /// The listener. The public one unless stated.
    #[serde(default)]
    #[param(inline)]
    door: Listener,
}

/// A request that nobody makes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Question)]
pub(crate) struct Posted {
    method: String,
    path: String,
    /// The authority. That of the first own origin unless stated.
    host: Option<String>,
    /// Whose user is calling. A guest unless stated.
    #[schema(value_type = Option<String>)]
    realm: Option<Name>,
    /// The roles of that user.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    roles: Vec<Name>,
    /// The id of that user, for parameters of the path.
    user_id: Option<String>,
    /// Whether it comes by https. As the own origins say unless stated.
    secure: Option<bool>,
    /// By what the caller says who they are. In whatever way counts unless stated.
    by: Option<Means>,
    /// Headers that a decision looks at, by their names.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    door: Listener,
}

/// How a caller says who they are.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Credential)]
pub(crate) enum Means {
    Session,
    Basic,
    Token,
}

/// Which listener.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Listener {
    #[default]
    Public,
    Admin,
}

/// What would become of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct View {
    pub(crate) method: String,
    /// In its one spelling.
    pub(crate) path: String,
    #[schema(required)]
    pub(crate) route: Option<String>,
    /// What the route asks for.
    pub(crate) access: Vec<String>,
    pub(crate) caller: String,
    pub(crate) verdict: Verdict,
    /// The status that the caller would see; 200 when the request goes on.
    pub(crate) status: u16,
    /// Why, in one sentence.
    pub(crate) reason: String,
    /// What an allowed request must have besides, which the question does not say: without it, it would be refused.
    #[schema(required)]
    pub(crate) needs: Option<String>,
    /// Each step, in the order in which they are taken.
    pub(crate) steps: Vec<Step>,
}

#[derive(PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Allow,
    Deny,
}

/// One step of a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct Step {
    /// What is looked at.
    pub(crate) title: &'static str,
    /// What was found.
    pub(crate) text: String,
    /// Whether the decision goes on.
    pub(crate) passed: bool,
    /// Whether it goes on only with what the text says.
    pub(crate) needs: bool,
}

/// What would become of a request.
#[utoipa::path(get, path = "/admin/explain", tag = "rules", params(Asked),
    responses((status = 200, body = View), Reading))]
pub(crate) async fn ask(
    _: Administrator,
    State(house): House,
    Query(asked): Query<Asked>,
) -> Result<Json<View>, Refused> {
    let Asked { method, path, host, realm, roles, user_id, secure, door } = asked;
    let texts = roles.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty());
    let roles = texts.map(Name::parse).collect::<Result<Vec<_>, _>>();
    let roles = roles.map_err(|error| Refused::invalid("roles", error.to_string()))?;
    let method = method.unwrap_or_else(|| "GET".to_owned());
    let question = Question { method, path, host, realm, roles, user_id, secure, ..Question::default() };
    Ok(Json(View::of(house.engine.policy().explain(door.into(), &question))))
}

/// The same, for questions that do not fit into an address. Nothing changes by it.
#[utoipa::path(post, path = "/admin/explain", tag = "rules", request_body = Posted,
    responses((status = 200, body = View), Reading))]
pub(crate) async fn post(_: Administrator, State(house): House, Json(posted): Json<Posted>) -> Json<View> {
    let Posted { method, path, host, realm, roles, user_id, secure, by, headers, door } = posted;
    let by = by.map(Credential::from);
    let question = Question { method, path, host, realm, roles, user_id, secure, by, headers };
    Json(View::of(house.engine.policy().explain(door.into(), &question)))
}

impl View {
    pub(crate) fn of(explanation: Explanation) -> Self {
        let Explanation { method, path, route, access, caller, verdict, status, reason, needs, steps } = explanation;
        let verdict = match verdict {
            Outcome::Allow => Verdict::Allow,
            Outcome::Deny => Verdict::Deny,
        };
        let step = |step: doorward::policy::Step| Step {
            title: step.title,
            text: step.text,
            passed: step.passed,
            needs: step.needs,
        };
        let steps = steps.into_iter().map(step).collect();
        Self { method, path, route, access, caller, verdict, status, reason, needs, steps }
    }
}

impl From<Means> for Credential {
    fn from(means: Means) -> Self {
        match means {
            Means::Session => Self::Session,
            Means::Basic => Self::Basic,
            Means::Token => Self::Token,
        }
    }
}

impl From<Listener> for Door {
    fn from(listener: Listener) -> Self {
        match listener {
            Listener::Public => Self::Public,
            Listener::Admin => Self::Admin,
        }
    }
}
