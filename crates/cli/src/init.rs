//! `doorward init`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;
use doorward::policy::{Complaint, Draft, Policy, Settings};

use crate::config::Config;
use crate::failure::Usage;
use crate::output;

/// Write a doorward.toml with comments, and say what comes next.
#[derive(Args)]
pub struct Init {
    /// The address of the API to protect; http://127.0.0.1:9000 stands in the file when absent.
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
}

const UPSTREAM: &str = "http://127.0.0.1:9000";
const TEMPLATE: &str = include_str!("init/doorward.toml");

impl Init {
    pub fn run(self, file: &Path) -> anyhow::Result<()> {
        let text = match &self.upstream {
            None => TEMPLATE.to_owned(),
            Some(address) => TEMPLATE.replacen(&format!("\"{UPSTREAM}\""), &checked(address)?, 1),
        };
        let mut created = match OpenOptions::new().write(true).create_new(true).open(file) {
            Ok(created) => created,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!("{} is there already, and stays as it is; `--config FILE` names another", file.display())
            }
            Err(error) => return Err(error).with_context(|| format!("cannot write {}", file.display())),
        };
        created.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))?;
        output::line(format_args!("Wrote {}. What comes next:", file.display()))?;
        for (place, step) in self.steps(file).iter().enumerate() {
            output::line(format_args!("{}{}. {step}", if place == 0 { "\n" } else { "" }, place + 1))?;
        }
        Ok(())
    }

    fn steps(&self, file: &Path) -> Vec<String> {
        let (flag, name) = (Config::flag(file), file.display());
        let mut steps = Vec::new();
        if self.upstream.is_none() {
            steps.push(format!("Say where your API is: `upstream` in {name}."));
        }
        steps.extend([
            format!(
                "Declare its routes in {name}, or import them from an OpenAPI document:\n\
                 \x20    doorward import openapi openapi.yaml --out routes.toml{flag}\n\
                 \x20  and name the file: rules = [\"routes.toml\"]"
            ),
            format!(
                "See what the rules mean, and how many routes nobody has decided on yet:\n\
                 \x20    doorward check{flag}"
            ),
            format!("Make the first administrator:\n     doorward user add LOGIN --role administrator{flag}"),
            format!(
                "Go:\n     doorward serve{flag}\n\
                 \x20  People log in at http://127.0.0.1:8080/login. Administrators have the Panel at http://127.0.0.1:8081/panel."
            ),
        ]);
        steps
    }
}

/// An address as the file is to have it, after it was read as the file will be.
fn checked(address: &str) -> anyhow::Result<String> {
    let value = toml::Value::String(address.to_owned()).to_string();
    let file = format!("upstream = {value}\n");
    let read = Settings::parse("--upstream", &file, &|name| std::env::var(name).ok());
    let compiled = read.and_then(|(settings, _)| Policy::compile(&Draft::new(&settings, &[])));
    match compiled.err().and_then(|complaints| complaints.0.into_iter().next()) {
        None => Ok(value),
        Some(Complaint { text, fix, .. }) => {
            let fix = fix.map(|fix| format!("; {fix}")).unwrap_or_default();
            Err(Usage(format!("--upstream: {text}{fix}")).into())
        }
    }
}
