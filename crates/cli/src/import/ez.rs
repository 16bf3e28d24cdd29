//! `doorward import ez`: users, groups, roles and policies from the tables of eZ Publish and eZ Platform.

mod grant;
mod limitation;
mod people;
mod rules;
mod spreadsheet;
mod sql;
mod table;
mod token;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args;

use super::moving::{Moving, counted, told};
use super::users::{self, Wrong};
use crate::output;
use grant::Role;
use limitation::Siteaccesses;
use people::{Installation, People};
use rules::ROOT;
use table::{Tables, WANTED, Wanted};

/// Let the users of an eZ installation move in with their passwords, and write its roles as rules.
#[derive(Args)]
pub struct Ez {
    /// Dumps of MySQL or PostgreSQL, or tables as CSV, each in a file that is named after it: ezuser.csv.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the roles into this file. A file that is there stays as it is. Needed until they stand in the rules.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The name of the site, which passwords of the kind 3 are hashed along with: ez.no.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// The siteaccess that is served here, or several, with commas between them: policies for others alone are refused.
    #[arg(long, value_name = "NAME", default_value = "site", value_delimiter = ',')]
    siteaccess: Vec<String>,
    /// The user whose roles guests have, by the id of its content.
    #[arg(long, value_name = "ID", default_value_t = 10)]
    anonymous: u64,
    /// The realm of the users; may be left out where there is only one.
    #[arg(long)]
    realm: Option<String>,
    /// Write nothing; list what would change.
    #[arg(long)]
    dry_run: bool,
}

/// What it comes to that a table is in no file. A file that says nothing about roles or states alters none.
const LACKING: [(&str, &str); 4] = [
    ("ezuser", "There is no table ezuser: nobody moves in."),
    ("ezuser_setting", "There is no table ezuser_setting: whoever is new is enabled, and others stay as they are."),
    ("ezuser_role", "There is no table ezuser_role: whoever is new has no roles, and others keep theirs."),
    ("ezrole", "There is no table ezrole: whoever is new has no roles, and others keep theirs."),
];

impl Ez {
    pub async fn run(self, config: &Path) -> anyhow::Result<()> {
        let names: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        let name = names.join(", ");
        let tables = self.read()?;
        let mut wrong = Vec::new();
        let roles = grant::read(&tables, &Siteaccesses(&self.siteaccess), &mut wrong);
        let installation = Installation { site: self.site.as_deref(), anonymous: self.anonymous };
        let people = People::read(&tables, &roles, &installation);
        told("doubt", &people.doubts);
        let written: Vec<&Role> = roles.values().chain(people.assigned.values()).collect();
        let refused: Vec<Wrong> =
            written.iter().flat_map(|role| role.refused.iter().map(|(_, wrong)| wrong.clone())).collect();
        told("refused", &refused);
        wrong.extend(people.wrong);
        if !wrong.is_empty() {
            wrong.truncate(50);
            return Err(users::refuse(&name, &wrong));
        }
        let granted: usize = roles.values().map(|role| role.grants.len()).sum();
        let refused: usize = roles.values().map(|role| role.refused.len()).sum();
        let (users, number) = (counted(people.records.len(), "user"), counted(written.len(), "role"));
        output::line(format_args!("{users}, {number}; policies: {granted} taken over, {refused} refused."))?;
        for (_, lacking) in LACKING.iter().filter(|(table, _)| !tables.has(table)) {
            output::line(lacking)?;
        }
        if let Some(guests) = &people.guests {
            let names: Vec<String> = guests.iter().map(|name| format!("\"{name}\"")).collect();
            let names = names.join(", ");
            output::line(format_args!(
                "Guests had these roles: anonymous_roles = [{names}] in [dialect.ez], or guest_roles in their realm."
            ))?;
        }
        let moving = Moving {
            rules: rules::text(&written),
            root: ROOT,
            out: self.out,
            realm: self.realm,
            is_dry: self.dry_run,
            name,
        };
        moving.run(config, people.records).await
    }

    fn read(&self) -> anyhow::Result<Tables> {
        let mut tables = Tables::default();
        for path in &self.files {
            let bytes = users::read(path)?;
            let name: Arc<str> = path.display().to_string().into();
            let read = if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                let Some(wanted) = Wanted::find(stem) else {
                    let known: Vec<&str> = WANTED.iter().map(|wanted| wanted.name).collect();
                    bail!("{name}: name the file after its table, one of {}", known.join(", "));
                };
                spreadsheet::read(&bytes, wanted, &name, &mut tables)
            } else {
                sql::read(&bytes, &name, &mut tables)
            };
            read.map_err(|wrong| users::refuse(&name, &[wrong]))?;
        }
        if WANTED.iter().all(|wanted| tables.rows(wanted.name).is_empty()) {
            bail!("there is none of the tables of eZ in the files");
        }
        if !tables.rows("ezuser_role").is_empty() && !tables.has("ezcontentobject_tree") {
            bail!("there is no table ezcontentobject_tree: without it nobody knows who is in which group");
        }
        let missing = ["ezpolicy", "ezpolicy_limitation", "ezpolicy_limitation_value"];
        if let Some(missing) = missing.iter().find(|name| tables.has("ezrole") && !tables.has(name)) {
            // Without the limitations, a policy would grant more than it did.
            bail!("there is no table {missing}, which says what roles grant");
        }
        Ok(tables)
    }
}
