//! Roles and what they grant: policies with their limitations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::limitation::{Limitation, Limits, Siteaccesses};
use super::table::{Row, Tables};
use crate::import::users::Wrong;

/// What a policy grants: a module and a function, each of them `*` for all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Everything,
    Module(String),
    Function(String, String),
}

/// One policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    pub subject: Subject,
    /// Its limitations as they are in the tables.
    pub limitations: Vec<Limitation>,
    /// The same as rules say them.
    pub limits: Limits,
}

/// A role of eZ.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// The name as a rule may have it.
    pub name: String,
    /// The name as it was.
    pub title: String,
    /// What can be written as rules.
    pub grants: Vec<Grant>,
    /// What cannot: rules would grant more than the policy does.
    pub refused: Vec<(Grant, Wrong)>,
}

impl Grant {
    /// `content/read`, with its limitations: `content/read (Section 1)`.
    pub fn text(&self) -> String {
        let subject = match &self.subject {
            Subject::Everything => "*/*".to_owned(),
            Subject::Module(module) => format!("{module}/*"),
            Subject::Function(module, function) => format!("{module}/{function}"),
        };
        let limitations: Vec<String> = self.limitations.iter().map(Limitation::text).collect();
        if limitations.is_empty() { subject } else { format!("{subject} ({})", limitations.join("; ")) }
    }

    /// The grant limited further.
    ///
    /// # Errors
    /// Why rules cannot say it without granting more.
    fn limited(mut self, limitation: &Limitation, siteaccesses: &Siteaccesses<'_>) -> Result<Self, (Self, String)> {
        match limitation.limit(&mut self.limits, siteaccesses) {
            Ok(()) => Ok(self),
            Err(why) => Err((self, why)),
        }
    }
}

/// Reads the published roles, by their id.
pub fn read(tables: &Tables, siteaccesses: &Siteaccesses<'_>, wrong: &mut Vec<Wrong>) -> BTreeMap<u64, Role> {
    let mut roles = BTreeMap::new();
    let mut names = BTreeSet::new();
    for row in tables.rows("ezrole").iter().filter(|row| row.number("version").is_none_or(|version| version == 0)) {
        let Some(id) = row.number("id") else {
            wrong.push(row.wrong("ezrole.id is no number"));
            continue;
        };
        let title = row.text("name").unwrap_or_default().to_owned();
        let mut name = slug(&title);
        if name.is_empty() || name == doorward::policy::ADMINISTRATOR || names.contains(&name) {
            name = if name.is_empty() { format!("ez-role-{id}") } else { format!("ez-{name}") };
        }
        if names.contains(&name) {
            name = format!("{name}-{id}");
        }
        names.insert(name.clone());
        roles.insert(id, Role { name, title, ..Role::default() });
    }
    let limitations = limitations(tables, wrong);
    for row in tables.rows("ezpolicy").iter().filter(|row| row.number("original_id").is_none_or(|id| id == 0)) {
        // Policies of drafts are nobody's.
        let Some(role) = row.number("role_id").and_then(|id| roles.get_mut(&id)) else { continue };
        let Some(id) = row.number("id") else {
            wrong.push(row.wrong("ezpolicy.id is no number"));
            continue;
        };
        let limitations = limitations.get(&id).cloned().unwrap_or_default();
        match subject(row) {
            Err(text) => wrong.push(row.wrong(text)),
            Ok(subject) => role.take(Grant { subject, limitations, limits: Limits::new() }, siteaccesses, row),
        }
    }
    roles
}

impl Role {
    fn take(&mut self, grant: Grant, siteaccesses: &Siteaccesses<'_>, row: &Row) {
        let limitations = grant.limitations.clone();
        let limited = limitations.iter().try_fold(grant, |grant, limitation| grant.limited(limitation, siteaccesses));
        match limited {
            Ok(grant) => self.grants.push(grant),
            Err((grant, why)) => {
                let text =
                    format!("{} of the role {} is refused: {}", one_line(&grant.text()), self.name, one_line(&why));
                let wrong = row.wrong(text);
                self.refused.push((grant, wrong));
            }
        }
    }

