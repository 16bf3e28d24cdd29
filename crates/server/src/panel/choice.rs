//! What the lists of choices in forms hold: the names that the rules know.

use doorward::policy::Policy;

/// Names of realms and roles.
pub(super) struct Choices {
    pub(super) realms: Vec<String>,
    pub(super) roles: Vec<String>,
}

impl Choices {
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            realms: policy.realms().iter().map(|realm| realm.name().to_string()).collect(),
            roles: policy.roles().keys().map(ToString::to_string).collect(),
        }
    }
}
