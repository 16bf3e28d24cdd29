//! Customers and administrators, from exports of `customer_entity` and `admin_user`, as `doorward import users` reads them.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use doorward::Login;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::finding::{Findings, Place};
use super::records::{Record, Records};
use super::role::{Roles, table};
use super::text::Realms;

/// Everybody, a JSON object a line.
#[derive(Default)]
pub struct People {
    lines: Zeroizing<String>,
    pub customers: usize,
    pub admins: usize,
    /// Those of both who may not log in.
    pub disabled: usize,
}

/// What customers have and forced parameters ask for: the attribute, and its column.
const ATTRIBUTES: [(&str, &str); 4] = [
    ("customer_group_id", "group_id"),
    ("customer_website_id", "website_id"),
    ("customer_store_id", "store_id"),
    ("cart_id", "cart_id"),
];

/// How often something was found, and where first.
#[derive(Default)]
struct Tally(Option<(Place, usize)>);

/// What is told once for a table, however many rows it has.
#[derive(Default)]
struct Tallies {
    unnamed: Tally,
    twice: Tally,
    foreign_hash: Tally,
    unconfirmed: Tally,
    without_role: Tally,
}

impl People {
    /// Adds the customers of an export. `more` are attributes of extensions, in columns of that name.
    pub fn add_customers(&mut self, path: &Path, realms: &Realms, more: &[String], findings: &mut Findings) {
        let Some(records) = table(path, &["entity_id", "email", "password_hash"], findings) else { return };
        let mut tallies = Tallies::default();
        let mut seen = HashSet::new();
        for row in &records.rows {
            let Some(mut person) = person(row, "entity_id", "email", &records, &mut seen, &mut tallies) else {
                continue;
            };
            person["realm"] = realms.customers.as_str().into();
            let extensions = more.iter().map(|name| (name.as_str(), name.as_str()));
            let found =
                ATTRIBUTES.into_iter().chain(extensions).filter_map(|(name, column)| Some((name, row.get(column)?)));
            let attributes: Map<String, Value> = found.map(|(name, text)| (name.to_owned(), plain(text))).collect();
            if !attributes.is_empty() {
                person["attributes"] = attributes.into();
            }
            if row.get("confirmation").is_some() {
                person["state"] = "disabled".into();
                tallies.unconfirmed.count(&records, row);
            }
            self.add(person, row.get("password_hash"), &records, row, &mut tallies);
            self.customers += 1;
        }
        tallies.tell(findings);
    }

    /// Adds the administrators of an export, each with the role that they have in Magento.
    pub fn add_admins(&mut self, path: &Path, realms: &Realms, roles: &Roles, findings: &mut Findings) {
        let Some(records) = table(path, &["user_id", "username", "password"], findings) else { return };
        let mut tallies = Tallies::default();
        let mut seen = HashSet::new();
        for row in &records.rows {
            let Some(mut person) = person(row, "user_id", "username", &records, &mut seen, &mut tallies) else {
                continue;
            };
            person["realm"] = realms.admins.as_str().into();
            match row.get("user_id").and_then(|id| roles.of_admins.get(id)) {
                Some(role) => person["roles"] = json!([role]),
                None => tallies.without_role.count(&records, row),
            }
            self.add(person, row.get("password"), &records, row, &mut tallies);
            self.admins += 1;
        }
        tallies.tell(findings);
    }

    fn add(&mut self, mut person: Value, hash: Option<&str>, records: &Records, row: &Record, tallies: &mut Tallies) {
        self.disabled += usize::from(person["state"] == "disabled");
        match hash {
            // `hash:salt:versions`. With fewer parts it was made with the shop's own key.
            Some(hash) if hash.matches(':').count() >= 2 => {
                person["hash"] = hash.into();
                person["scheme"] = "magento".into();
            }
            Some(hash) if hash.starts_with('$') => person["hash"] = hash.into(),
            Some(_) => tallies.foreign_hash.count(records, row),
            None => {}
        }
        self.lines.push_str(&person.to_string());
        self.lines.push('\n');
    }

    /// Writes everybody into a new file that nobody else may read: it holds hashes of passwords.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let failed = || format!("cannot write {}", path.display());
        let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!("{} is there already, and stays as it is; name another file", path.display())
            }
            Err(error) => return Err(error).with_context(failed),
        };
        file.write_all(self.lines.as_bytes()).with_context(failed)
    }
}

/// What both tables have in common. None for a row that nobody can log in by.
fn person(
    row: &Record,
    id: &str,
    login: &str,
    records: &Records,
    seen: &mut HashSet<String>,
    tallies: &mut Tallies,
) -> Option<Value> {
    let id = row.get(id).filter(|id| id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()));
    let login = row.get(login).and_then(|text| Login::parse(text).ok());
    let (Some(id), Some(login)) = (id, login) else {
        tallies.unnamed.count(records, row);
        return None;
    };
    if !seen.insert(login.as_str().to_owned()) {
        tallies.twice.count(records, row);
        return None;
    }
    let names: Vec<&str> =
        ["firstname", "middlename", "lastname"].iter().filter_map(|column| row.get(column)).collect();
    let is_active = row.get("is_active").is_none_or(|text| text != "0");
    let mut person = json!({ "realm": null, "id": id, "login": login.as_str() });
    if let Some(email) = row.get("email") {
        person["email"] = email.into();
    }
    if !names.is_empty() {
        person["name"] = names.join(" ").into();
    }
    person["state"] = if is_active { "active" } else { "disabled" }.into();
    Some(person)
}

/// A canonical decimal is a number, everything else is text.
fn plain(text: &str) -> Value {
    match text.parse::<u32>() {
        Ok(number) if number.to_string() == text => number.into(),
        _ => text.into(),
    }
}

impl Tally {
    fn count(&mut self, records: &Records, row: &Record) {
        match &mut self.0 {
            Some((_, times)) => *times += 1,
            None => self.0 = Some((records.place(row), 1)),
        }
    }
}

impl Tallies {
    fn tell(self, findings: &mut Findings) {
        let told = |Tally(found): Tally, text: &str| {
            let (place, times) = found?;
            let more = if times == 1 { String::new() } else { format!(", and {} more like it", times - 1) };
            Some((place, format!("{text}{more}")))
        };
        let left_out = [
            (self.unnamed, "left out: this row has no number, or no login"),
            (
                self.twice,
                "left out: the login stands further up; several websites may share an address, and a realm does not",
            ),
        ];
        for (place, text) in left_out.into_iter().filter_map(|(tally, text)| told(tally, text)) {
            findings.refuse(&place, text);
        }
        let doubtful = [
            (
                self.foreign_hash,
                "somebody comes without a password: the hash was made with the shop's own key, and cannot move",
            ),
            (self.unconfirmed, "somebody is disabled: the address was never confirmed"),
            (self.without_role, "an administrator has no role"),
        ];
        for (place, text) in doubtful.into_iter().filter_map(|(tally, text)| told(tally, text)) {
            findings.warn(&place, text);
        }
    }
}
