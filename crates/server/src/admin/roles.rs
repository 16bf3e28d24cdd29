//! `/admin/roles`.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use doorward::policy::{Policy, ResourceId, Role, RoleOrigin};
use doorward::store::{Conflict, StoredRole, Version};
use doorward::{Name, Reason};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administrator::{Administrator, Recent};
use crate::openapi::{Changing, Reading};
use crate::own::{House, Json, Judged, List, Refused};

/// A role.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct View {
    pub(crate) name: String,
    #[schema(required)]
    pub(crate) title: Option<String>,
    pub(crate) origin: Origin,
    /// File and line, where a file has it.
    #[schema(required)]
    pub(crate) source: Option<String>,
    /// What it allows, as it was written. In a role of a file that means all below as well.
    pub(crate) allow: Vec<String>,
    /// What it allows without what is below, in a role of a file. Absent where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) only: Vec<String>,
    /// What it denies, with all below, whatever other roles allow.
    pub(crate) deny: Vec<String>,
    /// What it allows within limitations. Absent where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) limited: Vec<Within>,
    /// Everything that it grants to somebody who has no other role.
    pub(crate) grants: Vec<String>,
    /// Changes with every alteration. Sent along with one, it keeps an old form from undoing what somebody else has done.
    pub(crate) version: String,
}

/// What a role allows within limitations.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleLimited)]
pub(crate) struct Within {
    /// What it allows, as it was written.
    pub(crate) allow: Vec<String>,
    /// Limitations by their names, each with the values that meet it.
    pub(crate) to: BTreeMap<String, Vec<String>>,
}

/// Where a role comes from.
#[derive(PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoleOrigin)]
pub(crate) enum Origin {
    /// Doorward has it.
    Builtin,
    /// A file has it; it is altered there.
    File,
    /// It was made at run time.
    Stored,
}

/// A role to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRole)]
pub(crate) struct Draft {
    #[schema(value_type = String)]
    name: Name,
    /// Resources, and all below them as the tree stands now.
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

/// What a role allows and denies from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleContent)]
pub(crate) struct Content {
    /// Resources, and all below them as the tree stands now. One that the role has already stands for what it stood for then.
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
    /// What `version` said when the role was read. Refused with `role_changed` when it is another.
    version: Option<String>,
}

/// Roles, by name: built in, from files, and made at run time.
#[utoipa::path(get, path = "/admin/roles", tag = "roles",
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn list(_: Administrator, State(house): House) -> Json<List<View>> {
    let policy = house.engine.policy();
    Json(List::whole(policy.roles().values().map(|role| view(&policy, role)).collect()))
}

/// Makes a role.
#[utoipa::path(post, path = "/admin/roles", tag = "roles", request_body = Draft,
    responses((status = 201, body = View, headers(("Location" = String, description = "The role."))), Changing))]
pub(crate) async fn create(
    Recent(actor): Recent,
    Judged(admission): Judged,
    State(house): House,
    Json(draft): Json<Draft>,
) -> Result<impl IntoResponse, Refused> {
    let Draft { name, allow, deny } = draft;
    house.engine.save_role(&actor, StoredRole { name: name.clone(), allow, deny }, true).await?;
    let place = format!("{}/admin/roles/{name}", admission.pass().policy().mount());
    let place = HeaderValue::try_from(place).map_err(|_| Refused::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(find(&house.engine.policy(), name.as_str())?)))
}

/// A role.
#[utoipa::path(get, path = "/admin/roles/{name}", tag = "roles", params(("name" = String, Path)),
    responses((status = 200, body = View), Reading))]
pub(crate) async fn show(
    _: Administrator,
    State(house): House,
    Path(name): Path<String>,
) -> Result<Json<View>, Refused> {
    find(&house.engine.policy(), &name).map(Json)
}

/// Replaces what a role allows and denies.
#[utoipa::path(put, path = "/admin/roles/{name}", tag = "roles", params(("name" = String, Path)), request_body = Content,
    responses((status = 200, body = View), Changing))]
pub(crate) async fn replace(
    Recent(actor): Recent,
    State(house): House,
    Path(name): Path<String>,
    Json(content): Json<Content>,
) -> Result<Json<View>, Refused> {
    let Content { allow, deny, version } = content;
    find(&house.engine.policy(), &name)?;
    let role = StoredRole { name: Name::parse(&name).map_err(|_| Reason::NotFound)?, allow, deny };
    match version {
        None => house.engine.save_role(&actor, role, false).await?,
        Some(text) => {
            // What was never a version is none that the role has now.
            let seen = Version::parse(&text).ok_or(Reason::Conflict(Conflict::RoleChanged))?;
            house.engine.replace_role(&actor, role, seen).await?
        }
    };
    find(&house.engine.policy(), &name).map(Json)
}

/// Removes a role, and takes it from whoever has it.
#[utoipa::path(delete, path = "/admin/roles/{name}", tag = "roles", params(("name" = String, Path)),
    responses((status = 204), Changing))]
pub(crate) async fn remove(
    Recent(actor): Recent,
    State(house): House,
    Path(name): Path<String>,
) -> Result<StatusCode, Refused> {
    let name = Name::parse(&name).map_err(|_| Reason::Conflict(Conflict::RoleUnknown))?;
    house.engine.remove_role(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The role of this name.
///
/// # Errors
/// 404 when there is none.
pub(crate) fn find(policy: &Policy, name: &str) -> Result<View, Refused> {
    policy
        .roles()
        .get(name)
        .map(|role| view(policy, role))
        .ok_or_else(|| Reason::Conflict(Conflict::RoleUnknown).into())
}

pub(crate) fn view(policy: &Policy, role: &Role) -> View {
    let tree = policy.resources();
    let names = |ids: &[ResourceId]| ids.iter().map(|id| tree.name(*id).to_owned()).collect::<Vec<_>>();
    let (origin, source) = match &role.origin {
        RoleOrigin::BuiltIn => (Origin::Builtin, None),
        RoleOrigin::File(source) => (Origin::File, Some(format!("{}:{}", source.file(), source.line()))),
        RoleOrigin::Stored => (Origin::Stored, None),
    };
    View {
        name: role.name.to_string(),
        title: role.title.as_deref().map(str::to_owned),
        origin,
        source,
        grants: role.grants().iter().map(|id| tree.name(id).to_owned()).collect(),
        version: role.version().to_string(),
        limited: role.limited.iter().map(|one| Within { allow: names(&one.allow), to: one.values() }).collect(),
        allow: names(&role.allow),
        only: names(&role.only),
        deny: names(&role.deny),
    }
}
