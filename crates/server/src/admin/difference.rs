//! What a change would allow and deny, in words.

use doorward::GrantsChange;
use doorward::policy::{Access, Grants, Policy, RealmId, ResourceId, Route};

/// The names of resources that are granted afterwards and are not now.
pub(super) fn more(policy: &Policy, GrantsChange { before, after }: &GrantsChange) -> Vec<String> {
    beyond(policy, after, before)
}

/// The names of resources that are granted now and will not be any more.
pub(super) fn less(policy: &Policy, GrantsChange { before, after }: &GrantsChange) -> Vec<String> {
    beyond(policy, before, after)
}

fn beyond(policy: &Policy, these: &Grants, others: &Grants) -> Vec<String> {
    these.iter().filter(|id| !others.has(*id)).map(|id| policy.resources().name(id).to_owned()).collect()
}

/// The routes that are open afterwards and are not now, to people of one realm, if one is named.
pub(super) fn opened(
    policy: &Policy,
    realm: Option<RealmId>,
    GrantsChange { before, after }: &GrantsChange,
) -> Vec<String> {
    routes(policy, realm, |wanted| after.missing(wanted).is_none() && before.missing(wanted).is_some())
}

/// The routes that are open now and will not be any more, to people of one realm, if one is named.
pub(super) fn closed(
    policy: &Policy,
    realm: Option<RealmId>,
    GrantsChange { before, after }: &GrantsChange,
) -> Vec<String> {
    routes(policy, realm, |wanted| before.missing(wanted).is_none() && after.missing(wanted).is_some())
}

/// The routes that ask for something that is denied afterwards, while now nothing is that they ask for.
pub(super) fn shut(policy: &Policy, GrantsChange { before, after }: &GrantsChange) -> Vec<String> {
    let denies = |denied: &Grants, wanted: &[ResourceId]| wanted.iter().any(|id| denied.has(*id));
    routes(policy, None, |wanted| denies(after, wanted) && !denies(before, wanted))
}

fn routes(policy: &Policy, realm: Option<RealmId>, is_one: impl Fn(&[ResourceId]) -> bool) -> Vec<String> {
    let is_one = |route: &&Route| match &route.access {
        Access::Resources(wanted) => realm.is_none_or(|realm| route.realms.contains(&realm)) && is_one(wanted),
        Access::Anonymous | Access::SelfOnly | Access::Deny => false,
    };
    policy.routes().iter().filter(is_one).map(ToString::to_string).collect()
}
