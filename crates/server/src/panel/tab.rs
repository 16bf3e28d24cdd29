//! What there is in the Panel, and who sees it.

use doorward::policy::builtin::{AUDIT, PANEL, ROLES, RULES, SESSIONS, USERS};
use doorward::policy::{Grants, Policy};

/// A part of the Panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Users,
    Roles,
    Sessions,
    Routes,
    Audit,
}

/// A link to one.
pub(super) struct Link {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    pub(super) is_current: bool,
}

impl Tab {
    const ALL: [Self; 6] = [Self::Overview, Self::Users, Self::Roles, Self::Sessions, Self::Routes, Self::Audit];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::Roles => "Roles",
            Self::Sessions => "Sessions",
            Self::Routes => "Routes",
            Self::Audit => "Audit",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Overview => "/panel",
            Self::Users => "/panel/users",
            Self::Roles => "/panel/roles",
            Self::Sessions => "/panel/sessions",
            Self::Routes => "/panel/routes",
            Self::Audit => "/panel/audit",
        }
    }

    fn resource(self) -> &'static str {
        match self {
            Self::Overview => PANEL,
            Self::Users => USERS,
            Self::Roles => ROLES,
            Self::Sessions => SESSIONS,
            Self::Routes => RULES,
            Self::Audit => AUDIT,
        }
    }

    /// Links to what somebody may see.
    pub(super) fn links(policy: &Policy, grants: &Grants, current: Option<Self>) -> Vec<Link> {
        let has = |name| policy.resources().find(name).is_some_and(|id| grants.has(id));
        let seen = Self::ALL.into_iter().filter(|tab| has(PANEL) && has(tab.resource()));
        seen.map(|tab| Link { path: tab.path(), title: tab.title(), is_current: current == Some(tab) }).collect()
    }
}
