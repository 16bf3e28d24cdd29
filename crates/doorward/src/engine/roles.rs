//! Roles that are made at run time.

use super::authority::{may_all, may_alter};
use super::{Actor, Engine, unavailable};
use crate::audit::EventKind;
use crate::name::Name;
use crate::policy::Policy;
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, StoredRole};

impl Engine {
    /// Makes a role, or replaces what it allows and denies. Its resources are expanded now: later ones are denied to it.
    ///
    /// # Errors
    /// 400 for unknown resources, 403 for resources that the actor lacks, 409 for a role of the file and for the last administrator.
    pub async fn save_role(&self, actor: &Actor, role: StoredRole, is_new: bool) -> Result<StoredRole, Refusal> {
        let policy = self.policy.load_full();
        if policy.is_file_role(&role.name) {
            return Err(Reason::RoleInFile.into());
        }
        let unknown = |id: String| Reason::Invalid("resources", format!("there is no resource {id:?}"));
        let role = StoredRole {
            allow: policy.expand(&role.allow).map_err(unknown)?,
            deny: policy.expand(&role.deny).map_err(unknown)?,
            name: role.name,
        };
        may_all(&policy, actor, &policy.grants_of(&role))?;
        may_alter(&policy, actor, &role.name, Some(&role))?;
        let detail = format!("{}: allows {}; denies {}", role.name, role.allow.join(", "), role.deny.join(", "));
        let event = actor.event(EventKind::RoleChanged, self.clock.now()).detail(detail);
        let change = if is_new {
            Change::CreateRole(role.clone())
        } else {
            let after = policy.with_stored_role(&role).map_err(|_| Reason::RoleInFile)?;
            let guard = if makes_administrators(&policy, &role.name) { self.guard(&after) } else { None };
            Change::ReplaceRole { role: role.clone(), guard }
        };
        self.commit(change, vec![event]).await?;
        self.read_roles().await.map_err(|error| unavailable(&error))?;
        Ok(role)
    }

    /// Removes a role, and takes it from whoever has it.
    ///
    /// # Errors
    /// 404 for an unknown role, 409 for a role of the file and when no administrator would be left.
    pub async fn remove_role(&self, actor: &Actor, name: &Name) -> Result<(), Refusal> {
        let policy = self.policy.load_full();
        if policy.is_file_role(name) {
            return Err(Reason::RoleInFile.into());
        }
        may_alter(&policy, actor, name, None)?;
        let event = actor.event(EventKind::RoleChanged, self.clock.now()).detail(format!("{name}: removed"));
        let guard = self.guard(&policy).filter(|_| makes_administrators(&policy, name)).map(|mut guard| {
            guard.roles.retain(|role| role != name);
            guard
        });
        self.commit(Change::RemoveRole { name: name.clone(), guard }, vec![event]).await?;
        // Whoever had it has a new epoch: all are read again.
        self.users.forget_all();
        self.read_roles().await.map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

/// Whether a role made administrators so far: else nobody can lose that by a change to it, whoever has it.
fn makes_administrators(policy: &Policy, name: &Name) -> bool {
    policy.administrator_roles().contains(name)
}
