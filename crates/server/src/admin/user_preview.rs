//! `/admin/users/{id}/preview`: what would become different if a user's roles were changed like this.

use axum::extract::{Path, State};
use doorward::store::SessionFilter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::administrator::Administrator;
use super::difference::{closed, less, more, opened};
use super::sessions::Matching;
use super::user::RoleChanges;
use super::users::{OfRealm, find};
use crate::openapi::Changing;
use crate::own::{House, Json, Query, Refused};

/// Roles as they would be given and taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserRolesDraft)]
pub(crate) struct Draft {
    roles: RoleChanges,
}

/// What would become different for the user.
#[derive(Serialize, ToSchema)]
#[schema(as = UserPreview)]
pub(crate) struct View {
    /// Resources that they would be granted and are not now.
    grants: Vec<String>,
    /// Resources that they are granted now and would not be any more.
    withdraws: Vec<String>,
    /// Routes of their realm that would be open to them and are not.
    opens: Vec<String>,
    /// Routes that are open to them and would not be any more.
    closes: Vec<String>,
    /// How many sessions of theirs would end.
    sessions: usize,
    /// Whether the user is the caller.
    own: bool,
}

/// What would become different if a user's roles were changed like this. Nothing changes by it.
#[utoipa::path(post, path = "/admin/users/{id}/preview", tag = "users", params(("id" = String, Path), OfRealm),
    request_body = Draft, responses((status = 200, body = View), Changing))]
pub(crate) async fn show(
    administrator: Administrator,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
    Json(draft): Json<Draft>,
) -> Result<Json<View>, Refused> {
    let user = find(&house, &id, of.realm).await?;
    let (_, caller) = administrator.judged.session()?;
    let own = caller.number == user.number;
    let (add, remove) = draft.roles.split(&user);
    let (grants, ends) = house.engine.preview_roles(&administrator.actor, &user, &add, &remove)?;
    let sessions = if ends {
        let filter = SessionFilter { user: Some(user.number), ..SessionFilter::default() };
        Matching::count(&house, filter, None).await?.count
    } else {
        0
    };
    let policy = house.engine.policy();
    let realm = policy.realm_id(user.realm.as_str());
    Ok(Json(View {
        grants: more(&policy, &grants),
        withdraws: less(&policy, &grants),
        opens: opened(&policy, realm, &grants),
        closes: closed(&policy, realm, &grants),
        sessions,
        own,
    }))
}
