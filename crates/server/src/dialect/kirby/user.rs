//! A user, as Kirby's clients see one.

use doorward::User;
use doorward::policy::{Grants, Policy, kirby};
use serde_json::{Value, json};

use super::answer::object;
use super::content;
use super::fault::Fault;
use super::query::Query;
use super::roles;
use super::viewer::Viewer;

/// All that there is to see, by name.
const FIELDS: [&str; 11] =
    ["avatar", "content", "email", "id", "language", "name", "options", "permissions", "role", "username", "uuid"];
/// Of who is logged in.
pub(super) const AUTH: &[&str] = &["avatar", "email", "id", "language", "name", "permissions", "role"];
/// In lists.
pub(super) const COMPACT: &[&str] = &["avatar", "email", "id", "language", "name", "role", "username", "uuid"];
/// Alone.
pub(super) const DEFAULT: &[&str] =
    &["avatar", "content", "email", "id", "language", "name", "options", "role", "username", "uuid"];

/// What of a user is shown.
pub(super) struct Shape {
    fields: Vec<&'static str>,
    is_compact: bool,
}

impl Shape {
    /// These fields, and of the role what goes with them.
    pub(super) fn of(fields: &'static [&'static str]) -> Self {
        Self { fields: fields.to_vec(), is_compact: fields == COMPACT }
    }

    /// What a query asks for with `select` or `view`, and else `usual`. What nobody knows of is not shown.
    ///
    /// # Errors
    /// 400 for a view that there is not.
    pub(super) fn asked(query: &Query, usual: &'static [&'static str]) -> Result<Self, Fault> {
        if let Some(names) = query.get("select") {
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            let fields = FIELDS.into_iter().filter(|field| names.contains(field)).collect();
            return Ok(Self { fields, is_compact: false });
        }
        match query.get("view") {
            None => Ok(Self::of(usual)),
            Some("auth") => Ok(Self::of(AUTH)),
            Some("compact") => Ok(Self::of(COMPACT)),
            Some("default") => Ok(Self::of(DEFAULT)),
            Some(_) => Err(Fault::argument("There is no such view")),
        }
    }

    /// A user in this shape, as somebody sees them.
    pub(super) fn show(&self, user: &User, viewer: &Viewer<'_>) -> Value {
        object(self.fields.iter().map(|field| ((*field).to_owned(), self.field(user, field, viewer))))
    }

    fn field(&self, user: &User, field: &str, viewer: &Viewer<'_>) -> Value {
        let name = || if user.name.is_empty() { email(user) } else { &user.name };
        match field {
            "content" => {
                object(content::of(user).into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())))
            }
            "email" => json!(email(user)),
            "id" => json!(user.id),
            "language" => json!(language(user)),
            "name" => json!(user.name),
            "options" => {
                let actions = kirby::PERMISSIONS.into_iter().filter(|(category, _)| *category == "users");
                let actions = actions.flat_map(|(_, actions)| actions);
                object(actions.map(|action| ((*action).to_owned(), json!(viewer.may_now(user, action)))))
            }
            // Whose users one may not see, of their role one sees nothing either.
            "permissions" | "role" if !viewer.may(user, "access") => Value::Null,
            "permissions" => permissions(viewer.policy, &viewer.policy.grants(&user.roles)),
            "role" => roles::of(viewer.policy, user).show(viewer.policy, self.is_compact),
            "username" => json!(name()),
            "uuid" => json!(format!("user://{}", user.id)),
            // Nobody has a picture here.
            _ => Value::Null,
        }
    }
}

/// The address, which is what Kirby's users log in with.
pub(super) fn email(user: &User) -> &str {
    user.email.as_deref().unwrap_or(user.login.as_str())
}

/// The language of the user's pages.
fn language(user: &User) -> &str {
    user.attributes.get("language").and_then(Value::as_str).unwrap_or("en")
}

/// All permissions, by category.
pub(super) fn permissions(policy: &Policy, grants: &Grants) -> Value {
    let tree = policy.resources();
    object(kirby::PERMISSIONS.map(|(category, actions)| {
        let action = |action: &&str| ((*action).to_owned(), json!(kirby::may(tree, grants, category, action)));
        (category.to_owned(), object(actions.iter().map(action)))
    }))
}
