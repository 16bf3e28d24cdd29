//! `doorward import`.

mod magento;
mod openapi;
mod routes;

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use doorward::policy::{Draft, Policy, Rules, Settings};

use crate::config::Config;
use crate::failure::Usage;
use crate::output;

/// Write rules from documents of other systems.
#[derive(Args)]
pub struct Import {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    Magento(magento::Magento),
    Openapi(OpenApi),
}

/// Write a route for each operation of an OpenAPI document, with `access = "deny"` until somebody decides.
#[derive(Args)]
struct OpenApi {
    /// The document, in JSON or YAML; `-` reads standard input.
    document: PathBuf,
    /// Write into this file instead of printing. A file that is there stays as it is.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where the API is mounted, instead of what the document's servers say.
    #[arg(long, value_name = "PATH")]
    base: Option<String>,
}

impl Import {
    pub fn run(self, config: &Path) -> anyhow::Result<()> {
        match self.from {
            From::Magento(import) => import.run(config),
            From::Openapi(import) => import.run(config),
        }
    }
}

impl OpenApi {
    fn run(self, config: &Path) -> anyhow::Result<()> {
        let name = self.document.display().to_string();
        let text = match self.document.as_os_str() == "-" {
            true => io::read_to_string(io::stdin()),
            false => fs::read_to_string(&self.document),
        };
        let text = text.map_err(|error| Usage(format!("cannot read {name}: {error}")))?;
        let document = openapi::Document::parse(&text).map_err(|wrong| Usage(format!("{name}: {wrong}")))?;
        let written = routes::write(&document, self.base.as_deref(), &name);
        for doubt in &written.doubts {
            eprintln!("doorward: {doubt}");
        }
        if written.count == 0 {
            bail!("{name} has no operation that could be imported");
        }
        let ending = if written.count == 1 { "" } else { "s" };
        match &self.output {
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
        if let Some(advice) = advise(&written.text, config) {
            eprintln!("doorward: {advice}");
        }
        Ok(())
    }
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        // Somebody may have decided on its routes already.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already, and stays as it is; name another file", path.display())
        }
        Err(error) => return Err(error).with_context(failed),
    };
    file.write_all(text.as_bytes()).with_context(failed)
}

/// What must be said in doorward.toml before `doorward check` takes these routes.
fn advise(text: &str, config: &Path) -> Option<String> {
    let (plain, _) = Settings::parse("settings", "", &|_| None).ok()?;
    let mount = Config::load(config).map_or_else(|_| plain.mount.clone(), |config| config.settings.mount);
    let rules = [Rules::parse("the imported routes", text, &|_| None).ok()?];
    // Only the mount is looked at: the rest of the settings has complaints of its own.
    let mut mounted = plain;
    mounted.mount = mount;
    if Policy::compile(&Draft::new(&mounted, &rules)).is_ok() {
        return None;
    }
    mounted.mount = "/auth".into();
    Policy::compile(&Draft::new(&mounted, &rules)).ok()?;
    let file = config.display();
    Some(format!("some of these paths are Doorward's own; move those: write `mount = \"/auth\"` into {file}"))
}
