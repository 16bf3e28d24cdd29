//! How far an administrator's word goes: nobody grants what they lack, and nobody acts on those who may more.

use super::{Actor, Engine};
use crate::name::Name;
use crate::policy::{Grants, Policy};
use crate::refusal::{Reason, Refusal};
use crate::store::{Administering, Guard, StoredRole};
use crate::user::User;

impl Engine {
    /// Whether the actor may act on this user: not on somebody who may more than they.
    pub(super) fn may_govern(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        let policy = self.policy.load();
        may_all(&policy, actor, &policy.grants(&user.roles))
    }

    /// The roles by name, if they exist and hold nothing that the actor lacks.
    pub(super) fn grantable(&self, policy: &Policy, actor: &Actor, names: &[String]) -> Result<Vec<Name>, Refusal> {
        let mut roles = Vec::with_capacity(names.len());
        for text in names {
            let name = Name::parse(text).ok().filter(|name| policy.has_role(name));
            let name = name.ok_or_else(|| Reason::Invalid("roles", format!("there is no role {text:?}")))?;
            may_all(policy, actor, &policy.grants(std::slice::from_ref(&name)))?;
            roles.push(name);
        }
        roles.sort();
        roles.dedup();
        Ok(roles)
    }

    /// Who must be left: an active user of the administrators' realm whose roles grant all of Doorward's own resources.
    /// Somebody at the machine itself can always add one, but should not have to by accident either.
    pub(super) fn guard(&self, policy: &Policy) -> Option<Guard> {
        let realm = policy.admin_realm()?.clone();
        Some(Guard::of(realm, policy.administering()))
    }

    /// The same for a change to a role, if it makes a difference to who administers.
    pub(super) fn guard_until(&self, policy: &Policy, after: Administering) -> Option<Guard> {
        let guard = Guard { realm: policy.admin_realm()?.clone(), before: policy.administering(), after };
        (guard.before != guard.after).then_some(guard)
    }
}

/// Whether the actor may all of this.
pub(super) fn may_all(policy: &Policy, actor: &Actor, wanted: &Grants) -> Result<(), Refusal> {
    match actor.grants.as_ref().and_then(|own| own.lacks_of(wanted)) {
        None => Ok(()),
        Some(lacking) => Err(Reason::Forbidden(policy.resources().name(lacking).to_owned()).into()),
    }
}

/// Whether the actor may replace a role, or remove it: they may all that it grants now, and all that it denies now and will
/// not deny any more, since others may have been given that elsewhere.
pub(super) fn may_alter(
    policy: &Policy,
    actor: &Actor,
    name: &Name,
    after: Option<&StoredRole>,
) -> Result<(), Refusal> {
    let Some(before) = policy.roles().get(name) else { return Ok(()) };
    may_all(policy, actor, &before.grants())?;
    let mut lifted = before.denied.clone();
    if let Some(after) = after {
        lifted.subtract(&policy.denied_by(after));
    }
    may_all(policy, actor, &lifted)
}
