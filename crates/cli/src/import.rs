//! `doorward import`.

mod ez;
mod kirby;
mod magento;
mod moving;
mod openapi;
mod reference;
mod routes;
mod surroundings;
#[cfg(test)]
mod tests;
mod users;

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use doorward::policy::Pattern;

use crate::failure::Usage;
use crate::output;
use openapi::Document;
use routes::{Translated, one_line};
use surroundings::Surroundings;

/// Write rules from documents of other systems, and let their users move in.
#[derive(Args)]
pub struct Import {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    Ez(ez::Ez),
    Kirby(kirby::Kirby),
    Magento(Box<magento::Magento>),
    Openapi(OpenApi),
    Users(users::Users),
}

/// Write a route for each operation of an OpenAPI document, with `access = "deny"` until somebody decides.
#[derive(Args)]
struct OpenApi {
    /// The document, in JSON or YAML; `-` reads standard input.
    document: PathBuf,
    /// Write into this file instead of printing. A file that is there stays as it is.
    #[arg(long, alias = "output", value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where the API is mounted, instead of what the document's servers say.
    #[arg(long, value_name = "PATH")]
    base: Option<String>,
}

impl Import {
    pub async fn run(self, config: &Path) -> anyhow::Result<()> {
        match self.from {
            From::Ez(import) => import.run(config).await,
            From::Kirby(import) => import.run(config).await,
            From::Magento(import) => import.run(config),
            From::Openapi(import) => import.run(config),
            From::Users(import) => import.run(config).await,
        }
    }
}

impl OpenApi {
    fn run(self, config: &Path) -> anyhow::Result<()> {
        if let Some(path) = self.out.as_deref().filter(|path| path.exists()) {
            return Err(is_there(path));
        }
        let name = self.document.display().to_string();
        let text = match self.document.as_os_str() == "-" {
            true => io::read_to_string(io::stdin()),
            false => fs::read_to_string(&self.document),
        };
        let text = text.map_err(|error| Usage(format!("cannot read {name}: {error}")))?;
        let document = Document::parse(&text).map_err(|wrong| Usage(format!("{name}: {wrong}")))?;
        if let Some(base) = &self.base {
            let (path, altered) = routes::spelled("", base);
            if altered.is_some() || Pattern::parse(&path).is_err() {
                return Err(Usage(format!("--base {base}: write a path, such as /v1")).into());
            }
        }
        let written = Written::of(&document, self.base.as_deref(), &name, &Surroundings::of(config));
        for doubt in &written.doubts {
            eprintln!("doorward: {doubt}");
        }
        if written.count == 0 {
            bail!("{name} has no operation to import");
        }
        let ending = if written.count == 1 { "" } else { "s" };
        match &self.out {
            None => io::stdout().lock().write_all(written.text.as_bytes())?,
            Some(path) => {
                save(path, &written.text)?;
                output::line(format_args!("Wrote {} route{ending} to {}.", written.count, path.display()))?;
                output::line(format_args!(
                    "Name it in {}: rules = [\"{}\"]. `doorward check` counts what is still to be decided.",
                    config.display(),
                    path.display()
                ))?;
            }
        }
        Ok(())
    }
}

/// A file of rules, as text.
struct Written {
    text: String,
    /// How many routes it has.
    count: usize,
    /// What was left out or altered, and why.
    doubts: Vec<String>,
}

impl Written {
    fn of(document: &Document, base: Option<&str>, name: &str, surroundings: &Surroundings) -> Self {
        let title = if document.title.is_empty() { "an OpenAPI document" } else { &document.title };
        let mut text = format!(
            "# Routes of {}, imported from {}.\n\
             # Each one is denied until somebody decides: \"anonymous\", \"self\", or resources of the ACL.\n",
            one_line(title),
            one_line(name),
        );
        let Translated { routes, mut doubts } = routes::translate(document, base);
        let refused = surroundings.refuse(&routes);
        for (place, route) in routes.iter().enumerate() {
            text.push('\n');
            match refused.get(&place) {
                None => text.push_str(&route.text()),
                Some(why) => {
                    doubts.push(format!("{} is left out, and stands in a comment: {why}", route.what));
                    text.push_str(&route.left_out(why));
                }
            }
        }
        Self { text, count: routes.len() - refused.len(), doubts }
    }
}

/// Somebody may have decided on its routes already.
fn is_there(path: &Path) -> anyhow::Error {
    anyhow!("{} is there already, and stays as it is; name another file", path.display())
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(is_there(path)),
        Err(error) => return Err(error).with_context(failed),
    };
    file.write_all(text.as_bytes()).with_context(failed)
}
