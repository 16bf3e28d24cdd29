//! What somebody may see of users and do with them.

use std::sync::Arc;

use doorward::User;
use doorward::policy::{Grants, Policy, Role, kirby};

/// Somebody who looks at users.
pub(super) struct Viewer<'a> {
    pub(super) policy: &'a Policy,
    pub(super) user: &'a User,
    pub(super) grants: Arc<Grants>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(policy: &'a Policy, user: &'a User) -> Self {
        Self { policy, user, grants: policy.grants(&user.roles) }
    }

    /// Whether this is the viewer themselves.
    pub(super) fn is(&self, user: &User) -> bool {
        user.number == self.user.number
    }

    /// Whether an action on a user is allowed: what one does with one's own account by `user`, with others by `users`.
    pub(super) fn may(&self, user: &User, action: &str) -> bool {
        // Nobody makes themselves.
        match self.is(user) && action != "create" {
            true => kirby::may(self.policy.resources(), &self.grants, "user", action),
            false => self.may_others(action),
        }
    }

    /// Whether an action on other users is allowed.
    pub(super) fn may_others(&self, action: &str) -> bool {
        kirby::may(self.policy.resources(), &self.grants, "users", action)
    }

    /// The same, as far as it depends on who it is: nobody alters those who may more.
    pub(super) fn may_now(&self, user: &User, action: &str) -> bool {
        let alters = !matches!(action, "access" | "create" | "list");
        self.may(user, action) && (!alters || self.is(user) || self.grants.contains(&self.policy.grants(&user.roles)))
    }

    /// Whether users may be given a role.
    pub(super) fn may_give(&self, role: &Role) -> bool {
        self.grants.contains(&role.grants())
    }
}
