//! The tree of resources and sets of them, against a walk so simple that it must be right.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A tree as a list of parents: resource `n` hangs below `parents[n]`, which comes before it.
pub(super) fn parents() -> impl Strategy<Value = Vec<Option<usize>>> {
    vec(any::<prop::sample::Index>(), 1..30).prop_map(|indices| {
        // The place itself stands for no parent.
        let parent =
            |(place, index): (usize, prop::sample::Index)| Some(index.index(place + 1)).filter(|above| *above < place);
        indices.into_iter().enumerate().map(parent).collect()
    })
}

pub(super) fn resource(number: usize) -> String {
    format!("X::r{number}")
}

/// The tree as people write it.
pub(super) fn tree(parents: &[Option<usize>]) -> String {
    fn below(parents: &[Option<usize>], above: usize) -> String {
        let here = parents.iter().enumerate().filter(|(_, parent)| **parent == Some(above));
        let all = here
            .map(|(number, _)| format!("{{ id = \"{}\", children = [{}] }}", resource(number), below(parents, number)));
        all.collect::<Vec<_>>().join(", ")
    }
    let roots = parents.iter().enumerate().filter(|(_, parent)| parent.is_none());
    roots
        .map(|(number, _)| format!("[[acl]]\nid = \"{}\"\nchildren = [{}]\n", resource(number), below(parents, number)))
        .collect()
}

/// Whether a resource is another one or stands somewhere below it: up from one parent to the next.
pub(super) fn is_within(parents: &[Option<usize>], mut number: usize, above: usize) -> bool {
    loop {
        if number == above {
            return true;
        }
        match parents[number] {
            Some(parent) => number = parent,
            None => return false,
        }
    }
}

fn planted(parents: &[Option<usize>]) -> Tree {
    let rules = Rules::parse("rules.toml", &tree(parents), &nothing).expect("rules");
    let mut complaints = Complaints::default();
    let tree = Tree::compile(&[rules], &mut complaints);
    assert!(complaints.is_empty(), "{complaints}");
    tree
}

proptest! {
    #[test]
    fn a_subtree_is_what_a_walk_upwards_finds(parents in parents()) {
        let tree = planted(&parents);
        let id = |number: usize| tree.find(&resource(number)).expect("a resource");
        for above in 0..parents.len() {
            let found: BTreeSet<ResourceId> = tree.subtree(id(above)).collect();
            let expected = (0..parents.len()).filter(|number| is_within(&parents, *number, above)).map(id).collect();
            prop_assert_eq!(found, expected);
            let children: BTreeSet<ResourceId> = tree.children(id(above)).collect();
            let expected = (0..parents.len()).filter(|number| parents[*number] == Some(above)).map(id).collect();
            prop_assert_eq!(children, expected);
            prop_assert_eq!(tree.resource(id(above)).parent, parents[above].map(id));
        }
        prop_assert_eq!(tree.roots().count(), 1 + parents.iter().filter(|parent| parent.is_none()).count());
        prop_assert_eq!(tree.all().count(), 7 + parents.len());
    }

    #[test]
    fn grants_are_a_set(parents in parents(), one in vec(any::<prop::sample::Index>(), 0..10), two in vec(any::<prop::sample::Index>(), 0..10)) {
        let tree = planted(&parents);
        let pick = |indices: &[prop::sample::Index]| -> BTreeSet<u32> { indices.iter().map(|index| index.index(tree.len()) as u32).collect() };
        let (one, two) = (pick(&one), pick(&two));
        let of = |set: &BTreeSet<u32>| {
            let mut grants = Grants::none(tree.len());
            set.iter().for_each(|id| grants.add(ResourceId(*id)));
            grants
        };
        let list = |grants: &Grants| grants.iter().map(|id| id.0).collect::<BTreeSet<u32>>();
        let (mut united, mut left) = (of(&one), of(&one));
        united.unite(&of(&two));
        left.subtract(&of(&two));
        prop_assert_eq!(list(&united), one.union(&two).copied().collect());
        prop_assert_eq!(list(&left), one.difference(&two).copied().collect());
        prop_assert_eq!(of(&one).contains(&of(&two)), one.is_superset(&two));
        prop_assert_eq!(of(&one).lacks_of(&of(&two)).map(|id| id.0), two.difference(&one).next().copied());
        let wanted: Vec<ResourceId> = two.iter().map(|id| ResourceId(*id)).collect();
        prop_assert_eq!(of(&one).missing(&wanted).is_none(), one.is_superset(&two));
        prop_assert!(!of(&one).has(ResourceId(100_000)));
    }
}

#[test]
fn a_resource_is_declared_once() {
    let text = "[[acl]]\nid = \"X::a\"\nchildren = [{ id = \"X::b\" }]\n[[acl]]\nid = \"X::b\"\n";
    let complaint = complained(text, 5, "the resource `X::b` is declared twice", "declare it once");
    assert_eq!(complaint.other.map(|other| other.line()), Some(3));
    complained("[[acl]]\nid = \"Doorward::users\"\n", 2, "is declared twice", "declare it once");
}

#[test]
fn an_id_is_one_that_can_be_written_anywhere() {
    for id in ["", "a b", "a,b", "a\\\"b", "a`b", "a%b", "ä", &"x".repeat(129)] {
        complained(&format!("[[acl]]\nid = \"{id}\"\n"), 2, "1 to 128 visible ASCII characters", "`Shop::orders`");
    }
    for id in ["anonymous", "self", "deny"] {
        complained(&format!("[[acl]]\nid = \"{id}\"\n"), 2, "has a meaning of its own", "`Shop::orders`");
    }
    complained("[[acl]]\nid = \"Doorward::mine\"\n", 2, "Doorward's own", "`Shop::orders`");
    compiled("[[acl]]\nid = \"a/b:c.d-e_f\"\n");
}

#[test]
fn trees_of_several_files_stand_beside_each_other() {
    let (settings, one) = Settings::parse("doorward.toml", "[[acl]]\nid = \"X::a\"\n", &nothing).expect("settings");
    let two = Rules::parse("more.toml", "[[acl]]\nid = \"Y::a\"\n[role.r]\nallow = [\"X::a\", \"Y::a\"]\n", &nothing)
        .expect("rules");
    let policy = Policy::compile(&Draft::new(&settings, &[one, two])).expect("a policy");
    assert_eq!(policy.grants(&[name("r")]).iter().count(), 2);
}
