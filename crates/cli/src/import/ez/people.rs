//! Users with the roles that they hold, alone or by a group above them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use doorward::password::foreign::{Incoming, Written};

use super::grant::{Role, one_line};
use super::limitation::Limitation;
use super::table::{Row, Tables};
use crate::import::users::{Record, Wrong};

/// What is said about an installation that its tables do not say.
pub struct Installation<'a> {
    /// The site that `ez3` hashes along.
    pub site: Option<&'a str>,
    /// The user whose roles guests have.
    pub anonymous: u64,
}

/// All users, and what is to be told about them.
#[derive(Default)]
pub struct People {
    pub records: Vec<Record>,
    /// The roles of guests.
    pub guests: Option<Vec<String>>,
    /// Roles that are assigned in one place alone, by their names.
    pub assigned: BTreeMap<String, Role>,
    pub doubts: Vec<Wrong>,
    pub wrong: Vec<Wrong>,
}

/// A name has no more characters.
const MOST_OF_NAME: usize = 200;

/// Which roles belong to which content object, a user or a group.
type Assignments = HashMap<u64, BTreeSet<String>>;

impl People {
    /// Reads the users.
    pub fn read(tables: &Tables, roles: &BTreeMap<u64, Role>, installation: &Installation<'_>) -> Self {
        let mut people = Self::default();
        let assignments = people.assignments(tables, roles);
        let places = places(tables);
        let enabled: HashMap<u64, bool> = tables
            .rows("ezuser_setting")
            .iter()
            .filter_map(|row| Some((row.number("user_id")?, row.number("is_enabled").is_some_and(|value| value != 0))))
            .collect();
        let has_settings = tables.has("ezuser_setting");
        let has_roles = tables.has("ezuser_role") && tables.has("ezrole");
        let names: HashMap<u64, &str> = tables
            .rows("ezcontentobject")
            .iter()
            .filter_map(|row| Some((row.number("id")?, row.text("name")?.trim())))
            .filter(|(_, name)| !name.is_empty())
            .collect();
        for row in tables.rows("ezuser") {
            let Some(id) = row.number("contentobject_id") else {
                people.wrong.push(row.wrong("ezuser.contentobject_id is no number"));
                continue;
            };
            let above = places.get(&id).into_iter().flatten();
            let held = above.chain([&id]).filter_map(|object| assignments.get(object)).flatten();
            let held: BTreeSet<String> = held.cloned().collect();
            if id == installation.anonymous {
                people.guests = Some(held.into_iter().collect());
                continue;
            }
            let is_active = has_settings.then(|| enabled.get(&id).copied().unwrap_or(false));
            let name = names.get(&id).copied();
            people.take(row, (id, name), has_roles.then_some(held), is_active, installation);
        }
        people
    }

    fn take(
        &mut self,
        row: &Row,
        (id, name): (u64, Option<&str>),
        held: Option<BTreeSet<String>>,
        is_active: Option<bool>,
        installation: &Installation<'_>,
    ) {
        let Some(login) = row.text("login").filter(|login| !login.is_empty()) else {
            self.wrong.push(row.wrong("ezuser.login is empty"));
            return;
        };
        let kind = row.number("password_hash_type").unwrap_or_default();
        let scheme = format!("ez{kind}");
        if kind == 3 && installation.site.is_none() {
            self.wrong.push(row.wrong("this password is hashed along with the name of the site: say it with --site"));
            return;
        }
        let hash = row.text("password_hash").filter(|hash| !hash.is_empty());
        let readable = hash.filter(|hash| {
            let written = Written { hash, scheme: Some(&scheme), login, site: installation.site, ..Written::default() };
            Incoming::read(written).is_ok()
        });
        if hash.is_some() && readable.is_none() {
            let text =
                format!("this password, of the kind {kind}, cannot move in: issue a code with `doorward user reset`");
            self.doubts.push(row.wrong(text));
        }
        self.records.push(Record {
            file: Some(row.file.clone()),
            line: row.line,
            login: login.to_owned(),
            id: Some(id.to_string()),
            name: name.map(|name| one_line(name).chars().take(MOST_OF_NAME).collect()),
            email: row.text("email").filter(|email| !email.is_empty()).map(str::to_owned),
            roles: held.map(|held| held.into_iter().collect()),
            state: is_active.map(|is_active| if is_active { "active".into() } else { "disabled".into() }),
            hash: readable.map(str::to_owned),
            scheme: readable.map(|_| scheme.clone()),
            site: installation.site.map(str::to_owned),
            ..Record::default()
        });
    }

    fn assignments(&mut self, tables: &Tables, roles: &BTreeMap<u64, Role>) -> Assignments {
        let mut assignments = Assignments::new();
        let taken: BTreeSet<String> = roles.values().map(|role| role.name.clone()).collect();
        for row in tables.rows("ezuser_role") {
            let role = row.number("role_id").and_then(|id| roles.get(&id));
            let (Some(object), Some(role)) = (row.number("contentobject_id"), role) else {
                self.doubts.push(row.wrong("this assignment names no published role, and is left out"));
                continue;
            };
            if let Some(limit) = row.text("limit_identifier").filter(|limit| !limit.is_empty()) {
                let value = one_line(row.text("limit_value").unwrap_or_default());
                let limitation = Limitation { identifier: one_line(limit), values: vec![value] };
                match role.assigned(&limitation, row) {
                    Ok(role)
                        if taken.contains(&role.name)
                            || self.assigned.get(&role.name).is_some_and(|known| known.title != role.title) =>
                    {
                        self.doubts.push(
                            row.wrong(format!("there is a role {} already: the assignment is refused", role.name)),
                        );
                    }
                    Ok(role) => {
                        assignments.entry(object).or_default().insert(role.name.clone());
                        self.assigned.insert(role.name.clone(), role);
                    }
                    Err(why) => self.doubts.push(row.wrong(format!(
                        "the assignment of {} to {object} is refused: {} {}: {why}",
                        role.name,
                        limitation.identifier,
                        limitation.values.join(", ")
                    ))),
                }
                continue;
            }
            assignments.entry(object).or_default().insert(role.name.clone());
        }
        assignments
    }
}

/// The objects above each object: the groups above a user, at each of the places where the user is.
fn places(tables: &Tables) -> HashMap<u64, BTreeSet<u64>> {
    let rows = tables.rows("ezcontentobject_tree");
    let objects: HashMap<u64, u64> =
        rows.iter().filter_map(|row| Some((row.number("node_id")?, row.number("contentobject_id")?))).collect();
    let users: BTreeSet<u64> = tables.rows("ezuser").iter().filter_map(|row| row.number("contentobject_id")).collect();
    let mut places: HashMap<u64, BTreeSet<u64>> = HashMap::new();
    for row in rows {
        let Some(object) = row.number("contentobject_id").filter(|object| users.contains(object)) else { continue };
        let nodes = row.text("path_string").unwrap_or_default().split('/').filter_map(|node| node.parse::<u64>().ok());
        places.entry(object).or_default().extend(nodes.filter_map(|node| objects.get(&node)));
    }
    places
}
