//! Roles that are made at run time.

use std::collections::BTreeSet;

use super::authority::{begins_to_deny, may_all, may_alter};
use super::{Actor, Engine, unavailable};
use crate::audit::EventKind;
use crate::name::Name;
use crate::policy::{Grants, Policy, ResourceId, Role};
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, Conflict, StoredRole, Version};

/// What would become different if a role were saved.
pub struct RolePreview {
    /// What somebody may who has this role and no other.
    pub grants: GrantsChange,
    /// What nobody may who has this role, whatever other roles allow.
    pub denies: GrantsChange,
    /// What somebody may who has the roles that were asked about.
    pub own: GrantsChange,
}

/// A set of resources that becomes another one.
pub struct GrantsChange {
    /// Now.
    pub before: Grants,
    /// Afterwards.
    pub after: Grants,
}

impl GrantsChange {
    pub(super) fn new(before: Grants, after: Grants) -> Self {
        Self { before, after }
    }
}

/// What a role is saved over.
#[derive(Clone, Copy)]
enum Over {
    /// Nothing: it is new.
    Nothing,
    /// Whatever is there.
    Anything,
    /// This state of it.
    Seen(Version),
}

impl Engine {
    /// So many roles can be made at run time: each change to one compiles all of them anew, and lists of choices have all.
    pub const MOST_STORED_ROLES: usize = 1_000;

    /// Makes a role, or replaces what it allows and denies. Its resources are expanded now: later ones are denied to it.
    ///
    /// A resource that the role had before stands for what it stood for then: a role that is read and saved again gains
    /// nothing that was declared since.
    ///
    /// # Errors
    /// 400 for unknown resources, 403 for resources that the actor lacks, 409 for a role of the file, for one too many, and for the
    /// last administrator.
    pub async fn save_role(&self, actor: &Actor, role: StoredRole, is_new: bool) -> Result<StoredRole, Refusal> {
        self.save(actor, role, if is_new { Over::Nothing } else { Over::Anything }).await
    }

    /// Replaces what a role allows and denies, if it is as the actor has seen it.
    ///
    /// # Errors
    /// As [`save_role`](Self::save_role); 409 when somebody else was faster.
    pub async fn replace_role(&self, actor: &Actor, role: StoredRole, seen: Version) -> Result<StoredRole, Refusal> {
        self.save(actor, role, Over::Seen(seen)).await
    }

    /// What would become different if a role were saved like this; with `own`, the roles of somebody who wants to know what
    /// becomes of them. Nothing changes.
    ///
    /// # Errors
    /// As [`save_role`](Self::save_role), and 409 when the role is not any more as the actor has seen it.
    pub async fn preview_role(
        &self,
        actor: &Actor,
        role: StoredRole,
        seen: Option<Version>,
        own: &[Name],
    ) -> Result<RolePreview, Refusal> {
        let policy = self.policy.load_full();
        let before = policy.roles().get(&role.name);
        let role = meant(&policy, actor, role, before)?;
        if begins_to_deny(&policy, before, &role) {
            self.may_deprive(&policy, actor, &role.name).await?;
        }
        if let Some(seen) = seen {
            let before = before.ok_or(Reason::Conflict(Conflict::RoleUnknown))?;
            if before.version() != seen {
                return Err(Reason::Conflict(Conflict::RoleChanged).into());
            }
        }
        let none = || policy.no_grants();
        Ok(RolePreview {
            grants: GrantsChange::new(before.map_or_else(none, Role::grants), policy.grants_of(&role)),
            denies: GrantsChange::new(before.map_or_else(none, |role| role.denied.clone()), policy.denied_by(&role)),
            own: GrantsChange::new((*policy.grants(own)).clone(), policy.grants_with(&role, own)),
        })
    }

