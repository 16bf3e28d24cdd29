//! Who may what: the policy's answer against a second one, written straight from the documentation.

use proptest::collection::vec;
use proptest::prelude::*;

use super::acl::{is_within, parents, resource, tree};
use super::*;
use crate::store::StoredRole;

pub(super) const REALMS: [&str; 2] = ["admin", "customer"];
pub(super) const HOST: &str = "shop.example";

#[derive(Clone, Debug)]
pub(super) struct RoleModel {
    stored: bool,
    allow: Vec<usize>,
    deny: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum AccessModel {
    Anonymous,
    SelfOnly,
    Deny,
    Resources(Vec<usize>),
}

#[derive(Clone, Debug)]
pub(super) struct RouteModel {
    access: AccessModel,
    /// Places in [`REALMS`].
    realms: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    parents: Vec<Option<usize>>,
    pub(super) roles: Vec<RoleModel>,
    /// The roles of guests of each realm.
    guests: [Vec<usize>; 2],
    pub(super) routes: Vec<RouteModel>,
}

#[derive(Clone, Debug)]
pub(super) struct CallerModel {
    pub(super) realm: Option<usize>,
    pub(super) roles: Vec<usize>,
}

pub(super) fn world() -> impl Strategy<Value = World> {
    parents().prop_flat_map(|parents| {
        let some = vec(0..parents.len(), 0..4);
        let role =
            (any::<bool>(), some.clone(), some).prop_map(|(stored, allow, deny)| RoleModel { stored, allow, deny });
        let access = prop_oneof![
            1 => Just(AccessModel::Anonymous),
            1 => Just(AccessModel::SelfOnly),
            1 => Just(AccessModel::Deny),
            5 => vec(0..parents.len(), 1..4).prop_map(AccessModel::Resources),
        ];
        let realms = prop::sample::select(vec![vec![0], vec![1], vec![0, 1], vec![1, 0]]);
        let routes = vec((access, realms).prop_map(|(access, realms)| RouteModel { access, realms }), 1..6);
        let roles = vec(role, 1..6);
        (Just(parents), roles, routes).prop_flat_map(|(parents, roles, routes)| {
            let some = vec(0..roles.len(), 0..3);
            (some.clone(), some).prop_map(move |(admin, customer)| World {
                parents: parents.clone(),
                roles: roles.clone(),
                guests: [admin, customer],
                routes: routes.clone(),
            })
        })
    })
}

fn quoted(names: impl Iterator<Item = String>) -> String {
    format!("[{}]", names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

pub(super) fn role_name(number: usize) -> String {
    format!("role{number}")
}

impl World {
    pub(super) fn policy(&self) -> Policy {
        let mut text = "public_url = \"http://shop.example\"\n[admin]\nrealm = \"admin\"\n".to_owned();
        for (place, realm) in REALMS.iter().enumerate() {
            let roles = quoted(self.guests[place].iter().map(|role| role_name(*role)));
            text.push_str(&format!("[realm.{realm}]\nguest_roles = {roles}\n"));
        }
        text.push_str(&tree(&self.parents));
        let names = |numbers: &[usize]| quoted(numbers.iter().map(|number| resource(*number)));
        for (number, role) in self.roles.iter().enumerate().filter(|(_, role)| !role.stored) {
            let (allow, deny) = (names(&role.allow), names(&role.deny));
            text.push_str(&format!("[role.{}]\nallow = {allow}\ndeny = {deny}\n", role_name(number)));
        }
        for (number, model) in self.routes.iter().enumerate() {
            let access = match &model.access {
                AccessModel::Anonymous => "\"anonymous\"".into(),
                AccessModel::SelfOnly => "\"self\"".into(),
                AccessModel::Deny => "\"deny\"".into(),
                AccessModel::Resources(resources) => names(resources),
            };
            let realms = quoted(model.realms.iter().map(|realm| REALMS[*realm].to_owned()));
            text.push_str(&route(&format!("GET /r/{number}"), &access, &format!("realm = {realms}")));
        }
        compiled(&text).with_stored_roles(&self.stored()).expect("no clash")
    }

    /// The roles that are in the store.
    pub(super) fn stored(&self) -> Vec<StoredRole> {
        let owned = |numbers: &[usize]| numbers.iter().map(|number| resource(*number)).collect();
        let stored = self.roles.iter().enumerate().filter(|(_, role)| role.stored).map(|(number, role)| StoredRole {
            name: name(&role_name(number)),
            allow: owned(&role.allow),
            deny: owned(&role.deny),
        });
        stored.collect()
    }

    /// Whether roles grant a resource: some role allows it, and none denies it.
    fn grants(&self, roles: &[usize], wanted: usize) -> bool {
        let within = |above: &usize| is_within(&self.parents, wanted, *above);
        let allows = |role: &RoleModel| match role.stored {
            // It was expanded when it was saved, and so names all that it allows.
            true => role.allow.contains(&wanted),
            false => role.allow.iter().any(within),
        };
        let mine = || roles.iter().map(|role| &self.roles[*role]);
        mine().any(allows) && !mine().any(|role| role.deny.iter().any(within))
    }

    /// The status that a caller sees.
    pub(super) fn expected(&self, route: &RouteModel, caller: &CallerModel) -> u16 {
        let known = caller.realm.is_some_and(|realm| route.realms.contains(&realm));
        match (&route.access, known) {
            (AccessModel::Anonymous, _) | (AccessModel::SelfOnly, true) => 200,
            (AccessModel::SelfOnly | AccessModel::Deny, false) => 401,
            (AccessModel::Deny, true) => 403,
            (AccessModel::Resources(wanted), true) => {
                if wanted.iter().all(|wanted| self.grants(&caller.roles, *wanted)) { 200 } else { 403 }
            }
            (AccessModel::Resources(wanted), false) => {
                let may = |realm: &usize| wanted.iter().all(|wanted| self.grants(&self.guests[*realm], *wanted));
                if route.realms.iter().any(may) { 200 } else { 401 }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_policy_says_what_the_documentation_says(world in world(), callers in vec((prop::option::of(0usize..2), vec(any::<prop::sample::Index>(), 0..4)), 1..12)) {
        let policy = world.policy();
        for (realm, indices) in callers {
            let roles: Vec<usize> = indices.iter().map(|index| index.index(world.roles.len())).collect();
            let caller = CallerModel { realm, roles };
            let names: Vec<Name> = caller.roles.iter().map(|role| name(&role_name(*role))).collect();
            for (number, model) in world.routes.iter().enumerate() {
                let question = Question {
                    method: "GET".into(),
                    path: format!("/r/{number}"),
                    host: Some(HOST.into()),
                    realm: caller.realm.map(|realm| name(REALMS[realm])),
                    roles: names.clone(),
                    ..Question::default()
                };
                let explained = policy.explain(Door::Public, &question);
                prop_assert_eq!(explained.status, world.expected(model, &caller), "{:?} {:?}", model, caller);
                prop_assert_eq!(explained.verdict == Outcome::Allow, explained.status == 200);
            }
            // And the set itself, resource by resource.
            let grants = policy.grants(&names);
            for number in 0..world.parents.len() {
                let id = policy.resources().find(&resource(number)).expect("a resource");
                prop_assert_eq!(grants.has(id), world.grants(&caller.roles, number));
            }
            let own = policy.resources().find(builtin::USERS).expect("a resource");
            prop_assert!(!grants.has(own));
        }
    }

    #[test]
    fn one_role_more_never_takes_a_deny_away(world in world(), indices in vec(any::<prop::sample::Index>(), 0..4), more in any::<prop::sample::Index>()) {
        let policy = world.policy();
        let mut roles: Vec<Name> = indices.iter().map(|index| name(&role_name(index.index(world.roles.len())))).collect();
        let before = policy.grants(&roles);
        let denied: Vec<ResourceId> = roles.iter().filter_map(|role| policy.roles().get(role)).flat_map(|role| role.denied.iter().collect::<Vec<_>>()).collect();
        roles.push(name(&role_name(more.index(world.roles.len()))));
        let after = policy.grants(&roles);
        prop_assert!(denied.iter().all(|id| !before.has(*id) && !after.has(*id)));
    }
}
