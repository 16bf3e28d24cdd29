//! `/admin/roles/{name}/preview`: what would become different if a role were saved like this.

use axum::extract::{Path, State};
use doorward::Name;
use doorward::policy::{Access, Grants, Policy, Route};
use doorward::store::{StoredRole, UserFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administrator::Administrator;
use super::users::COUNTED;
use crate::openapi::Changing;
use crate::own::{House, Json, Refused};

/// A role as it would be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleDraft)]
pub(crate) struct Draft {
    /// As when it is saved.
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

/// What would become different for somebody who has this role and no other.
#[derive(Serialize, ToSchema)]
#[schema(as = RolePreview)]
pub(crate) struct View {
    /// Resources that it would grant and does not grant now.
    grants: Vec<String>,
    /// Resources that it grants now and would not grant any more.
    withdraws: Vec<String>,
    /// Routes that would be open and are not.
    opens: Vec<String>,
    /// Routes that are open and would not be any more.
    closes: Vec<String>,
    /// How many people have the role, as far as 10,000.
    people: u64,
    /// Whether there are more.
    more_people: bool,
}

/// What would become different if a role were saved like this. Nothing changes by it.
#[utoipa::path(post, path = "/admin/roles/{name}/preview", tag = "roles", params(("name" = String, Path)),
    request_body = Draft, responses((status = 200, body = View), Changing))]
pub(crate) async fn show(
    administrator: Administrator,
    State(house): House,
    Path(name): Path<String>,
    Json(draft): Json<Draft>,
) -> Result<Json<View>, Refused> {
    let name = Name::parse(&name).map_err(|error| Refused::invalid("name", error.to_string()))?;
    let policy = house.engine.policy();
    let Draft { allow, deny } = draft;
    let role = StoredRole { name: name.clone(), allow, deny };
    let (before, after) = house.engine.preview_role(&administrator.actor, role)?;
    let people = if policy.has_role(&name) {
        let filter = UserFilter { role: Some(name), ..UserFilter::default() };
        house.engine.store().user_count(filter, COUNTED + 1).await?
    } else {
        0
    };
    Ok(Json(View {
        grants: more(&policy, &after, &before),
        withdraws: more(&policy, &before, &after),
        opens: opened(&policy, &before, &after),
        closes: opened(&policy, &after, &before),
        people: people.min(COUNTED),
        more_people: people > COUNTED,
    }))
}

fn more(policy: &Policy, these: &Grants, than: &Grants) -> Vec<String> {
    these.iter().filter(|id| !than.has(*id)).map(|id| policy.resources().name(id).to_owned()).collect()
}

/// The routes that are open by the second and not by the first.
fn opened(policy: &Policy, first: &Grants, second: &Grants) -> Vec<String> {
    let is_open = |route: &Route, grants: &Grants| match &route.access {
        Access::Resources(wanted) => grants.missing(wanted).is_none(),
        Access::Anonymous | Access::SelfOnly | Access::Deny => false,
    };
    let routes = policy.routes().iter().filter(|route| is_open(route, second) && !is_open(route, first));
    routes.map(ToString::to_string).collect()
}
