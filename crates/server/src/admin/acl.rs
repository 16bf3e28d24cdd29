//! `/admin/acl`: the tree of resources.

use axum::extract::State;
use doorward::policy::{ResourceId, Tree};
use serde::Serialize;
use utoipa::ToSchema;

use super::administrator::Administrator;
use crate::openapi::Reading;
use crate::own::{House, Json, List};

/// A resource and those below it.
#[derive(Serialize, ToSchema)]
#[schema(as = Resource)]
pub(crate) struct View {
    #[schema(example = "Magento_Customer::group")]
    id: String,
    #[schema(required)]
    title: Option<String>,
    #[schema(no_recursion)]
    children: Vec<View>,
}

/// The tree of resources that roles allow and deny, and routes ask for.
#[utoipa::path(get, path = "/admin/acl", tag = "roles",
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn tree(_: Administrator, State(house): House) -> Json<List<View>> {
    let policy = house.engine.policy();
    let tree = policy.resources();
    Json(List::whole(tree.roots().map(|id| view(tree, id)).collect()))
}

/// Rules bound how deep resources are nested.
fn view(tree: &Tree, id: ResourceId) -> View {
    let resource = tree.resource(id);
    View {
        id: resource.name.to_string(),
        title: resource.title.as_deref().map(str::to_owned),
        children: tree.children(id).map(|child| view(tree, child)).collect(),
    }
}
