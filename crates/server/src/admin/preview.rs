//! `/admin/roles/{name}/preview`: what would become different if a role were saved like this.

use axum::extract::{Path, State};
use doorward::store::{Conflict, StoredRole, UserFilter, Version};
use doorward::{Name, Reason, RolePreview};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administrator::Administrator;
use super::difference::{closed, less, more, opened, shut};
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
    /// What `version` said when the role was read. Refused with `role_changed` when it is another.
    version: Option<String>,
}

/// What would become different: for somebody who has this role and no other, for whoever has it at all, and for the caller.
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
    /// Resources that it would deny, whatever other roles allow, and does not deny now.
    denies: Vec<String>,
    /// Resources that it denies now and would not deny any more.
    allows_again: Vec<String>,
    /// Routes that it would shut to whoever has it, whatever other roles allow.
    shuts: Vec<String>,
    /// Resources that the caller would lose by it.
    loses: Vec<String>,
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
    let Draft { allow, deny, version } = draft;
    // What was never a version is none that the role has now.
    let seen = version.map(|text| Version::parse(&text).ok_or(Reason::Conflict(Conflict::RoleChanged))).transpose()?;
    let role = StoredRole { name: name.clone(), allow, deny };
    let (_, caller) = administrator.judged.session()?;
    let RolePreview { grants, denies, own } =
        house.engine.preview_role(&administrator.actor, role, seen, &caller.roles).await?;
    // Somebody may have a role of this name from when there was one.
    let filter = UserFilter { role: Some(name), ..UserFilter::default() };
    let people = house.engine.store().user_count(filter, COUNTED + 1).await?;
    Ok(Json(View {
        grants: more(&policy, &grants),
        withdraws: less(&policy, &grants),
        opens: opened(&policy, None, &grants),
        closes: closed(&policy, None, &grants),
        denies: more(&policy, &denies),
        allows_again: less(&policy, &denies),
        shuts: shut(&policy, &denies),
        loses: less(&policy, &own),
        people: people.min(COUNTED),
        more_people: people > COUNTED,
    }))
}
