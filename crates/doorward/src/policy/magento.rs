//! What Magento's dialect asks beside what a route says.

use super::Policy;
use super::builtin::ALL;
use super::profile::Profile;
use super::route::Route;
use crate::name::Name;

impl Policy {
    /// Whether a user of a realm, with these roles, may use a route that asks for `self`: an administrator who may everything,
    /// and a customer wherever customers are; behind the store code `all` there are none.
    pub(crate) fn may_self(&self, route: &Route, path: &str, realm: &Name, roles: &[Name]) -> bool {
        if route.profile.name != Profile::MAGENTO.name {
            return true;
        }
        let Some(magento) = &self.dialect_settings.magento else { return true };
        if *realm == magento.admins && magento.admins != magento.customers {
            return self.may_everything(roles);
        }
        let rest = self.dialect(&Profile::MAGENTO).and_then(|dialect| path.strip_prefix(dialect.root()));
        !rest.is_some_and(|rest| rest.starts_with("/all/"))
    }

    /// Whether all resources that the rules declare are granted; those of Doorward itself are none of theirs.
    fn may_everything(&self, roles: &[Name]) -> bool {
        let (tree, grants) = (self.resources(), self.grants(roles));
        let own = tree.find(ALL).map(|id| tree.range(id)).unwrap_or_default();
        let mut declared = tree.all().filter(|id| !own.contains(&id.0)).peekable();
        declared.peek().is_some() && declared.all(|id| grants.has(id))
    }
}
