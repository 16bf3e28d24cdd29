//! The last administrator stays.

use crate::name::Name;
use crate::user::{User, UserState};

/// After the change, somebody of `realm` must be left whom their roles make an administrator, who is active and can log in: who
/// has a password.
///
/// A change that takes the last one away is refused with [`Conflict::LastAdministrator`](super::Conflict::LastAdministrator).
/// Where there was none before, it takes nothing away.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The realm of administrators.
    pub realm: Name,
    /// What makes one before the change.
    pub before: Administering,
    /// What makes one after it: something else where the change is about a role.
    pub after: Administering,
}

/// Which roles make an administrator: whoever holds one of `by`, and none of `unless`, is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Administering {
    /// Roles that grant all that an administrator needs.
    pub by: Vec<Name>,
    /// Roles that deny some of that, whatever other roles allow.
    pub unless: Vec<Name>,
}

impl Administering {
    /// The same without a role, when it is gone.
    pub fn without(mut self, role: &Name) -> Self {
        self.by.retain(|name| name != role);
        self.unless.retain(|name| name != role);
        self
    }
}

impl Guard {
    /// For a change that is not about a role: the same roles count before and after it.
    pub fn of(realm: Name, administering: Administering) -> Self {
        Self { realm, before: administering.clone(), after: administering }
    }

    /// Whether this user is an administrator before the change.
    pub fn had(&self, user: &User) -> bool {
        self.counts(user, &self.before)
    }

    /// Whether somebody who is like this after the change is an administrator then.
    pub fn has(&self, user: &User) -> bool {
        self.counts(user, &self.after)
    }

    fn counts(&self, user: &User, administering: &Administering) -> bool {
        let holds = |names: &[Name]| user.roles.iter().any(|role| names.contains(role));
        user.realm == self.realm
            && user.state == UserState::Active
            && user.password.is_some()
            && holds(&administering.by)
            && !holds(&administering.unless)
    }
}
