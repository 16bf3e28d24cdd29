//! Users and the rules that name their roles, on their way in together.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use doorward::policy::Rules;

use super::users::{Record, Wishes, Wrong, move_in};
use super::{is_there, save};
use crate::config::Config;
use crate::console::Console;
use crate::output;

/// What is moved, and where to.
pub struct Moving {
    /// The rules, as they are written.
    pub rules: String,
    /// A resource that only these rules declare: it says whether they stand in a file already.
    pub root: &'static str,
    /// Where the rules are written.
    pub out: Option<PathBuf>,
    /// The realm of the users.
    pub realm: Option<String>,
    /// Whether to tell, and to write nothing.
    pub is_dry: bool,
    /// Where they come from.
    pub name: String,
}

impl Moving {
    /// Writes the rules and lets the users in, both or neither.
    ///
    /// # Errors
    /// When the rules stand nowhere yet and are not to be written, and whatever keeps the users out.
    pub async fn run(self, config: &Path, records: Vec<Record>) -> anyhow::Result<()> {
        let loaded = Config::load(config)?;
        let is_declared = loaded.policy(0)?.resources().find(self.root).is_some();
        let loaded = match is_declared {
            true => loaded,
            false => loaded.with(Rules::parse("the rules to be written", &self.rules, &|_| None)?),
        };
        if !is_declared && self.out.is_none() && !self.is_dry {
            bail!("the roles stand in no file of {} yet: add --out FILE, which writes them", config.display());
        }
        let console = match self.is_dry {
            true => Console::look(&loaded).await?,
            false => Console::open(&loaded).await?,
        };
        if let Some(realm) = &self.realm {
            console.realm(realm)?;
        }
        let written = self.out.as_deref().filter(|_| !self.is_dry);
        if let Some(path) = written {
            save(path, &self.rules)?;
        } else if let Some(path) = self.out.as_deref().filter(|path| path.exists()) {
            return Err(is_there(path));
        }
        let origin = format!("imported from {}", self.name);
        let wishes = Wishes { realm: self.realm.as_deref(), is_dry: self.is_dry, origin, file: &self.name };
        let moved = match records.is_empty() {
            true => Ok(()),
            false => move_in(&console, records, &wishes).await,
        };
        if let (Err(_), Some(path)) = (&moved, written) {
            // It was made a moment ago, and would be in the way of the next try.
            let _ = fs::remove_file(path);
        }
        moved?;
        match written {
            None if !is_declared && self.out.is_none() => Ok(output::line(format_args!(
                "The roles stand in no file of {} yet: without --dry-run, add --out FILE, which writes them.",
                config.display()
            ))?),
            None => Ok(()),
            Some(path) if is_declared => Ok(output::line(format_args!("Wrote the roles to {}.", path.display()))?),
            Some(path) => Ok(output::line(format_args!(
                "Wrote the roles to {0}. Name it in {1}, or nobody has what they allow: rules = [\"{0}\"]",
                path.display(),
                config.display()
            ))?),
        }
    }
}

/// So many of something: `1 user`, `2 users`.
pub fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Tells on standard error what is not as somebody may think, each with its place.
pub fn told(what: &str, doubts: &[Wrong]) {
    for Wrong { file, line, text } in doubts {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        eprintln!("{}:{line}: {what}: {text}", file.as_deref().unwrap_or("?"));
    }
}
