//! Roles: named sets of resources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::acl::{Grants, ResourceId, Tree};
use super::complaint::{Complaint, Complaints, nearest};
use super::limitation::{Allowed, Limitation, Limited};
use super::rules::{LimitedRule, RoleRule, Rules};
use super::source::Source;
use crate::name::Name;
use crate::store::{StoredRole, Version};

/// The role that allows everything, also what is declared later.
pub const ADMINISTRATOR: &str = "administrator";

/// A role, compiled.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: Name,
    /// What people see.
    pub title: Option<Box<str>>,
    /// Where it comes from.
    pub origin: RoleOrigin,
    /// What it allows, as it was written.
    pub allow: Box<[ResourceId]>,
    /// What it allows without what is below, as it was written. A role that was made at run time has none here: all that it
    /// allows is meant so.
    pub only: Box<[ResourceId]>,
    /// What it denies, as it was written.
    pub deny: Box<[ResourceId]>,
    /// What it allows within limitations.
    pub limited: Box<[Limited]>,
    /// Everything that it allows.
    pub(crate) allowed: Grants,
    /// Everything that it denies, whatever other roles allow.
    pub(crate) denied: Grants,
    version: Version,
}

/// Where a role comes from.
#[derive(Clone, Debug)]
pub enum RoleOrigin {
    /// Doorward has it.
    BuiltIn,
    /// A file has it; it cannot be changed elsewhere.
    File(Source),
    /// It was made at run time.
    Stored,
}

impl Role {
    /// What the role grants to somebody who has no other.
    pub fn grants(&self) -> Grants {
        let mut grants = self.allowed.clone();
        grants.subtract(&self.denied);
        grants
    }

    /// What somebody must have to decide about those who have the role: what it grants. One that was made at run time reaches as
    /// far as all that it allows, since what it denies itself may be lifted at any time; what a file denies stays.
    pub fn reach(&self) -> Grants {
        match self.origin {
            RoleOrigin::Stored => self.allowed.clone(),
            RoleOrigin::BuiltIn | RoleOrigin::File(_) => self.grants(),
        }
    }

    /// Where it is written.
    pub(crate) fn source(&self) -> Source {
        match &self.origin {
            RoleOrigin::File(source) => source.clone(),
            RoleOrigin::BuiltIn | RoleOrigin::Stored => Source::made_by("the store"),
        }
    }

    /// Which state of the role this is: that of the store, also where it names resources that are gone.
    pub fn version(&self) -> Version {
        self.version
    }
}

/// Compiles the roles of files, of the store, and the built-in one.
pub(crate) fn compile(
    tree: &Tree,
    rules: &[Rules],
    stored: &[StoredRole],
    complaints: &mut Complaints,
    warnings: &mut Vec<Complaint>,
) -> BTreeMap<Name, Role> {
    let mut roles = BTreeMap::new();
    let administrator = administrator(tree);
    roles.insert(administrator.name.clone(), administrator);
    for file in rules {
        for (name, rule) in &file.roles {
            let source = file.source(&format!("role.{name}"));
            if let Some(first) = roles.get(name) {
                complaints.push(clash(name, source.clone(), &first.origin));
                continue;
            }
            let role = from_file(tree, file, name, rule, source, complaints, warnings);
            roles.insert(name.clone(), role);
        }
    }
    add_stored(tree, stored, &mut roles, complaints, warnings);
    roles
}

/// Adds the roles of the store.
pub(crate) fn add_stored(
    tree: &Tree,
    stored: &[StoredRole],
    roles: &mut BTreeMap<Name, Role>,
    complaints: &mut Complaints,
    warnings: &mut Vec<Complaint>,
) {
    for stored in stored {
        if let Some(first) = roles.get(&stored.name) {
            let source = first.source();
            let text = format!("the role `{}` is in the store too", stored.name);
            let fix = format!("rename it here, or run `doorward role remove {}`", stored.name);
            complaints.push(Complaint::new(source, text).fix(fix));
            continue;
        }
        roles.insert(stored.name.clone(), from_store(tree, stored, warnings));
    }
}

fn administrator(tree: &Tree) -> Role {
    let mut allowed = Grants::none(tree.len());
    tree.all().for_each(|id| allowed.add(id));
    let name = Name::parse(ADMINISTRATOR).expect("the word is a name");
    let version = StoredRole { name: name.clone(), allow: vec![], deny: vec![] }.version();
    Role {
        name,
        title: Some("Administrator".into()),
        origin: RoleOrigin::BuiltIn,
        allow: tree.roots().collect(),
        only: Box::default(),
        deny: Box::default(),
        limited: Box::default(),
        allowed,
        denied: Grants::none(tree.len()),
        version,
    }
}

fn clash(name: &Name, source: Source, first: &RoleOrigin) -> Complaint {
    match first {
        RoleOrigin::File(first) => Complaint::new(source, format!("the role `{name}` is declared twice"))
            .other(first.clone())
            .fix("rename one of them"),
        RoleOrigin::BuiltIn | RoleOrigin::Stored => {
            Complaint::new(source, format!("the role `{name}` is Doorward's own")).fix("choose another name")
        }
    }
}

