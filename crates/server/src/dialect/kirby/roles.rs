//! Roles, `/roles`, and the roles of one user. Kirby's users have one; of several here the first is shown.

use axum::extract::Path;
use axum::response::Response;
use doorward::policy::kirby::ADMIN;
use doorward::policy::{ADMINISTRATOR, Policy, Role};
use doorward::{Name, User};
use serde_json::{Value, json};

use super::account::{find, own_user};
use super::answer::{Pagination, collection, model, object};
use super::call::Call;
use super::fault::Fault;
use super::user::permissions;
use super::viewer::Viewer;

/// What it calls the role of whoever has none.
const NOBODY: &str = "nobody";

/// A role as it is shown.
pub(super) struct Shown<'p>(Option<&'p Role>);

/// The role of a user: the one that may all, and else the first.
pub(super) fn of<'p>(policy: &'p Policy, user: &User) -> Shown<'p> {
    let administers = user.roles.iter().find(|role| matches!(role.as_str(), ADMIN | ADMINISTRATOR));
    Shown(administers.or(user.roles.first()).and_then(|role| policy.roles().get(role)))
}

/// The role that a client names.
pub(super) fn named<'p>(policy: &'p Policy, text: &str) -> Option<&'p Role> {
    let named = |text: &str| Name::parse(text).ok().and_then(|name| policy.roles().get(&name));
    named(text).or_else(|| if text == ADMIN { named(ADMINISTRATOR) } else { None })
}

/// Whether a role may all that there is.
pub(super) fn is_admin(role: &Role) -> bool {
    matches!(role.name.as_str(), ADMIN | ADMINISTRATOR)
}

impl Shown<'_> {
    /// The role with its permissions, or without.
    pub(super) fn show(&self, policy: &Policy, is_compact: bool) -> Value {
        let name = self.0.map_or(NOBODY, |role| match role.name.as_str() {
            // Unless somebody has called another role so.
            ADMINISTRATOR if named(policy, ADMIN).is_some_and(|admin| admin.name == role.name) => ADMIN,
            name => name,
        });
        let title = self.0.and_then(|role| role.title.as_deref()).filter(|_| name != ADMIN);
        let title = title.map_or_else(|| capital(name), str::to_owned);
        let none = policy.grants(&[]);
        let grants = self.0.map(Role::grants);
        let mut members = vec![
            ("description".to_owned(), Value::Null),
            ("name".to_owned(), json!(name)),
            ("title".to_owned(), json!(title)),
        ];
        if !is_compact {
            members.push(("permissions".to_owned(), permissions(policy, grants.as_ref().unwrap_or(&none))));
        }
        object(members)
    }
}

/// `GET /roles`: those whose users the caller may see, or with `canBe` those that they could give.
pub(super) async fn list(call: Call) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    let visible = call.policy().roles().values().filter(|role| is_visible(&viewer, role));
    let can_be = call.query.get("canBe");
    let wanted = visible.filter(|role| match can_be {
        Some("created") => viewer.may_others("create") && viewer.may_give(role),
        Some("changed") => viewer.may_others("changeRole") && viewer.may_give(role),
        _ => true,
    });
    Ok(answer(&call, wanted))
}

/// `GET /account/roles`.
pub(super) async fn own(call: Call) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    of_user(&call, &user)
}

/// `GET /users/:id/roles`.
pub(super) async fn others(call: Call, Path(id): Path<String>) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    of_user(&call, &user)
}

/// The role that a user has, and those that the caller could give them instead.
fn of_user(call: &Call, user: &User) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    let has = of(call.policy(), user).0.map(|role| &role.name);
    let may = viewer.may_now(user, "changeRole");
    let roles = call.policy().roles().values();
    Ok(answer(call, roles.filter(|role| has == Some(&role.name) || (may && viewer.may_give(role)))))
}

fn answer<'p>(call: &Call, roles: impl Iterator<Item = &'p Role>) -> Response {
    let data: Vec<Value> = roles.map(|role| Shown(Some(role)).show(call.policy(), true)).collect();
    let total = data.len() as u64;
    let page = u64::from(total > 0);
    call.answer(&collection(data, &Pagination { page, total, offset: 0, limit: total.max(100) }))
}

/// `GET /roles/:name`.
pub(super) async fn show(call: Call, Path(name): Path<String>) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    let role = named(call.policy(), &name).filter(|role| is_visible(&viewer, role));
    let role =
        role.ok_or_else(|| Fault::not_found("role.notFound", &format!("The role \"{name}\" cannot be found")))?;
    let is_compact = call.query.get("view") == Some("compact");
    Ok(call.answer(&model(Shown(Some(role)).show(call.policy(), is_compact))))
}

fn is_visible(viewer: &Viewer<'_>, role: &Role) -> bool {
    let is_own = viewer.user.roles.contains(&role.name);
    viewer.may_others("access") || (is_own && viewer.may(viewer.user, "access"))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
