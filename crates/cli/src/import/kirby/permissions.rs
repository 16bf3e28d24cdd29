//! What a role may: the `permissions` of its blueprint.

use std::collections::BTreeSet;

use doorward::policy::kirby::PERMISSIONS;
use serde_yaml_ng::{Mapping, Value};

use crate::import::users::Wrong;

/// A blueprint has no more bytes.
pub const GREATEST: usize = 256 * 1_024;

/// A role, read.
#[derive(Debug, Default, PartialEq)]
pub struct Role {
    pub title: Option<String>,
    /// Whether what the file does not say is allowed.
    pub allows_by_default: bool,
    /// What is otherwise than that, as `(category, action)`.
    pub exceptions: BTreeSet<(&'static str, &'static str)>,
    /// What is not as somebody may think.
    pub doubts: Vec<Wrong>,
}

impl Role {
    /// A role that may everything.
    pub fn all() -> Self {
        Self { allows_by_default: true, ..Self::default() }
    }

    /// Whether it may do this.
    #[cfg(test)]
    pub fn may(&self, category: &str, action: &str) -> bool {
        let is_exception = self.exceptions.iter().any(|known| *known == (category, action));
        self.allows_by_default != is_exception
    }

    /// Reads a blueprint.
    ///
    /// # Errors
    /// When it is no YAML, or a permission is neither true nor false, as when Kirby loads the role.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        if text.len() > GREATEST {
            return Err(Wrong::new(1, "the blueprint has more than 256 KiB"));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root: Value = serde_yaml_ng::from_str(text).map_err(|error| {
            let line = error.location().map_or(1, |place| place.line());
            Wrong::new(line, format!("not YAML: {error}"))
        })?;
        let title = root.get("title").or_else(|| root.get("name")).and_then(one_language).map(str::to_owned);
        if let Some(other) = root.get("extends") {
            let line = line_of(text, &["extends"]);
            let other = other.as_str().unwrap_or("another blueprint");
            let doubt = format!("the role extends {other}, which is not read: it may nothing until somebody decides");
            return Ok(Self { title, doubts: vec![Wrong::new(line, doubt)], ..Self::default() });
        }
        let mut role = Self { title, ..Self::all() };
        if root.get("options").is_some_and(|options| !options.is_null()) {
            let doubt = "`options` decide over the permissions with Kirby: they are not taken over";
            role.doubts.push(Wrong::new(line_of(text, &["options"]), doubt));
        }
        match root.get("permissions") {
            None | Some(Value::Null) => {
                let doubt = "there are no `permissions`: with Kirby this role may everything, and so it may here";
                role.doubts.push(Wrong::new(1, doubt));
            }
            Some(Value::Mapping(permissions)) => role.read_categories(text, permissions)?,
            Some(value) => {
                let truth = truth(value).ok_or_else(|| not_a_truth(text, &["permissions"]))?;
                role.allows_by_default = truth;
            }
        }
        Ok(role)
    }

    fn read_categories(&mut self, text: &str, permissions: &Mapping) -> Result<(), Wrong> {
        if let Some(value) = permissions.get("*") {
            self.allows_by_default = truth(value).ok_or_else(|| not_a_truth(text, &["permissions", "*"]))?;
        }
        for (key, value) in permissions.iter().filter(|(key, _)| key.as_str() != Some("*")) {
            let name = key.as_str().unwrap_or("?");
            let path = ["permissions", name];
            let Some((category, actions)) = PERMISSIONS.into_iter().find(|(category, _)| *category == name) else {
                let doubt = format!("`{}` is no category of Kirby's own: it is left out", one_line(name));
                self.doubts.push(Wrong::new(line_of(text, &path), doubt));
                continue;
            };
            match value {
                Value::Null => {}
                Value::Mapping(map) => self.read_actions(text, category, actions, map)?,
                value => {
                    let allowed = truth(value).ok_or_else(|| not_a_truth(text, &path))?;
                    actions.iter().for_each(|action| self.set(category, action, allowed));
                }
            }
        }
        Ok(())
    }

    fn read_actions(
        &mut self,
        text: &str,
        category: &'static str,
        actions: &'static [&'static str],
        map: &Mapping,
    ) -> Result<(), Wrong> {
        if let Some(value) = map.get("*") {
            let allowed = truth(value).ok_or_else(|| not_a_truth(text, &["permissions", category, "*"]))?;
            actions.iter().for_each(|action| self.set(category, action, allowed));
        }
        for (key, value) in map.iter().filter(|(key, _)| key.as_str() != Some("*")) {
            let name = key.as_str().unwrap_or("?");
            let path = ["permissions", category, name];
            let allowed = truth(value).ok_or_else(|| not_a_truth(text, &path))?;
            match actions.iter().find(|action| **action == name) {
                Some(action) => self.set(category, action, allowed),
                None => {
                    let doubt = format!("`{category}.{}` is no action of Kirby's own: it is left out", one_line(name));
                    self.doubts.push(Wrong::new(line_of(text, &path), doubt));
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, category: &'static str, action: &'static str, allowed: bool) {
        if allowed == self.allows_by_default {
            self.exceptions.remove(&(category, action));
        } else {
            self.exceptions.insert((category, action));
        }
    }
}

/// A text, or that of one language where there are several: English, or the first.
fn one_language(value: &Value) -> Option<&str> {
    let texts = value.as_mapping();
    let first = || texts.and_then(|texts| texts.values().find_map(Value::as_str));
    value.as_str().or_else(|| value.get("en").and_then(Value::as_str)).or_else(first)
}

/// True or false, in the words that readers of YAML take for it.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" => Some(true),
            "no" | "off" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn not_a_truth(text: &str, path: &[&str]) -> Wrong {
    let what = one_line(&path.join("."));
    Wrong::new(line_of(text, path), format!("`{what}` is neither true nor false"))
}

fn one_line(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The line on which the last of these keys stands, each below the one before. Where they do not stand on lines of their own,
/// the last that does.
fn line_of(text: &str, path: &[&str]) -> usize {
    let mut found = 1;
    let mut lines = text.lines().enumerate();
    for key in path {
        let is_key = |line: &str| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        };
        let mut ahead = lines.clone();
        if let Some((place, _)) = ahead.find(|(_, line)| is_key(line)) {
            found = place + 1;
            lines = ahead;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Role {
        Role::read(text).unwrap_or_else(|wrong| panic!("{wrong:?}"))
    }

    #[test]
    fn what_is_not_said_is_allowed() {
        let role = read("title: Editor\npermissions:\n  pages:\n    delete: false\n  users: false\n");
        assert_eq!(role.title.as_deref(), Some("Editor"));
        assert!(role.may("pages", "update") && role.may("access", "panel") && role.may("user", "delete"));
        assert!(!role.may("pages", "delete") && !role.may("users", "list"));
        assert!(role.doubts.is_empty());
    }

    #[test]
    fn what_is_said_goes_before_a_wildcard_on_both_levels() {
        let role = read("permissions:\n  access:\n    panel: true\n  '*': false\n");
        assert!(role.may("access", "panel") && !role.may("access", "site") && !role.may("pages", "read"));
        let role = read("permissions:\n  pages:\n    read: true\n    '*': false\n");
        assert!(role.may("pages", "read") && !role.may("pages", "update") && role.may("files", "read"));
        let role = read("permissions: { '*': false, pages: { '*': true, delete: no } }\n");
        assert!(role.may("pages", "read") && !role.may("pages", "delete") && !role.may("site", "update"));
        assert!(!read("permissions: false").may("site", "update") && read("permissions: true").may("site", "update"));
    }

    #[test]
    fn a_role_without_permissions_may_everything_and_that_is_told() {
        let role = read("title: X\n");
        assert!(role.may("users", "create"));
        assert!(role.doubts[0].text.contains("may everything"), "{:?}", role.doubts);
        let role = read("title: X\noptions:\n  delete: false\npermissions: true\n");
        assert_eq!(role.doubts.iter().map(|doubt| doubt.line).collect::<Vec<_>>(), [2]);
        assert_eq!(
            read("title: { de: Redaktion, en: Editors }\npermissions: true\n").title.as_deref(),
            Some("Editors")
        );
        assert_eq!(read("title: { de: Redaktion }\npermissions: true\n").title.as_deref(), Some("Redaktion"));
        let role = read("title: X\nextends: users/base\n");
        assert!(!role.may("pages", "read"));
        assert_eq!(role.doubts[0].line, 2);
    }

    #[test]
    fn what_is_neither_true_nor_false_is_told_with_its_line_and_what_is_unknown_is_left_out() {
        for (text, line, part) in [
            ("permissions:\n  pages:\n    update: maybe\n", 3, "`permissions.pages.update`"),
            ("permissions:\n  '*': 1\n", 2, "`permissions.*`"),
            ("permissions: soon\n", 1, "`permissions`"),
            ("a:\n  - b\n c: [\n", 3, "not YAML"),
        ] {
            let wrong = Role::read(text).expect_err("a mistake");
            assert!(wrong.line == line && wrong.text.contains(part), "{text} {wrong:?}");
        }
        let role = read("permissions:\n  blog:\n    write: true\n  pages:\n    fly: false\n");
        assert_eq!(role.doubts.iter().map(|doubt| doubt.line).collect::<Vec<_>>(), [2, 5]);
        assert!(Role::read(&"[".repeat(10_000)).is_err());
        assert!(Role::read(&"a".repeat(GREATEST + 1)).is_err());
    }

    proptest! {
        #[test]
        fn a_text_is_a_role_or_a_mistake_with_a_line(text in "(permissions: ?)?[a-z*:{}\\[\\]&'\"\n -]{0,120}") {
            if let Err(wrong) = Role::read(&text) {
                prop_assert!(wrong.line >= 1 && !wrong.text.is_empty());
            }
        }
    }
}