fn from_file(
    tree: &Tree,
    file: &Rules,
    name: &Name,
    rule: &RoleRule,
    source: Source,
    complaints: &mut Complaints,
    warnings: &mut Vec<Complaint>,
) -> Role {
    let mut ids = |key: &str, names: &[String]| -> Box<[ResourceId]> {
        let mut found = Vec::with_capacity(names.len());
        for (place, resource) in names.iter().enumerate() {
            match tree.find(resource) {
                Some(id) => found.push(id),
                None => {
                    let source = file.source(&format!("role.{name}.{key}.{place}"));
                    complaints.push(unknown_resource(tree, source, resource));
                }
            }
        }
        found.into()
    };
    let (allow, only, deny) = (ids("allow", &rule.allow), ids("only", &rule.only), ids("deny", &rule.deny));
    let within: Vec<_> =
        rule.limited.iter().enumerate().map(|(at, rule)| ids(&format!("limited.{at}.allow"), &rule.allow)).collect();
    let written = rule.limited.iter().zip(within).enumerate();
    let limited: Vec<Limited> = written
        .map(|(at, (rule, allow))| {
            let path = format!("role.{name}.limited.{at}");
            let to = limitations(file, &path, rule, complaints);
            let mut granted = Grants::none(tree.len());
            allow.iter().for_each(|id| granted.add_range(tree.range(*id)));
            Limited { allow, to, granted }
        })
        .collect();
    let (mut allowed, mut denied) = (Grants::none(tree.len()), Grants::none(tree.len()));
    allow.iter().for_each(|id| allowed.add_range(tree.range(*id)));
    for (place, id) in only.iter().enumerate() {
        if let Some(above) = allow.iter().find(|above| tree.range(**above).contains(&id.0)) {
            let text =
                format!("`{}` is allowed with all below it, since `allow` has `{}`", tree.name(*id), tree.name(*above));
            let complaint = Complaint::new(file.source(&format!("role.{name}.only.{place}")), text);
            warnings.push(complaint.fix("name it once: in `only` to leave out what is below, or in `allow`"));
        }
        allowed.add(*id);
    }
    deny.iter().for_each(|id| denied.add_range(tree.range(*id)));
    tree.complete(&mut allowed);
    limited.iter().for_each(|limited| allowed.limit(limited.clone()));
    let limited = limited.into();
    let title = rule.title.as_deref().map(Into::into);
    // No id has a space: these are none of those.
    let alone = rule.only.iter().map(|id| format!("{id} alone"));
    let all = rule.allow.iter().cloned().chain(alone).collect();
    let version = StoredRole { name: name.clone(), allow: all, deny: rule.deny.clone() }.version();
    let origin = RoleOrigin::File(source);
    Role { name: name.clone(), title, origin, allow, only, deny, limited, allowed, denied, version }
}

/// The limitations of a rule. One without any would be no limit.
fn limitations(file: &Rules, path: &str, rule: &LimitedRule, complaints: &mut Complaints) -> Arc<[Limitation]> {
    if rule.to.is_empty() {
        let complaint = Complaint::new(file.source(&format!("{path}.to")), "nothing limits what is allowed here");
        complaints.push(complaint.fix("name a limitation, or put the resources into `allow` of the role"));
    }
    let mut all = Vec::with_capacity(rule.to.len());
    for (name, values) in &rule.to {
        let key = format!("{path}.to.{name}");
        if values.is_empty() {
            let complaint = Complaint::new(file.source(&key), format!("no value meets the limitation `{name}`"));
            complaints.push(complaint.fix("name one, or take it all out"));
        }
        let mut allowed = Vec::with_capacity(values.len());
        for (place, text) in values.iter().enumerate() {
            match Allowed::parse(text) {
                Ok(value) => allowed.push(value),
                Err(wrong) => {
                    let source = file.source(&format!("{key}.{place}"));
                    complaints.push(Complaint::new(source, wrong).fix("such as `%user_id%`, or `[\"1\", \"2\"]`"));
                }
            }
        }
        all.push(Limitation { name: name.clone(), values: allowed.into() });
    }
    all.into()
}

/// A stored role was expanded when it was saved: it allows what it names and nothing below. What it denies, it denies
/// for everything below, as ever.
pub(crate) fn from_store(tree: &Tree, stored: &StoredRole, warnings: &mut Vec<Complaint>) -> Role {
    let mut ids = |names: &[String]| -> Box<[ResourceId]> {
        let mut found = Vec::with_capacity(names.len());
        for resource in names {
            match tree.find(resource) {
                Some(id) => found.push(id),
                None => {
                    let text = format!("the stored role `{}` names `{resource}`, which is gone", stored.name);
                    warnings.push(Complaint::new(Source::made_by("the store"), text).fix("save the role again"));
                }
            }
        }
        found.into()
    };
    let (allow, deny) = (ids(&stored.allow), ids(&stored.deny));
    let (mut allowed, mut denied) = (Grants::none(tree.len()), Grants::none(tree.len()));
    allow.iter().for_each(|id| allowed.add(*id));
    tree.complete(&mut allowed);
    deny.iter().for_each(|id| denied.add_range(tree.range(*id)));
    let name = stored.name.clone();
    let version = stored.version();
    let (only, limited) = (Box::default(), Box::default());
    Role { name, title: None, origin: RoleOrigin::Stored, allow, only, deny, limited, allowed, denied, version }
}

/// A resource that the ACL does not have.
pub(crate) fn unknown_resource(tree: &Tree, source: Source, name: &str) -> Complaint {
    let complaint = Complaint::new(source, format!("the ACL has no resource `{name}`"));
    match nearest(name, tree.names()) {
        Some(meant) => complaint.fix(format!("did you mean `{meant}`?")),
        None => complaint.fix("declare it under `[[acl]]`"),
    }
}
