//! What is compiled in another way where Magento's own verdicts are asked for.

use super::Workshop;
use crate::name::Name;
use crate::policy::complaint::Complaint;
use crate::policy::profile::Profile;
use crate::policy::route::{Access, RealmId, Route};
use crate::policy::table::{Asked, RouteId, Table};

impl Workshop<'_> {
    /// Whose sessions count on a route. Magento finds out who is calling before it knows the route: a customer counts on all
    /// routes then, and an administrator too.
    pub(super) fn realms_of_magento(
        &self,
        found: Vec<(RealmId, Name)>,
        access: &Access,
        profile: &Profile,
    ) -> Vec<(RealmId, Name)> {
        let Some(magento) = self.settings.dialect.magento.as_ref().filter(|_| profile.exact) else { return found };
        let both = [&magento.customers, &magento.admins];
        let asks = matches!(access, Access::SelfOnly | Access::Resources(_));
        if !asks || found.is_empty() || found.iter().any(|(_, name)| !both.contains(&name)) {
            return found;
        }
        let mut realms = Vec::with_capacity(both.len());
        for name in both {
            if let Some(id) = self.realm_id(name).filter(|id| realms.iter().all(|(known, _)| known != id)) {
                realms.push((id, name.clone()));
            }
        }
        realms
    }

    /// Puts a route where Magento looks for it.
    pub(super) fn reorder(&mut self, table: &mut Table, route: &Route, asked: Asked, id: RouteId) {
        if !route.profile.exact || route.pattern.has_rest() {
            return;
        }
        let roots = self.roots.iter().filter(|(profile, _)| profile.exact);
        let Some((_, root)) = roots.max_by_key(|(_, root)| root.segments().len()) else { return };
        if !table.reorder(route.host.as_deref(), root, &route.pattern, asked, id) {
            let text = format!(
                "`{route}` is never found: Magento looks for routes by the first two segments of their paths, without parameters"
            );
            let complaint = Complaint::new(route.source.clone(), text);
            self.warnings.push(complaint.fix("write both out, or `compat = \"strict\"`"));
        }
    }
}
