//! The tree of resources, and sets of them.

use std::collections::HashMap;
use std::ops::Range;

use super::binding::Bound;
use super::complaint::{Complaint, Complaints};
use super::force::Values;
use super::limitation::Limited;
use super::rules::{AclRule, Rules};
use super::source::Source;

/// A resource of a [`Tree`]: its place in it, parents before children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub u32);

impl ResourceId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// One resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The id that people write.
    pub name: Box<str>,
    /// What people see.
    pub title: Option<Box<str>>,
    /// The resource above.
    pub parent: Option<ResourceId>,
    /// Where it was written.
    pub source: Source,
    /// The first resource after it that is not below it.
    end: u32,
}

/// The tree of resources. Those below a resource follow it without a gap, so that each subtree is a range.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    resources: Vec<Resource>,
    by_name: HashMap<Box<str>, ResourceId>,
    /// A resource that stands for all that files declare.
    pub(super) everything: Option<ResourceId>,
}

impl Tree {
    /// The tree of some files, behind Doorward's own resources.
    pub(crate) fn compile(rules: &[Rules], complaints: &mut Complaints) -> Self {
        let mut tree = Self::default();
        tree.plant(&super::builtin::resources(), None, "", None, complaints);
        for file in rules {
            for (place, rule) in file.acl.iter().enumerate() {
                tree.plant(rule, None, &format!("acl.{place}"), Some(file), complaints);
            }
        }
        tree
    }

    /// The resource of this name.
    pub fn find(&self, name: &str) -> Option<ResourceId> {
        self.by_name.get(name).copied()
    }

    /// What is known of a resource.
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.index()]
    }

    /// The name of a resource.
    pub fn name(&self, id: ResourceId) -> &str {
        &self.resource(id).name
    }

    /// Adds all that files declare, where the resource that stands for that is granted.
    pub(crate) fn complete(&self, grants: &mut Grants) {
        if self.everything.is_some_and(|everything| grants.has(everything)) {
            let own = self.find(super::builtin::ALL).map(|id| self.range(id)).unwrap_or_default();
            self.all().filter(|id| !own.contains(&id.0)).for_each(|id| grants.add(id));
        }
    }

    /// A resource and all below it.
    pub fn subtree(&self, id: ResourceId) -> impl Iterator<Item = ResourceId> + use<> {
        self.range(id).map(ResourceId)
    }

    /// The resources right below one.
    pub fn children(&self, id: ResourceId) -> impl Iterator<Item = ResourceId> {
        self.subtree(id).filter(move |below| self.resource(*below).parent == Some(id))
    }

    /// The resources with none above.
    pub fn roots(&self) -> impl Iterator<Item = ResourceId> {
        self.all().filter(|id| self.resource(*id).parent.is_none())
    }

    /// All resources, parents before children.
    pub fn all(&self) -> impl Iterator<Item = ResourceId> + use<> {
        (0..self.resources.len() as u32).map(ResourceId)
    }

    /// The names of all resources.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(|resource| &*resource.name)
    }

    pub(crate) fn range(&self, id: ResourceId) -> Range<u32> {
        id.0..self.resource(id).end
    }

    pub(crate) fn len(&self) -> usize {
        self.resources.len()
    }

    /// Adds a resource and those below it, depth first.
    fn plant(
        &mut self,
        rule: &AclRule,
        parent: Option<ResourceId>,
        path: &str,
        file: Option<&Rules>,
        complaints: &mut Complaints,
    ) {
        let id = ResourceId(self.resources.len() as u32);
        let source = file.map_or_else(|| Source::made_by("built in"), |file| file.source(&format!("{path}.id")));
        if let Some(first) = self.by_name.get(rule.id.as_str()) {
            let complaint = Complaint::new(source.clone(), format!("the resource `{}` is declared twice", rule.id));
            let first = self.resource(*first).source.clone();
            complaints.push(complaint.other(first).fix("declare it once, with all its children"));
        } else if file.is_some()
            && let Some(wrong) = name_is_wrong(&rule.id)
        {
            complaints.push(Complaint::new(source.clone(), wrong).fix("write an id such as `Shop::orders`"));
        }
        self.by_name.entry(rule.id.as_str().into()).or_insert(id);
        let title = rule.title.as_deref().map(Into::into);
        self.resources.push(Resource { name: rule.id.as_str().into(), title, parent, source, end: 0 });
        for (place, child) in rule.children.iter().enumerate() {
            self.plant(child, Some(id), &format!("{path}.children.{place}"), file, complaints);
        }
        self.resources[id.index()].end = self.resources.len() as u32;
    }
}

