//! `PATCH /account` and `PATCH /users/:id`: the fields of a user's content. Where an upstream keeps them, rules name these paths
//! and it is asked instead.

use axum::extract::Path;
use axum::response::Response;
use doorward::{User, UserUpdate};
use serde_json::{Map, Value, json};

use super::account::{find, own_user};
use super::call::Call;
use super::change::update;
use super::fault::Fault;
use super::fields::Fields;

/// The attribute that holds it.
pub(super) const ATTRIBUTE: &str = "content";
/// What is no content: each has a path of its own, by a permission of its own.
const APART: [&str; 5] = ["email", "language", "name", "password", "role"];

pub(super) async fn update_own(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    set(call, user, fields).await
}

pub(super) async fn update_of(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    set(call, user, fields).await
}

async fn set(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    let mut content = of(&user).cloned().unwrap_or_default();
    merge(&mut content, fields.into_members());
    let mut attributes = user.attributes.clone();
    attributes.insert(ATTRIBUTE.to_owned(), Value::Object(content));
    update(call, user, "update", UserUpdate { attributes: Some(attributes), ..UserUpdate::default() }).await
}

/// The content of a user.
pub(super) fn of(user: &User) -> Option<&Map<String, Value>> {
    user.attributes.get(ATTRIBUTE)?.as_object()
}

/// The content of a new user.
pub(super) fn new(members: &Map<String, Value>) -> Value {
    let mut content = Map::new();
    merge(&mut content, members.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
    json!(content)
}

/// What is said replaces what was there; nothing takes a field away.
fn merge(content: &mut Map<String, Value>, members: impl Iterator<Item = (String, Value)>) {
    for (name, value) in members.filter(|(name, _)| !APART.contains(&name.as_str())) {
        match value {
            Value::Null => content.remove(&name),
            value => content.insert(name, value),
        };
    }
}
