//! One role: the tree of resources, and what it allows and denies of them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use doorward::policy::builtin::USERS;
use doorward::policy::{Policy, ResourceId, Role, RoleOrigin};
use http::StatusCode;

use super::frame::{Frame, answer};
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::roles::{Origin, View, find};
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/role.html")]
struct Page {
    frame: Frame,
    /// None where one is to be made.
    role: Option<View>,
    tree: Vec<Node>,
    can_change: bool,
    sees_users: bool,
}

/// A resource, in the order of the tree.
struct Node {
    id: String,
    title: String,
    depth: usize,
    /// Whether the role says so of this very resource, or of one above it.
    is_allowed: bool,
    is_denied: bool,
    /// Whether the visitor has it: nobody grants what they lack.
    is_theirs: bool,
}

/// The page of a role.
pub(super) async fn show(visitor: Visitor, State(house): House, Path(name): Path<String>) -> Result<Response, Refused> {
    let policy = house.engine.policy();
    let role = find(&policy, &name)?;
    let can_change = role.origin == Origin::Stored;
    let tree = tree(&policy, policy.roles().get(name.as_str()), &visitor);
    let frame = visitor.frame(Some(Tab::Roles))?;
    let page = Page { frame, role: Some(role), tree, can_change, sees_users: visitor.has(USERS) };
    answer(StatusCode::OK, &page, &page.frame)
}

/// The form for a new one.
pub(super) async fn add(visitor: Visitor, State(house): House) -> Result<Response, Refused> {
    let tree = tree(&house.engine.policy(), None, &visitor);
    let frame = visitor.frame(Some(Tab::Roles))?;
    let page = Page { frame, role: None, tree, can_change: true, sees_users: false };
    answer(StatusCode::OK, &page, &page.frame)
}

fn tree(policy: &Policy, role: Option<&Role>, visitor: &Visitor) -> Vec<Node> {
    let mut nodes = Vec::new();
    for root in policy.resources().roots() {
        grow(&mut nodes, policy, (root, 0), role, visitor);
    }
    nodes
}

/// Rules bound how deep resources are nested.
fn grow(
    nodes: &mut Vec<Node>,
    policy: &Policy,
    (id, depth): (ResourceId, usize),
    role: Option<&Role>,
    visitor: &Visitor,
) {
    let tree = policy.resources();
    let resource = tree.resource(id);
    // What a file or Doorward itself says of a resource, it says of all below; a role made at run time names each.
    let names = |said: &[ResourceId], role: &Role| match role.origin {
        RoleOrigin::Stored => said.contains(&id),
        RoleOrigin::BuiltIn | RoleOrigin::File(_) => {
            said.iter().any(|above| tree.subtree(*above).any(|below| below == id))
        }
    };
    nodes.push(Node {
        id: resource.name.to_string(),
        title: resource.title.as_deref().unwrap_or_default().to_owned(),
        depth,
        is_allowed: role.is_some_and(|role| names(&role.allow, role) || role.only.contains(&id)),
        is_denied: role.is_some_and(|role| names(&role.deny, role)),
        is_theirs: visitor.grants.has(id),
    });
    for child in tree.children(id) {
        grow(nodes, policy, (child, depth + 1), role, visitor);
    }
}
