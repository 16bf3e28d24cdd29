//! What Kirby's dialect asks of every route below its root.

use std::sync::Arc;

use super::Workshop;
use crate::policy::kirby;
use crate::policy::profile::{Profile, Wording};
use crate::policy::route::Access;
use crate::policy::settings::CorsSettings;

impl Workshop<'_> {
    /// A user whom Kirby's clients could not do anything with may do nothing below its root.
    pub(super) fn behind_panel(&self, access: Access, profile: &Profile) -> Access {
        let panel = Some(kirby::PANEL).filter(|_| profile.wording == Wording::Kirby);
        match (panel.and_then(|panel| self.tree.find(panel)), access) {
            (Some(panel), Access::SelfOnly) => Access::Resources([panel].into()),
            // It is looked at before the others.
            (Some(panel), Access::Resources(others)) => {
                let others = others.iter().copied().filter(|other| *other != panel);
                Access::Resources(std::iter::once(panel).chain(others).collect())
            }
            (_, access) => access,
        }
    }

    /// What scripts of other origins may do, where the dialect says so itself.
    pub(super) fn cors_of_dialect(&self, profile: &Profile) -> Option<Arc<CorsSettings>> {
        kirby::cors_of(&self.settings.dialect).filter(|_| profile.wording == Wording::Kirby)
    }
}
