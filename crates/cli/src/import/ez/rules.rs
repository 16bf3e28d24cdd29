//! Roles as rules that a person can read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::grant::{Role, Subject, one_line};
use super::limitation::Limits;

/// The resource of everything: `*/*`.
pub const ROOT: &str = "Ez::all";

/// Modules with their functions, as an installation has them without extensions.
const KNOWN: [(&str, &[&str]); 9] = [
    ("class", &["create", "delete", "read", "update"]),
    (
        "content",
        &[
            "cleantrash",
            "create",
            "diff",
            "edit",
            "hide",
            "manage_locations",
            "pdf",
            "publish",
            "read",
            "remove",
            "restore",
            "reverserelatedlist",
            "translate",
            "urltranslator",
            "versionread",
            "versionremove",
            "view_embed",
        ],
    ),
    ("role", &["assign", "create", "delete", "read", "update"]),
    ("section", &["assign", "edit", "view"]),
    ("setting", &["create", "edit", "remove", "update"]),
    ("setup", &["administrate", "install", "setup", "system_info"]),
    ("state", &["administrate", "assign"]),
    ("url", &["update", "view"]),
    ("user", &["activation", "login", "password", "preferences", "register", "selfedit"]),
];

/// The tree of modules and functions, and each role.
pub fn text(roles: &[&Role]) -> String {
    let mut text = String::from(
        "# Roles of an eZ installation. A resource is a function of a module; a module is all of its functions.\n\n",
    );
    let _ = writeln!(text, "[[acl]]\nid = \"{ROOT}\"\ntitle = \"eZ\"\nchildren = [");
    for (module, functions) in modules(roles) {
        let _ = writeln!(text, "  {{ id = \"Ez::{module}\", children = [");
        for function in functions {
            let _ = writeln!(text, "    {{ id = \"Ez::{module}/{function}\" }},");
        }
        text.push_str("  ] },\n");
    }
    text.push_str("]\n");
    for role in roles {
        write_role(&mut text, role);
    }
    text
}

fn write_role(text: &mut String, role: &Role) {
    // The name is made of letters, digits and hyphens.
    let _ = writeln!(text, "\n[role.{}]", role.name);
    let _ = writeln!(text, "title = {}", toml::Value::String(one_line(&role.title)));
    for grant in role.grants.iter().filter(|grant| !grant.limitations.is_empty() && grant.limits.is_empty()) {
        let _ = writeln!(text, "# granted at this siteaccess: {}", one_line(&grant.text()));
    }
    for (grant, _) in &role.refused {
        let _ = writeln!(text, "# refused: {}", one_line(&grant.text()));
    }
    let mut by_limits: BTreeMap<&Limits, BTreeSet<&Subject>> = BTreeMap::new();
    by_limits.entry(NOTHING).or_default();
    for grant in &role.grants {
        by_limits.entry(&grant.limits).or_default().insert(&grant.subject);
    }
    for (limits, subjects) in by_limits {
        if limits.is_empty() {
            write_list(text, &ids(&subjects));
            continue;
        }
        // Names of limitations are keys as they stand, and values are texts that need no escape.
        let _ = writeln!(text, "[[role.{}.limited]]", role.name);
        write_list(text, &ids(&subjects));
        let values = |values: &[String]| match values {
            [only] => format!("\"{only}\""),
            all => format!("[{}]", all.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ")),
        };
        let limits: Vec<String> = limits.iter().map(|(name, all)| format!("{} = {}", key(name), values(all))).collect();
        let _ = writeln!(text, "to = {{ {} }}", limits.join(", "));
    }
}

/// A name as a key: with a dot in it, it would be two.
fn key(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}

/// No limits.
const NOTHING: &Limits = &Limits::new();

/// The resources, without those that are below another one.
fn ids(subjects: &BTreeSet<&Subject>) -> Vec<String> {
    let is_below = |subject: &&&Subject| match subject {
        Subject::Everything => false,
        Subject::Module(_) => subjects.contains(&Subject::Everything),
        Subject::Function(module, _) => {
            subjects.contains(&Subject::Everything) || subjects.contains(&Subject::Module(module.clone()))
        }
    };
    let ids = subjects.iter().filter(|subject| !is_below(subject)).map(|subject| match subject {
        Subject::Everything => format!("\"{ROOT}\""),
        Subject::Module(module) => format!("\"Ez::{module}\""),
        Subject::Function(module, function) => format!("\"Ez::{module}/{function}\""),
    });
    ids.collect()
}

fn write_list(text: &mut String, ids: &[String]) {
    let line = format!("allow = [{}]", ids.join(", "));
    if line.len() <= 110 {
        let _ = writeln!(text, "{line}");
    } else {
        let _ = writeln!(text, "allow = [\n  {},\n]", ids.join(",\n  "));
    }
}

/// All modules: those that are known, and those that policies name.
fn modules(roles: &[&Role]) -> BTreeMap<String, BTreeSet<String>> {
    let known = KNOWN.iter().map(|(module, functions)| {
        ((*module).to_owned(), functions.iter().map(|function| (*function).to_owned()).collect())
    });
    let mut modules: BTreeMap<String, BTreeSet<String>> = known.collect();
    let grants = roles.iter().flat_map(|role| role.grants.iter().chain(role.refused.iter().map(|(grant, _)| grant)));
    for grant in grants {
        match &grant.subject {
            Subject::Everything => {}
            Subject::Module(module) => {
                modules.entry(module.clone()).or_default();
            }
            Subject::Function(module, function) => {
                modules.entry(module.clone()).or_default().insert(function.clone());
            }
        }
    }
    modules
}