    async fn save(&self, actor: &Actor, role: StoredRole, over: Over) -> Result<StoredRole, Refusal> {
        let _alone = self.role_changes.write().await;
        let policy = self.policy.load_full();
        let before = policy.roles().get(&role.name).filter(|_| !matches!(over, Over::Nothing));
        let (allowed, denied) = before.map(|before| (&*before.allow, &*before.deny)).unwrap_or_default();
        let role = meant(&policy, actor, role, before)?;
        if begins_to_deny(&policy, policy.roles().get(&role.name), &role) {
            self.may_deprive(&policy, actor, &role.name).await?;
        }
        let detail = match before {
            Some(_) => altered(&role, &names(&policy, allowed), &names(&policy, denied)),
            None => made(&role),
        };
        let event = actor.event(EventKind::RoleChanged, self.clock.now()).detail(detail);
        let (saved, guard) = (role.clone(), self.guard_until(&policy, policy.administering_with(&role)));
        let change = match over {
            Over::Nothing => Change::CreateRole { role: saved, guard },
            Over::Anything => Change::ReplaceRole { role: saved, guard },
            Over::Seen(version) => {
                let change = Box::new(Change::ReplaceRole { role: saved, guard });
                Change::ExpectRole { name: role.name.clone(), version, change }
            }
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
        let _alone = self.role_changes.write().await;
        let policy = self.policy.load_full();
        if policy.is_file_role(name) {
            return Err(Reason::RoleInFile.into());
        }
        may_alter(&policy, actor, name, None)?;
        self.may_deprive(&policy, actor, name).await?;
        let event = actor.event(EventKind::RoleChanged, self.clock.now()).detail(format!("{name}: removed"));
        let guard = self.guard_until(&policy, policy.administering().without(name));
        self.commit(Change::RemoveRole { name: name.clone(), guard }, vec![event]).await?;
        // Whoever had it has a new epoch: all are read again.
        self.users.forget_all();
        self.read_roles().await.map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

/// The role with all that its names stand for, if the actor may save it.
fn meant(policy: &Policy, actor: &Actor, role: StoredRole, before: Option<&Role>) -> Result<StoredRole, Refusal> {
    if policy.is_file_role(&role.name) {
        return Err(Reason::RoleInFile.into());
    }
    let (allowed, denied) = before.map(|before| (&*before.allow, &*before.deny)).unwrap_or_default();
    let role = StoredRole {
        allow: expand(policy, &role.allow, allowed)?,
        deny: expand(policy, &role.deny, denied)?,
        name: role.name,
    };
    may_all(policy, actor, &policy.allowed_by(&role))?;
    may_alter(policy, actor, &role.name, Some(&role))?;
    if !policy.has_role(&role.name) && policy.stored_roles() >= Engine::MOST_STORED_ROLES {
        return Err(Reason::TooManyRoles.into());
    }
    Ok(role)
}

/// What these names stand for: resources and all below them, or, where the role had one before, what of that it had.
fn expand(policy: &Policy, wanted: &[String], before: &[ResourceId]) -> Result<Vec<String>, Refusal> {
    let tree = policy.resources();
    let before: BTreeSet<ResourceId> = before.iter().copied().collect();
    let mut set = BTreeSet::new();
    for name in wanted {
        let unknown = || Reason::Invalid("resources", format!("there is no resource {name:?}"));
        let id = tree.find(name).ok_or_else(unknown)?;
        let is_old = before.contains(&id);
        set.extend(tree.subtree(id).filter(|below| !is_old || before.contains(below)));
    }
    Ok(names(policy, &set.into_iter().collect::<Vec<_>>()))
}

fn names(policy: &Policy, ids: &[ResourceId]) -> Vec<String> {
    ids.iter().map(|id| policy.resources().name(*id).to_owned()).collect()
}

/// What a new role says, for the audit log.
fn made(role: &StoredRole) -> String {
    let lists = [("allows", &role.allow), ("denies", &role.deny)].into_iter().filter(|(_, ids)| !ids.is_empty());
    let lists = lists.map(|(word, ids)| format!("{word} {}", ids.join(", ")));
    format!("{}: {}", role.name, std::iter::once("made".to_owned()).chain(lists).collect::<Vec<_>>().join("; "))
}

/// What has become different, for the audit log.
fn altered(role: &StoredRole, allowed: &[String], denied: &[String]) -> String {
    let more = |after: &[String], before: &[String]| -> Vec<String> {
        after.iter().filter(|id| !before.contains(id)).cloned().collect()
    };
    let lists = [
        ("allows also", more(&role.allow, allowed)),
        ("no longer allows", more(allowed, &role.allow)),
        ("denies also", more(&role.deny, denied)),
        ("no longer denies", more(denied, &role.deny)),
    ];
    let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
    let words: Vec<String> = lists.map(|(word, ids)| format!("{word} {}", ids.join(", "))).collect();
    if words.is_empty() {
        format!("{}: saved as it was", role.name)
    } else {
        format!("{}: {}", role.name, words.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_says_what_changed_and_nothing_else() {
        let texts = |ids: &[&str]| -> Vec<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
        let role = |allow, deny| StoredRole {
            name: Name::parse("sales").expect("a name"),
            allow: texts(allow),
            deny: texts(deny),
        };
        assert_eq!(made(&role(&[], &[])), "sales: made");
        assert_eq!(made(&role(&["a", "b"], &["c"])), "sales: made; allows a, b; denies c");
        let after = role(&["a", "d"], &[]);
        let words = "sales: allows also d; no longer allows b; no longer denies c";
        assert_eq!(altered(&after, &texts(&["a", "b"]), &texts(&["c"])), words);
        assert_eq!(altered(&after, &after.allow, &after.deny), "sales: saved as it was");
    }
}
