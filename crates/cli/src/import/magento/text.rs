//! What is written: rules that a person can read.

use std::fmt::Write as _;

use super::route::{Access, Route};
use super::tree::Resource;

/// The realms whose users the routes are for.
pub struct Realms {
    pub customers: String,
    pub admins: String,
}

/// As wide as a line may be.
const WIDEST: usize = 110;

/// The tree, a table for each root.
pub fn resources(roots: &[Resource]) -> String {
    let mut text = String::new();
    for root in roots {
        let _ = writeln!(text, "[[acl]]\nid = {}", quoted(&root.id));
        if let Some(title) = &root.title {
            let _ = writeln!(text, "title = {}", quoted(title));
        }
        if !root.children.is_empty() {
            text.push_str("children = [\n");
            root.children.iter().for_each(|child| nested(child, 1, &mut text));
            text.push_str("]\n");
        }
        text.push('\n');
    }
    text
}

fn nested(resource: &Resource, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let title = resource.title.as_ref().map(|title| format!(", title = {}", quoted(title))).unwrap_or_default();
    let _ = write!(text, "{indent}{{ id = {}{title}", quoted(&resource.id));
    if !resource.children.is_empty() {
        text.push_str(", children = [\n");
        resource.children.iter().for_each(|child| nested(child, depth + 1, text));
        let _ = write!(text, "{indent}]");
    }
    text.push_str(" },\n");
}

/// A route.
pub fn route(route: &Route, realms: &Realms) -> String {
    let mut text = format!("[[route]]\nmatch = {}\n", quoted(&format!("{} {}", route.method, route.path)));
    let access = match &route.access {
        Access::Anonymous => quoted("anonymous"),
        Access::Own => quoted("self"),
        Access::Deny => quoted("deny"),
        Access::Resources(names) => list(names),
    };
    let _ = writeln!(text, "access = {access}");
    match route.access {
        Access::Own => text.push_str(&format!("realm = {}\n", quoted(&realms.customers))),
        Access::Resources(_) => text.push_str(&format!("realm = {}\n", quoted(&realms.admins))),
        Access::Anonymous | Access::Deny => {}
    }
    if route.is_secure {
        text.push_str("secure = true\n");
    }
    let pairs: Vec<String> =
        route.force.iter().map(|(name, value)| format!("{} = {}", key(name), quoted(value))).collect();
    let inline = format!("force = {{ {} }}", pairs.join(", "));
    match pairs.len() {
        0 => {}
        _ if inline.chars().count() <= WIDEST => {
            let _ = writeln!(text, "{inline}");
        }
        _ => {
            let _ = writeln!(text, "[route.force]\n{}", pairs.join("\n"));
        }
    }
    text
}

/// All routes, those of one module together, and refused ones in comments.
pub fn routes(routes: &[Route], realms: &Realms) -> String {
    let mut text = String::new();
    let mut module = "";
    for one in routes {
        if *one.module != *module {
            module = &one.module;
            let _ = writeln!(text, "# == {module}\n");
        }
        let written = route(one, realms);
        let _ = writeln!(text, "# {}", one_line(&one.service));
        match &one.refused {
            None => text.push_str(&written),
            Some(why) => {
                let _ = writeln!(text, "# Left out: {}", one_line(why));
                written.lines().for_each(|line| text.push_str(&format!("# {line}\n")));
            }
        }
        text.push('\n');
    }
    text
}

/// One text, or a list of several.
pub fn list(names: &[String]) -> String {
    match names {
        [only] => quoted(only),
        _ => format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")),
    }
}

/// A list, on a line for each when it is long.
pub fn list_of(names: &[String]) -> String {
    let all: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let inline = format!("[{}]", all.join(", "));
    if inline.len() <= WIDEST { inline } else { format!("[\n  {},\n]", all.join(",\n  ")) }
}

/// Text in quotes, in which nothing stands for a variable of the environment.
pub fn quoted(text: &str) -> String {
    let escaped = text.replace("${", "$${");
    let plain = escaped.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'));
    if plain { format!("\"{escaped}\"") } else { basic(&escaped) }
}

fn key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_bare { name.to_owned() } else { basic(name) }
}

/// Text in quotes on one line: a key has no other form.
fn basic(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// For comments: one line, whatever a file says.
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let plain: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
