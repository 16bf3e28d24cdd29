//! What eZ Platform's dialect asks of every route below its root.

use super::Workshop;
use crate::policy::profile::{Profile, Wording};
use crate::policy::route::Access;
use crate::policy::siteaccess;

impl Workshop<'_> {
    /// Whoever may not log in to a siteaccess may nothing there that is not for everybody.
    pub(super) fn behind_log_in(&self, access: Access, profile: &Profile) -> Access {
        let login = Some(siteaccess::LOGIN).filter(|_| profile.wording == Wording::ErrorMessage);
        match (login.and_then(|login| self.tree.find(login)), access) {
            (Some(login), Access::SelfOnly) => Access::Resources([login].into()),
            // It is looked at before the others.
            (Some(login), Access::Resources(others)) => {
                let others = others.iter().copied().filter(|other| *other != login);
                Access::Resources(std::iter::once(login).chain(others).collect())
            }
            (_, access) => access,
        }
    }
}
