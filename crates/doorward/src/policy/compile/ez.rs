//! What eZ Platform's dialect asks of every route below its root.

use super::Workshop;
use super::declared::Written;
use crate::policy::pattern::Pattern;
use crate::policy::profile::{Profile, Wording};
use crate::policy::route::Access;
use crate::policy::siteaccess;

impl Workshop<'_> {
    /// Below the root for Basic stands what stands below the usual one: a route of its own there would never be asked.
    pub(super) fn refuse_below_basic_root(&mut self, here: &Written<'_>, pattern: &Pattern) {
        let Some(ez) = &self.settings.dialect.ez else { return };
        let Some(Ok(basic)) = Some(&ez.basic_root).filter(|root| !root.is_empty()).map(|root| Pattern::parse(root))
        else {
            return;
        };
        let is_below = |root: &Pattern| pattern.segments().starts_with(root.segments());
        let usual = Pattern::parse(ez.root()).ok();
        let is_usual = usual.is_some_and(|root| root.segments().len() > basic.segments().len() && is_below(&root));
        if is_below(&basic) && !is_usual {
            let text =
                format!("below `basic_root` stands what stands below `{}`: this route is never asked", ez.root());
            let fix = format!("write it with `{}` at its beginning", ez.root());
            self.complaints.push(here.complaint("match", text).fix(fix));
        }
    }

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