/// What is wrong with a name that a file gives to a resource.
fn name_is_wrong(name: &str) -> Option<String> {
    let safe = name.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b'"' | b'`' | b'\\' | b'%'));
    if !safe || !(1..=128).contains(&name.len()) {
        return Some("the id of a resource has 1 to 128 visible ASCII characters, without `,`, `\"` and `%`".into());
    }
    if matches!(name, "anonymous" | "self" | "deny") {
        return Some(format!("`{name}` has a meaning of its own"));
    }
    name.starts_with("Doorward::").then(|| "resources that begin with `Doorward::` are Doorward's own".into())
}

/// A set of resources of one tree: one bit each; and beside it what is granted within limitations.
#[derive(Clone, Debug, PartialEq)]
pub struct Grants {
    bits: Box<[u64]>,
    limited: Vec<Limited>,
}

impl Grants {
    /// The empty set of a tree with so many resources.
    pub(crate) fn none(resources: usize) -> Self {
        Self { bits: vec![0; resources.div_ceil(64)].into(), limited: Vec::new() }
    }

    /// Whether a resource is in the set.
    pub fn has(&self, id: ResourceId) -> bool {
        self.bits.get(id.index() / 64).is_some_and(|word| word >> (id.0 % 64) & 1 == 1)
    }

    /// The first of these resources that is not in the set.
    pub fn missing(&self, wanted: &[ResourceId]) -> Option<ResourceId> {
        wanted.iter().copied().find(|id| !self.has(*id))
    }

    /// The first of these resources that is neither in the set nor granted within limitations that a request meets.
    pub(crate) fn missing_within(
        &self,
        wanted: &[ResourceId],
        bound: &Bound,
        caller: Option<Values<'_>>,
    ) -> Option<ResourceId> {
        let met = |id: ResourceId| self.limited.iter().any(|one| one.has(id) && one.is_met(bound, caller));
        wanted.iter().copied().find(|id| !self.has(*id) && !met(*id))
    }

    /// Whether all of these resources are granted, and what of a request that depends on. `bound` is asked for only where
    /// something is granted within limitations.
    ///
    /// # Errors
    /// The first resource that is not granted.
    pub(crate) fn suffice(
        &self,
        wanted: &[ResourceId],
        bound: impl FnOnce() -> Bound,
        caller: Option<Values<'_>>,
    ) -> Result<Option<Bound>, ResourceId> {
        let Some(missing) = self.missing(wanted) else { return Ok(None) };
        if self.limited.is_empty() {
            return Err(missing);
        }
        let bound = bound();
        match self.missing_within(wanted, &bound, caller) {
            None => Ok(Some(bound)),
            Some(missing) => Err(missing),
        }
    }

    /// What is granted within limitations alone.
    pub fn limited(&self) -> &[Limited] {
        &self.limited
    }

    /// The resources in the set, in the order of the tree, without those that are granted within limitations.
    pub fn iter(&self) -> impl Iterator<Item = ResourceId> {
        let all = 0..(self.bits.len() * 64) as u32;
        all.map(ResourceId).filter(|id| self.has(*id))
    }

    /// Whether everything of `other` is in this set.
    pub fn contains(&self, other: &Self) -> bool {
        self.lacks_of(other).is_none()
    }

    /// The first resource of `other` that is not in this set, or not within the same limitations at most.
    pub fn lacks_of(&self, other: &Self) -> Option<ResourceId> {
        let lacks = |theirs: &Limited, id: ResourceId| {
            let same = |mine: &Limited| mine.to == theirs.to && mine.has(id);
            !self.has(id) && !self.limited.iter().any(same)
        };
        let limited = |theirs: &Limited| theirs.granted.iter().find(|id| lacks(theirs, *id));
        other.iter().find(|id| !self.has(*id)).or_else(|| other.limited.iter().find_map(limited))
    }

    pub(crate) fn limit(&mut self, limited: Limited) {
        self.limited.push(limited);
    }

    pub(crate) fn add(&mut self, id: ResourceId) {
        if let Some(word) = self.bits.get_mut(id.index() / 64) {
            *word |= 1 << (id.0 % 64);
        }
    }

    pub(crate) fn add_range(&mut self, range: Range<u32>) {
        range.for_each(|id| self.add(ResourceId(id)));
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, theirs)| *mine |= theirs);
        self.limited.extend(other.limited.iter().cloned());
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, theirs)| *mine &= !theirs);
        self.limited.iter_mut().for_each(|limited| limited.granted.subtract(other));
    }
}
