//! What somebody may see of users and do with them.

use std::sync::Arc;

use doorward::User;
use doorward::policy::{Grants, Policy, builtin, kirby};

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
        if !self.is(user) {
            return self.may_others(action);
        }
        match action {
            // Nobody takes a role or goes away unless somebody has said that they may.
            "changeRole" | "delete" => self.is_granted("user", action),
            action => kirby::may(self.policy.resources(), &self.grants, "user", action),
        }
    }

    /// Whether an action on other users is allowed. Where the ACL says nothing of it, only who administers Doorward's users may:
    /// there a role that says nothing about permissions could change everybody's password.
    pub(super) fn may_others(&self, action: &str) -> bool {
        self.is_granted("users", action)
    }

    fn is_granted(&self, category: &str, action: &str) -> bool {
        let tree = self.policy.resources();
        let stated = tree.find(&kirby::resource(category, action));
        stated.or_else(|| tree.find(builtin::USERS)).is_some_and(|id| self.grants.has(id))
    }
}
