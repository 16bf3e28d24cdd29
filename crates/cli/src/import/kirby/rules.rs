//! Roles as rules that a person can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use doorward::policy::kirby::{PERMISSIONS, resource};

use super::permissions::Role;

/// The resource of everything that Kirby knows permissions for.
pub const ROOT: &str = "Kirby::all";

/// The tree of resources, and each role.
pub fn text(roles: &BTreeMap<String, Role>) -> String {
    let mut text = "# Roles of a Kirby site. What a role may is what its blueprint says: explicit before `*`, and what is not said is\n\
                    # allowed.\n\n"
        .to_owned();
    let _ = writeln!(text, "[[acl]]\nid = \"{ROOT}\"\ntitle = \"Kirby\"\nchildren = [");
    for (category, actions) in PERMISSIONS {
        let _ = writeln!(text, "  {{ id = \"Kirby::{category}\", children = [");
        for action in actions {
            let _ = writeln!(text, "    {{ id = \"{}\" }},", resource(category, action));
        }
        text.push_str("  ] },\n");
    }
    text.push_str("]\n");
    for (name, role) in roles {
        let is_bare = !name.contains('.');
        let name = if is_bare { name.clone() } else { toml::Value::String(name.clone()).to_string() };
        let _ = writeln!(text, "\n[role.{name}]");
        if let Some(title) = &role.title {
            let _ = writeln!(text, "title = {}", toml::Value::String(one_line(title)));
        }
        for doubt in &role.doubts {
            let _ = writeln!(text, "# {}", one_line(&doubt.text));
        }
        let exceptions = resources(role);
        let (allow, deny) =
            if role.allows_by_default { (vec![ROOT.to_owned()], exceptions) } else { (exceptions, Vec::new()) };
        list(&mut text, "allow", &allow);
        if !deny.is_empty() {
            list(&mut text, "deny", &deny);
        }
    }
    text
}

/// The exceptions as resources: a category where all of its actions are.
fn resources(role: &Role) -> Vec<String> {
    let mut resources = Vec::new();
    for (category, actions) in PERMISSIONS {
        let is_exception = |action: &&&str| role.exceptions.contains(&(category, **action));
        let excepted: Vec<&&str> = actions.iter().filter(is_exception).collect();
        if excepted.len() == actions.len() {
            resources.push(format!("Kirby::{category}"));
        } else {
            resources.extend(excepted.into_iter().map(|action| resource(category, action)));
        }
    }
    resources
}

fn list(text: &mut String, key: &str, names: &[String]) {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let line = format!("{key} = [{}]", quoted.join(", "));
    if line.len() <= 110 {
        let _ = writeln!(text, "{line}");
    } else {
        let _ = writeln!(text, "{key} = [\n  {},\n]", quoted.join(",\n  "));
    }
}

fn one_line(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
