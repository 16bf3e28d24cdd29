//! What Magento's dialect asks beside what a route says.

use crate::head::Head;
use crate::policy::builtin::ALL;
use crate::policy::{Policy, Profile, Route};
use crate::user::User;

/// Whether somebody may use a route that asks for `self`: an administrator who may everything, and a customer wherever
/// customers are; behind the store code `all` there are none.
pub(super) fn may_self(policy: &Policy, route: &Route, head: &Head<'_>, user: &User) -> bool {
    if route.profile.name != Profile::MAGENTO.name {
        return true;
    }
    let Some(magento) = &policy.dialect_settings().magento else { return true };
    if user.realm == magento.admins && magento.admins != magento.customers {
        return may_everything(policy, user);
    }
    let rest = policy.dialect(&Profile::MAGENTO).and_then(|dialect| head.path.as_str().strip_prefix(dialect.root()));
    !rest.is_some_and(|rest| rest.starts_with("/all/"))
}

/// Whether all resources that the rules declare are granted; those of Doorward itself are none of theirs.
fn may_everything(policy: &Policy, user: &User) -> bool {
    let (tree, grants) = (policy.resources(), policy.grants(&user.roles));
    let own = tree.find(ALL).map(|id| tree.range(id)).unwrap_or_default();
    let mut declared = tree.all().filter(|id| !own.contains(&id.0)).peekable();
    declared.peek().is_some() && declared.all(|id| grants.has(id))
}
