//! Roles that were made at run time.

use super::Touched;
use crate::memory::state::State;
use crate::name::Name;
use crate::store::{Changed, Conflict, Guard, StoreError, StoredRole};
use crate::user::User;

impl State {
    pub(super) fn put_role(&mut self, role: StoredRole) -> Touched {
        self.roles.insert(role.name.clone(), role);
        Touched { announced: vec![Changed::Roles], ..Touched::default() }
    }

    pub(super) fn remove_role(&mut self, name: &Name, guard: Option<&Guard>) -> Result<Touched, StoreError> {
        let without = |user: &User| {
            let roles = user.roles.iter().filter(|role| *role != name).cloned().collect();
            Some(User { roles, ..user.clone() })
        };
        self.check_role(name, guard, without)?;
        self.roles.remove(name);
        let mut touched = Touched::default();
        for user in self.users.all_mut().filter(|user| user.roles.contains(name)) {
            user.roles.retain(|role| role != name);
            user.epoch = user.epoch.wrapping_add(1);
            touched.announced.push(Changed::User(user.number));
        }
        for change in &touched.announced {
            if let Changed::User(number) = change {
                self.codes.retain(|_, code| code.user != *number);
                touched.ended.extend(self.sessions.of(*number).map(|session| session.digest.key()));
            }
        }
        touched.ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        touched.announced.push(Changed::Roles);
        Ok(touched)
    }

    /// Refuses when the role is unknown, or when nobody could administer any more once users are as `after` makes them.
    pub(super) fn check_role(
        &self,
        name: &Name,
        guard: Option<&Guard>,
        after: impl Fn(&User) -> Option<User>,
    ) -> Result<(), Conflict> {
        if !self.roles.contains_key(name) {
            return Err(Conflict::RoleUnknown);
        }
        self.check_left(guard, after)
    }

    /// Refuses when nobody could administer any more once users are as `after` makes them.
    pub(super) fn check_left(
        &self,
        guard: Option<&Guard>,
        after: impl Fn(&User) -> Option<User>,
    ) -> Result<(), Conflict> {
        let Some(guard) = guard else { return Ok(()) };
        let was = self.users.has(|user| Some(user.clone()), |user| guard.had(user));
        let is = self.users.has(after, |user| guard.has(user));
        if was && !is { Err(Conflict::LastAdministrator) } else { Ok(()) }
    }
}
