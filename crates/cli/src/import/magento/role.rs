//! Roles of administrators, from exports of `authorization_role` and `authorization_rule`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use doorward::policy::MagentoCompat;

use super::finding::{Findings, Place, Wrong};
use super::grants::{ALL, Flat, Form};
use super::module::text_of;
use super::records::{LONGEST, Records};
use super::text::{list_of, quoted};
use super::tree::Resource;

/// A role as rules have it.
pub struct Role {
    pub name: String,
    title: String,
    form: Form,
}

/// All roles, and who has which.
#[derive(Default)]
pub struct Roles {
    pub all: Vec<Role>,
    /// The role of each administrator, by number.
    pub of_admins: BTreeMap<String, String>,
}

impl Roles {
    /// Reads both tables. Resources beside the tree, which no module declares, come last, `undeclared` of them.
    pub fn read(
        roles: &Path,
        rules: &Path,
        resources: &[Resource],
        undeclared: usize,
        compat: MagentoCompat,
        findings: &mut Findings,
    ) -> Self {
        const ROLE: [&str; 6] = ["role_id", "parent_id", "role_type", "user_id", "user_type", "role_name"];
        let groups = table(roles, &ROLE, findings);
        let rows = table(rules, &["role_id", "resource_id", "permission"], findings);
        let (Some(groups), Some(rows)) = (groups, rows) else { return Self::default() };
        let (declared, _) = resources.split_at(resources.len() - undeclared);
        let flat = Flat::of(declared);
        let by_role = rules_of(&rows, &flat, findings);
        let known: HashSet<&str> = by_role.values().flatten().map(|(id, _)| id.as_str()).collect();
        let mut read = Self::default();
        let mut names: HashMap<String, String> = HashMap::new();
        for group in groups.rows.iter().filter(|row| row.get("role_type") == Some("G")) {
            let place = groups.place(group);
            let number =
                group.get("role_id").filter(|id| id.len() < 12 && id.bytes().all(|byte| byte.is_ascii_digit()));
            let (Some(id), Some(title)) = (number, group.get("role_name")) else {
                findings.refuse(&place, "a role without a number or a name is left out");
                continue;
            };
            let name = named(title, id, &read.all);
            names.insert(id.to_owned(), name.clone());
            let granted = flat.granted(by_role.get(id).map_or(&[], Vec::as_slice), &known, compat);
            let mut form = flat.form(&granted);
            match (granted.everything, compat) {
                (true, MagentoCompat::Exact) if flat.has(ALL) => {
                    form = Form { allow: vec![ALL.to_owned()], ..Form::default() }
                }
                (true, _) => form.allow = resources.iter().map(|root| root.id.clone()).collect(),
                // There it would stand for what the role was denied, too.
                (false, MagentoCompat::Exact) if form.allow.iter().any(|id| id == ALL) => {
                    form.allow.retain(|id| id != ALL);
                    let text = format!(
                        "the role `{title}` has `{ALL}`, and not all that it stands for: it is left out of the role"
                    );
                    findings.warn(&place, text);
                }
                (false, _) => {}
            }
            if !granted.is_something() {
                findings.warn(&place, format!("the role `{title}` allows nothing"));
            }
            read.all.push(Role { name, title: title.to_owned(), form });
        }
        for user in groups.rows.iter().filter(|row| row.get("role_type") == Some("U")) {
            // 2 is an administrator; integrations have no password to log in with.
            let (Some("2"), Some(id)) = (user.get("user_type"), user.get("user_id")) else { continue };
            match user.get("parent_id").and_then(|parent| names.get(parent)) {
                Some(name) => {
                    read.of_admins.insert(id.to_owned(), name.clone());
                }
                None => {
                    findings.warn(&groups.place(user), format!("the administrator {id} has a role that is not there"))
                }
            }
        }
        read
    }

    /// The roles as rules.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for role in &self.all {
            let _ = writeln!(text, "[role.{}]\ntitle = {}", role.name, quoted(&role.title));
            let Form { allow, only } = &role.form;
            if !allow.is_empty() || only.is_empty() {
                let _ = writeln!(text, "allow = {}", list_of(allow));
            }
            if !only.is_empty() {
                let _ = writeln!(text, "only = {}", list_of(only));
            }
            text.push('\n');
        }
        text
    }
}

/// The rows of a table. What is wrong with it is an error.
pub fn table(path: &Path, columns: &[&str], findings: &mut Findings) -> Option<Records> {
    let read = text_of(path, LONGEST)
        .map_err(|text| Wrong::new(1, text))
        .and_then(|text| Records::parse(&text, path, columns));
    read.map_err(|wrong| findings.error(&Place::new(&super::module::shown(path), wrong.line), wrong.text)).ok()
}

/// The rows of each role in their order: that of `rule_id`, where the export has it.
fn rules_of(rows: &Records, flat: &Flat, findings: &mut Findings) -> HashMap<String, Vec<(String, bool)>> {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let mut ordered: Vec<_> = rows.rows.iter().collect();
    ordered.sort_by_key(|row| number(row.get("rule_id")));
    let mut by_role: HashMap<String, Vec<(String, bool)>> = HashMap::new();
    let mut unknown: Vec<&str> = Vec::new();
    for row in ordered {
        let (Some(role), Some(resource)) = (row.get("role_id"), row.get("resource_id")) else {
            findings.refuse(&rows.place(row), "a rule without a role or a resource is left out");
            continue;
        };
        let is_allowed = match row.get("permission") {
            Some("allow") => true,
            Some("deny") => false,
            other => {
                let text = format!("the permission is `allow` or `deny`, and not `{}`", other.unwrap_or_default());
                findings.error(&rows.place(row), text);
                continue;
            }
        };
        if is_allowed && !flat.has(resource) && !unknown.contains(&resource) {
            unknown.push(resource);
        }
        by_role.entry(role.to_owned()).or_default().push((resource.to_owned(), is_allowed));
    }
    if let [first, more @ ..] = &unknown[..] {
        let others = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let text = format!("roles allow `{first}`{others}, which no module declares: that is left out");
        findings.warn(&Place::new(&rows.file, 1), text);
    }
    by_role
}

/// A name that rules take, and that no role before has.
fn named(title: &str, id: &str, taken: &[Role]) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let plain: String = title.chars().map(safe).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let mut name: String = words.join("-").chars().take(48).collect();
    if name.is_empty() || name == doorward::policy::ADMINISTRATOR {
        name = format!("magento-{}", if name.is_empty() { id } else { &name });
    }
    let is_free = |name: &str| taken.iter().all(|role| role.name != name);
    if is_free(&name) { name } else { format!("{name}-{id}") }
}
