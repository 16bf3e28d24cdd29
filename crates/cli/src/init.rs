//! `doorward init`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::config::Config;
use crate::output;

/// Write a doorward.toml with comments, and say what comes next.
#[derive(Args)]
pub struct Init {
    /// The address of the API to protect.
    #[arg(long, value_name = "URL", default_value = UPSTREAM)]
    upstream: String,
}

const UPSTREAM: &str = "http://127.0.0.1:9000";
const TEMPLATE: &str = include_str!("init/doorward.toml");

impl Init {
    pub fn run(self, file: &Path) -> anyhow::Result<()> {
        let address = toml::Value::String(self.upstream).to_string();
        let text = TEMPLATE.replacen(&format!("\"{UPSTREAM}\""), &address, 1);
        let mut created = match OpenOptions::new().write(true).create_new(true).open(file) {
            Ok(created) => created,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!("{} is there already, and stays as it is; `--config FILE` names another", file.display())
            }
            Err(error) => return Err(error).with_context(|| format!("cannot write {}", file.display())),
        };
        created.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))?;
        let (flag, name) = (Config::flag(file), file.display());
        output::line(format_args!(
            "Wrote {name}. What comes next:\n\n\
             1. Say where your API is: `upstream` in {name}.\n\
             2. Declare its routes in {name}, or import them from an OpenAPI document:\n\
             \x20    doorward import openapi openapi.yaml --output routes.toml{flag}\n\
             \x20  and name the file: rules = [\"routes.toml\"]\n\
             3. See what the rules mean, and how many routes nobody has decided on yet:\n\
             \x20    doorward check{flag}\n\
             4. Make the first administrator:\n\
             \x20    doorward user add LOGIN --role administrator{flag}\n\
             5. Go:\n\
             \x20    doorward serve{flag}"
        ))?;
        Ok(())
    }
}
