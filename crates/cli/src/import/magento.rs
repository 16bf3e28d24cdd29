//! `doorward import magento`: what the modules of an installation declare, as rules.

mod acl;
mod collision;
mod finding;
mod grants;
mod imported;
mod merged;
mod module;
mod path;
mod people;
pub(super) mod php;
mod records;
mod role;
mod route;
mod schema;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod trial;
mod webapi;
mod xml;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use doorward::Name;
use doorward::policy::{MagentoCompat, Pattern};

use super::{is_there, save};
use crate::failure::{BadFile, Usage};
use crate::output;
use finding::Findings;
use imported::Imported;
use module::Modules;
use people::People;
use role::Roles;
use route::Site;
use text::Realms;

/// Write the routes and resources that Magento modules declare: their etc/webapi.xml and etc/acl.xml, merged as Magento
/// merges them.
#[derive(Args)]
pub struct Magento {
    /// Where modules are: any number of folders, each with modules at any depth.
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Take order and switches of modules from this app/etc/config.php, which is read and never run.
    #[arg(long, value_name = "FILE")]
    config_php: Option<PathBuf>,
    /// Write into this file instead of printing. A file that is there stays as it is.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing; print what would be written, in numbers.
    #[arg(long)]
    dry_run: bool,
    /// Where the API is.
    #[arg(long, value_name = "PATH", default_value = "/rest")]
    root: String,
    /// The realm of customers: whose `self` is meant.
    #[arg(long, value_name = "REALM", value_parser = Name::parse, default_value = "customer")]
    customers: Name,
    /// The realm of administrators: who have resources.
    #[arg(long, value_name = "REALM", value_parser = Name::parse, default_value = "admin")]
    admins: Name,
    /// Whose verdicts: stricter ones, or those that Magento computes, which go with `compat = "exact"` in `[dialect.magento]`.
    #[arg(long, value_name = "COMPAT", value_parser = compat(), default_value = "strict")]
    compat: MagentoCompat,
    /// An extension's placeholder, `%NAME%`, stands for this attribute of the user; several times for several.
    #[arg(long = "attribute", value_name = "NAME")]
    attributes: Vec<String>,
    /// Roles of administrators: an export of the table `authorization_role`, as CSV or JSON lines.
    #[arg(long, value_name = "FILE", requires = "rules_file")]
    roles_file: Option<PathBuf>,
    /// What those roles may: an export of the table `authorization_rule`.
    #[arg(long, value_name = "FILE", requires = "roles_file")]
    rules_file: Option<PathBuf>,
    /// Customers: an export of the table `customer_entity`.
    #[arg(long, value_name = "FILE")]
    customers_file: Option<PathBuf>,
    /// Administrators: an export of the table `admin_user`; with their roles where those are read, too.
    #[arg(long, value_name = "FILE")]
    admins_file: Option<PathBuf>,
    /// Write customers and administrators into this file, for `doorward import users`.
    #[arg(long, value_name = "FILE")]
    users_out: Option<PathBuf>,
}

impl Magento {
    pub fn run(self, config: &Path) -> anyhow::Result<()> {
        let attributes = self.attributes.iter().map(|name| name.trim_matches('%').to_owned()).collect();
        let site = Site { root: self.root.trim_end_matches('/').to_owned(), attributes, compat: self.compat };
        if !self.root.starts_with('/')
            || site.root.contains([':', '*', '{', '}'])
            || Pattern::parse(&self.root).is_err()
        {
            return Err(Usage(format!("--root {}: write a path, such as /rest", self.root)).into());
        }
        let has_people = self.customers_file.is_some() || self.admins_file.is_some();
        if has_people != self.users_out.is_some() && !self.dry_run {
            let text =
                "customers and administrators go into a file: --customers-file or --admins-file, and --users-out";
            return Err(Usage(text.into()).into());
        }
        for folder in &self.folders {
            if let Err(error) = fs::read_dir(folder) {
                return Err(Usage(format!("cannot read {}: {error}", folder.display())).into());
            }
        }
        let mut findings = Findings::default();
        let modules = Modules::find(&self.folders, self.config_php.as_deref(), &mut findings);
        if modules.ordered.is_empty() && findings.errors.is_empty() {
            bail!("there is no module to import below {}", shown(&self.folders));
        }
        let realms = Realms { customers: self.customers.to_string(), admins: self.admins.to_string() };
        let mut imported = Imported::read(&modules, &site, &mut findings);
        if let (Some(roles), Some(rules)) = (&self.roles_file, &self.rules_file) {
            let (resources, undeclared) = (&imported.resources, imported.undeclared);
            imported.roles = Roles::read(roles, rules, resources, undeclared, self.compat, &mut findings);
        }
        imported.settle(&realms, &mut findings)?;
        let mut people = People::default();
        if let Some(path) = &self.customers_file {
            people.add_customers(path, &realms, &site.attributes, &mut findings);
        }
        if let Some(path) = &self.admins_file {
            people.add_admins(path, &realms, &imported.roles, &mut findings);
        }
        let is_printed = self.out.is_none() && !self.dry_run;
        summary::tell(&imported, &people, &modules, &findings, is_printed)?;
        if !findings.errors.is_empty() {
            return Err(BadFile.into());
        }
        let text = imported.text(&modules, &realms);
        if self.dry_run {
            let mut written = self.out.iter().chain(&self.users_out);
            return match written.find(|path| path.exists()) {
                Some(path) => Err(is_there(path)),
                None => Ok(output::line("Nothing was written.")?),
            };
        }
        if let Some(path) = &self.users_out {
            people.save(path)?;
        }
        match &self.out {
            Some(path) => {
                save(path, &text)?;
                summary::advise(path, self.users_out.as_deref(), config, &realms, self.compat)
            }
            None => Ok(io::stdout().lock().write_all(text.as_bytes())?),
        }
    }
}

/// `strict` or `exact`.
fn compat() -> impl TypedValueParser<Value = MagentoCompat> {
    PossibleValuesParser::new(["strict", "exact"]).map(|text| match text.as_str() {
        "exact" => MagentoCompat::Exact,
        _ => MagentoCompat::Strict,
    })
}

fn shown(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
