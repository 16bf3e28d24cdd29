//! `doorward explain`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use doorward::Name;
use doorward::policy::{Door, Explanation, Outcome, Policy, Question};

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::output;

/// Say why a request would be let through or refused, step by step, without making it.
#[derive(Args)]
pub struct Explain {
    /// The method: GET.
    #[arg(required_unless_present = "batch")]
    method: Option<String>,
    /// The path: /rest/V1/customers/7.
    #[arg(required_unless_present = "batch")]
    path: Option<String>,
    /// The host; by default that of the first public_url.
    #[arg(long)]
    host: Option<String>,
    /// A user of this realm asks; without it a guest does.
    #[arg(long)]
    realm: Option<String>,
    /// With this role; several times for several.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// With this id.
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
    /// By https; by default as public_url says.
    #[arg(long)]
    secure: bool,
    /// At admin_listen instead of listen.
    #[arg(long)]
    admin: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Read requests from this file, a JSON object a line, and print an answer a line; `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "host", "realm", "roles", "user_id", "secure"])]
    batch: Option<PathBuf>,
}

impl Explain {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        // Roles that were made at run time stand in the database; without one there are none.
        let policy = match config.database().exists() {
            true => Console::look_into(&config).await?.engine.policy(),
            false => Arc::new(config.policy(0)?),
        };
        let door = if self.admin { Door::Admin } else { Door::Public };
        if let Some(batch) = &self.batch {
            return answer_all(&policy, door, batch);
        }
        let name = |text: &String| Name::parse(text).map_err(|wrong| Usage(format!("{text}: {wrong}")));
        let question = Question {
            method: self.method.unwrap_or_default(),
            path: self.path.unwrap_or_default(),
            host: self.host,
            realm: self.realm.as_ref().map(name).transpose()?,
            roles: self.roles.iter().map(name).collect::<Result<_, _>>()?,
            user_id: self.user_id,
            secure: self.secure.then_some(true),
        };
        let explanation = policy.explain(door, &question);
        if self.json { output::json(&explanation) } else { print(&explanation) }
    }
}

/// One object a line in, one a line out.
fn answer_all(policy: &Policy, door: Door, batch: &Path) -> anyhow::Result<()> {
    let name = batch.display();
    let unreadable = |error: io::Error| Usage(format!("cannot read {name}: {error}"));
    let reader: Box<dyn BufRead> = match batch.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(batch).map_err(unreadable)?)),
    };
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    for (place, line) in reader.lines().enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let question: Question =
            serde_json::from_str(&line).map_err(|wrong| Usage(format!("{name}:{}: {wrong}", place + 1)))?;
        serde_json::to_writer(&mut stdout, &policy.explain(door, &question)).map_err(io::Error::from)?;
        stdout.write_all(b"\n")?;
    }
    stdout.flush()?;
    Ok(())
}

fn print(explanation: &Explanation) -> anyhow::Result<()> {
    output::line(format_args!("{} {}, asked by {}", explanation.method, explanation.path, explanation.caller))?;
    for step in &explanation.steps {
        let sign = if step.passed { "ok" } else { "no" };
        output::line(format_args!("  {sign}  {:<7} {}", step.title, step.text))?;
    }
    let verdict = match explanation.verdict {
        Outcome::Allow => "allow",
        Outcome::Deny => "deny",
    };
    output::line(format_args!("{verdict}, {}: {}", explanation.status, explanation.reason))?;
    Ok(())
}
