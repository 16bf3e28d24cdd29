//! `doorward import kirby`: accounts and roles of a site. Its PHP and YAML are read as data, and nothing is executed.

mod account;
mod counterparts;
mod options;
mod permissions;
mod rules;
mod site;

use std::path::{Path, PathBuf};

use clap::Args;

use super::moving::{Moving, counted, told};
use crate::output;
use rules::ROOT;
use site::Site;

/// Let the accounts of a Kirby site move in with their passwords, and write its roles as rules.
#[derive(Args)]
pub struct Kirby {
    /// The folder of the site: the one that has `site`, or `accounts` and `blueprints`.
    site: PathBuf,
    /// Write the roles into this file. A file that is there stays as it is. Needed until they stand in the rules.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The realm of the accounts; may be left out where there is only one.
    #[arg(long)]
    realm: Option<String>,
    /// Write nothing; list what would change.
    #[arg(long)]
    dry_run: bool,
}

impl Kirby {
    pub async fn run(self, config: &Path) -> anyhow::Result<()> {
        let name = self.site.display().to_string();
        let site = Site::read(&self.site)?;
        told("doubt", &site.doubts);
        if !site.wrong.is_empty() {
            return Err(super::users::refuse(&name, &site.wrong));
        }
        let (accounts, roles) = (counted(site.accounts.len(), "account"), counted(site.roles.len(), "role"));
        output::line(format_args!("{accounts}, {roles}."))?;
        if !site.options.is_empty() {
            let names = site.options.join(", ");
            output::line(format_args!("Options of config.php, which are not taken over: {names}"))?;
        }
        for option in &site.options {
            if let Some(here) = counterparts::of(option) {
                output::line(format_args!("  {option}: {here}"))?;
            }
        }
        if site.with_content > 0 {
            let (count, have) = (site.with_content, if site.with_content == 1 { "has" } else { "have" });
            let accounts = counted(count, "account");
            output::line(format_args!("Content and pictures stay where they are: {accounts} {have} some."))?;
        }
        let records = site.accounts.into_iter().map(|account| account.record).collect();
        let moving = Moving {
            rules: rules::text(&site.roles),
            root: ROOT,
            out: self.out,
            realm: self.realm,
            is_dry: self.dry_run,
            name,
        };
        moving.run(config, records).await
    }
}
