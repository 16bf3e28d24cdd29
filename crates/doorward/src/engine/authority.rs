//! How far an administrator's word goes: nobody grants what they lack, and nobody acts on those who may more.

use super::{Actor, Engine, unavailable};
use crate::name::Name;
use crate::policy::{Grants, Policy, Role};
use crate::refusal::{Reason, Refusal};
use crate::store::{Administering, Guard, Page, StoreError, StoredRole, UserFilter, UserOrder};
use crate::user::{User, UserState};

impl Engine {
    /// Whether the actor may act on this user: not on somebody who may more than they, nor on somebody who would, were it not
    /// denied to them.
    pub(super) fn may_govern(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        let policy = self.policy.load();
        may_all(&policy, actor, &policy.reach(&user.roles))
    }

    /// The roles by name, if they exist and reach no further than the actor's rights.
    pub(super) fn grantable(&self, policy: &Policy, actor: &Actor, names: &[String]) -> Result<Vec<Name>, Refusal> {
        let mut roles = Vec::with_capacity(names.len());
        for text in names {
            let name = Name::parse(text).ok().filter(|name| policy.has_role(name));
            let name = name.ok_or_else(|| Reason::Invalid("roles", format!("there is no role {text:?}")))?;
            may_all(policy, actor, &policy.reach(std::slice::from_ref(&name)))?;
            roles.push(name);
        }
        roles.sort();
        roles.dedup();
        Ok(roles)
    }

    /// Whether the actor may take something from all who have a role: nobody has it who may more than they.
    pub(super) async fn may_deprive(&self, policy: &Policy, actor: &Actor, role: &Name) -> Result<(), Refusal> {
        let beyond = policy.roles().values().filter(|other| may_all(policy, actor, &other.reach()).is_err());
        let besides: Vec<Name> = beyond.map(|other| other.name.clone()).filter(|name| name != role).collect();
        if besides.is_empty() {
            return Ok(());
        }
        let filter = UserFilter { role: Some(role.clone()), besides, ..UserFilter::default() };
        let found = self.store.users(filter, UserOrder::default(), Page { after: None, limit: 1 }).await;
        match found.map_err(|error| unavailable(&error))?.items.first() {
            Some(user) => may_all(policy, actor, &policy.reach(&user.roles)),
            None => Ok(()),
        }
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

    /// Whether somebody can administer, as the rules in force say who does. Where nobody may from afar, nobody is missed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn has_administrator(&self) -> Result<bool, StoreError> {
        let Some(guard) = self.guard(&self.policy.load()) else { return Ok(true) };
        for role in &guard.after.by {
            let (realm, role, state) = (Some(guard.realm.clone()), Some(role.clone()), Some(UserState::Active));
            let filter = UserFilter { realm, role, state, ..UserFilter::default() };
            let mut after = None;
            loop {
                let page = Page { after, limit: Page::GREATEST };
                let found = self.store.users(filter.clone(), UserOrder::default(), page).await?;
                if found.items.iter().any(|user| guard.has(user)) {
                    return Ok(true);
                }
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(false)
    }
}

/// Whether the actor may all of this.
pub(super) fn may_all(policy: &Policy, actor: &Actor, wanted: &Grants) -> Result<(), Refusal> {
    match actor.grants.as_ref().and_then(|own| own.lacks_of(wanted)) {
        None => Ok(()),
        Some(lacking) => Err(Reason::Forbidden(policy.resources().name(lacking).to_owned()).into()),
    }
}

/// Whether the actor may make a role like this, replace it, or remove it: they may all that it allows now, all that it denies now
/// and will not deny any more, since others may have been given that elsewhere, and all that it begins to deny, since others
/// who have it may need that.
pub(super) fn may_alter(
    policy: &Policy,
    actor: &Actor,
    name: &Name,
    after: Option<&StoredRole>,
) -> Result<(), Refusal> {
    let before = policy.roles().get(name);
    if let Some(before) = before {
        may_all(policy, actor, &before.reach())?;
    }
    let denied = before.map_or_else(|| policy.no_grants(), |before| before.denied.clone());
    let will_deny = after.map_or_else(|| policy.no_grants(), |after| policy.denied_by(after));
    may_all(policy, actor, &beyond(&denied, &will_deny))?;
    may_all(policy, actor, &beyond(&will_deny, &denied))
}

/// Whether the role begins to deny something.
pub(super) fn begins_to_deny(policy: &Policy, before: Option<&Role>, after: &StoredRole) -> bool {
    let denied = before.map_or_else(|| policy.no_grants(), |before| before.denied.clone());
    beyond(&policy.denied_by(after), &denied).iter().next().is_some()
}

fn beyond(these: &Grants, others: &Grants) -> Grants {
    let mut rest = these.clone();
    rest.subtract(others);
    rest
}