    /// The role of an assignment that holds in one place alone: everything is limited to that, but for logging in, which is
    /// nowhere.
    ///
    /// # Errors
    /// Why rules cannot say the limitation.
    pub fn assigned(&self, limitation: &Limitation, row: &Row) -> Result<Self, String> {
        let nowhere = Siteaccesses(&[]);
        limitation.limit(&mut Limits::new(), &nowhere)?;
        let text = limitation.text();
        let mut place = slug(&text);
        if place.len() > 24
            || !limitation.values.iter().all(|value| value.bytes().all(|b| b.is_ascii_digit() || b == b'/'))
        {
            // What is cut off, or has other letters, would be the same name for two places.
            place = format!("{}-{:08x}", place.chars().take(24).collect::<String>(), crc32fast::hash(text.as_bytes()));
        }
        let name = format!("{}-{place}", self.name.chars().take(24).collect::<String>());
        let title = format!("{} ({})", self.title, limitation.text());
        let mut role = Self { name, title, ..Self::default() };
        for grant in &self.grants {
            if grant.subject.covers_log_in() {
                let subject = Subject::Function("user".into(), "login".into());
                role.grants.push(Grant { subject, ..grant.clone() });
            }
            if grant.subject == Subject::Function("user".into(), "login".into()) {
                continue;
            }
            match grant.clone().limited(limitation, &nowhere) {
                Ok(mut grant) => {
                    grant.limitations.push(limitation.clone());
                    role.grants.push(grant);
                }
                Err((grant, why)) => {
                    let text =
                        format!("{} of the role {} is refused: {}", one_line(&grant.text()), role.name, one_line(&why));
                    role.refused.push((grant, row.wrong(text)));
                }
            }
        }
        Ok(role)
    }
}

impl Subject {
    /// Whether logging in is part of it.
    fn covers_log_in(&self) -> bool {
        match self {
            Self::Everything => true,
            Self::Module(module) => module == "user",
            Self::Function(module, function) => module == "user" && function == "login",
        }
    }
}

fn subject(row: &Row) -> Result<Subject, String> {
    let part = |column: &str| {
        let text = row.text(column).unwrap_or_default();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let fits = text == "*" || (is_plain && (1..=50).contains(&text.len()));
        if fits { Ok(text.to_owned()) } else { Err(format!("ezpolicy.{column} is no name")) }
    };
    match (part("module_name")?, part("function_name")?) {
        (module, function) if module == "*" && function == "*" => Ok(Subject::Everything),
        (module, _) if module == "*" => Err("ezpolicy: a function of every module is not granted by rules".into()),
        (module, function) if function == "*" => Ok(Subject::Module(module)),
        (module, function) => Ok(Subject::Function(module, function)),
    }
}

/// The limitations of each policy.
fn limitations(tables: &Tables, wrong: &mut Vec<Wrong>) -> HashMap<u64, Vec<Limitation>> {
    let mut values: HashMap<u64, Vec<String>> = HashMap::new();
    for row in tables.rows("ezpolicy_limitation_value") {
        if let (Some(limitation), Some(value)) = (row.number("limitation_id"), row.text("value")) {
            values.entry(limitation).or_default().push(one_line(value));
        }
    }
    let mut limitations: HashMap<u64, Vec<Limitation>> = HashMap::new();
    for row in tables.rows("ezpolicy_limitation") {
        // A limitation that is overlooked would be a wider grant.
        let Some(policy) = row.number("policy_id") else {
            wrong.push(row.wrong("ezpolicy_limitation.policy_id is no number"));
            continue;
        };
        let identifier = one_line(row.text("identifier").unwrap_or_default());
        let values = row.number("id").and_then(|id| values.remove(&id)).unwrap_or_default();
        limitations.entry(policy).or_default().push(Limitation { identifier, values });
    }
    limitations
}

/// A name that rules take: `Content Editors` is `content-editors`.
fn slug(title: &str) -> String {
    let letters = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let words: String = letters.collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(40).collect::<String>().trim_matches('-').to_owned()
}

/// A text of a table, as comments and terminals may have it.
pub fn one_line(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
