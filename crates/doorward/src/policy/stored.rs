//! Roles that were made at run time, put into a policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::acl::{Grants, ResourceId};
use super::complaint::Complaints;
use super::role::{self, RoleOrigin};
use super::{Policy, builtin, compile};
use crate::name::Name;
use crate::store::{Administering, StoredRole};

impl Policy {
    /// The same policy with these stored roles, instead of those that it had.
    ///
    /// # Errors
    /// When a stored role has the name of one that Doorward or a file has.
    pub fn with_stored_roles(&self, stored: &[StoredRole]) -> Result<Self, Complaints> {
        let mut roles: BTreeMap<_, _> = self.roles.clone();
        roles.retain(|_, role| !matches!(role.origin, RoleOrigin::Stored));
        let (mut complaints, mut warnings) = (Complaints::default(), Vec::new());
        role::add_stored(&self.tree, stored, &mut roles, &mut complaints, &mut warnings);
        let mut realms = self.realms.clone();
        for realm in &mut realms {
            realm.guest = Arc::new(compile::unite(&self.tree, &roles, &realm.guest_roles));
        }
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        complaints.unless_any(Self {
            generation: self.generation,
            routes: Arc::clone(&self.routes),
            written: self.written,
            declared: Arc::clone(&self.declared),
            public: Arc::clone(&self.public),
            admin: Arc::clone(&self.admin),
            vocabulary: self.vocabulary.clone(),
            tree: Arc::clone(&self.tree),
            roles,
            realms,
            mount: self.mount.clone(),
            dialects: self.dialects.clone(),
            dialect_settings: self.dialect_settings.clone(),
            cookies: self.cookies.clone(),
            site: self.site.clone(),
            terms: self.terms.clone(),
            warnings: self.warnings.clone(),
            sets: papaya::HashMap::default(),
        })
    }

    /// Whether the role stands in a file, or is built in, and so cannot be changed elsewhere.
    pub fn is_file_role(&self, name: &Name) -> bool {
        self.roles.get(name).is_some_and(|role| !matches!(role.origin, RoleOrigin::Stored))
    }

    /// How many roles were made at run time.
    pub(crate) fn stored_roles(&self) -> usize {
        self.roles.values().filter(|role| matches!(role.origin, RoleOrigin::Stored)).count()
    }

    /// Whether there is such a role.
    pub fn has_role(&self, name: &Name) -> bool {
        self.roles.contains_key(name)
    }

    /// The names of these resources and of all below them, so that resources added later do not come along.
    ///
    /// # Errors
    /// The first name that no resource has.
    pub fn expand(&self, names: &[String]) -> Result<Vec<String>, String> {
        let mut set = Grants::none(self.tree.len());
        for name in names {
            let id = self.tree.find(name).ok_or_else(|| name.clone())?;
            set.add_range(self.tree.range(id));
        }
        Ok(set.iter().map(|id| self.tree.name(id).to_owned()).collect())
    }

    /// What nobody grants.
    pub(crate) fn no_grants(&self) -> Grants {
        Grants::none(self.tree.len())
    }

    /// What a role grants to somebody who has no other.
    pub(crate) fn grants_of(&self, stored: &StoredRole) -> Grants {
        role::from_store(&self.tree, stored, &mut Vec::new()).grants()
    }

    /// What these roles grant together, if one role were saved like this.
    pub(crate) fn grants_with(&self, stored: &StoredRole, names: &[Name]) -> Grants {
        compile::unite(&self.tree, &self.roles_with(stored), names)
    }

    fn roles_with(&self, stored: &StoredRole) -> BTreeMap<Name, role::Role> {
        let mut roles = self.roles.clone();
        roles.insert(stored.name.clone(), role::from_store(&self.tree, stored, &mut Vec::new()));
        roles
    }

    /// All that a role allows, also what it denies itself: once nobody denies that any more, whoever has the role has it.
    pub(crate) fn allowed_by(&self, stored: &StoredRole) -> Grants {
        role::from_store(&self.tree, stored, &mut Vec::new()).allowed
    }

    /// How far these roles [reach](role::Role::reach), whatever one of them denies the others: whoever is denied something for
    /// now is not weaker by that to those who would act on them.
    pub fn reach(&self, names: &[Name]) -> Grants {
        let mut reach = self.no_grants();
        names.iter().filter_map(|name| self.roles.get(name)).for_each(|role| reach.unite(&role.reach()));
        reach
    }

    /// What a role denies, whatever else somebody has.
    pub(crate) fn denied_by(&self, stored: &StoredRole) -> Grants {
        role::from_store(&self.tree, stored, &mut Vec::new()).denied
    }

    /// The roles that grant everything of Doorward's own, and those that deny some of it, whatever other roles allow.
    ///
    /// Whoever has everything by several roles, and by none of them alone, is not counted: rather one administrator too many
    /// stays than one too few.
    pub fn administering(&self) -> Administering {
        self.administering_by(&self.roles)
    }

    /// The same, if the role were saved like this.
    pub(crate) fn administering_with(&self, stored: &StoredRole) -> Administering {
        self.administering_by(&self.roles_with(stored))
    }

    fn administering_by(&self, roles: &BTreeMap<Name, role::Role>) -> Administering {
        let Some(all) = self.tree.find(builtin::ALL) else { return Administering::default() };
        let needed: Vec<ResourceId> = self.tree.subtree(all).collect();
        let names = |is_one: &dyn Fn(&role::Role) -> bool| {
            roles.values().filter(|role| is_one(role)).map(|role| role.name.clone()).collect()
        };
        Administering {
            by: names(&|role| role.grants().missing(&needed).is_none()),
            unless: names(&|role| needed.iter().any(|id| role.denied.has(*id))),
        }
    }
}
