//! `doorward explain`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use doorward::Name;
use doorward::policy::{Credential, Door, Explanation, Outcome, Policy, Question};
use serde_json::json;

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::output;

/// Say why a request would be let through or refused, step by step, without making it.
#[derive(Args)]
#[command(
    override_usage = "doorward explain [OPTIONS] <METHOD> <PATH>\n       doorward explain [OPTIONS] --batch <FILE>"
)]
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
    /// A user of this realm asks. May be left out with --role or --user-id where there is one realm, or the route has one;
    /// without any of them a guest asks.
    #[arg(long)]
    realm: Option<String>,
    /// With this role; several times for several.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// With this id.
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
    /// By what they say who they are: session, basic or token. By default in whatever way counts.
    #[arg(long, value_name = "CREDENTIAL", value_parser = ["session", "basic", "token"])]
    by: Option<String>,
    /// With this header, where one decides: `Origin`, `Sec-Fetch-Site`, a CSRF token, `X-HTTP-Method-Override`, and what else a
    /// dialect looks at; several times for several.
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// By https; by default as public_url says.
    #[arg(long)]
    secure: bool,
    /// At admin_listen instead of listen.
    #[arg(long)]
    admin: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Read requests from this file, a JSON object a line, and print an answer or an error a line; `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "host", "realm", "roles", "user_id", "by", "headers", "secure"])]
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
        let mut question = Question {
            method: self.method.unwrap_or_default(),
            path: self.path.unwrap_or_default(),
            host: self.host,
            realm: self.realm.as_ref().map(name).transpose()?,
            roles: self.roles.iter().map(name).collect::<Result<_, _>>()?,
            user_id: self.user_id,
            secure: self.secure.then_some(true),
            by: self.by.as_deref().map(credential),
            headers: self.headers.iter().map(|line| header(line)).collect::<Result<_, _>>()?,
        };
        if question.realm.is_none() && (question.user_id.is_some() || !question.roles.is_empty()) {
            question.realm = Some(implied_realm(&policy, door, &question)?);
        }
        if let Some(wrong) = policy.misnamed(&question) {
            return Err(Usage(wrong).into());
        }
        let explanation = policy.explain(door, &question);
        if self.json { output::json(&explanation) } else { print(&explanation) }
    }
}

/// What clap has let through.
fn credential(word: &str) -> Credential {
    match word {
        "basic" => Credential::Basic,
        "token" => Credential::Token,
        _ => Credential::Session,
    }
}

fn header(line: &str) -> Result<(String, String), Usage> {
    let (name, value) = line.split_once(':').ok_or_else(|| Usage(format!("{line}: a header is NAME: VALUE")))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Guests have neither roles nor ids: somebody is meant, and it may be clear of which realm.
fn implied_realm(policy: &Policy, door: Door, question: &Question) -> Result<Name, Usage> {
    policy.realm_of(door, question).cloned().ok_or_else(|| {
        let names: Vec<&str> = policy.realms().iter().map(|realm| realm.name().as_str()).collect();
        Usage(format!("a user of which realm? There are several: add --realm, one of {}", names.join(", ")))
    })
}

/// One object a line in, one a line out. A line that asks nothing gets an error in its place, and the others their answers.
fn answer_all(policy: &Policy, door: Door, batch: &Path) -> anyhow::Result<()> {
    let name = batch.display();
    let unreadable = |error: io::Error| Usage(format!("cannot read {name}: {error}"));
    let reader: Box<dyn BufRead> = match batch.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(batch).map_err(unreadable)?)),
    };
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let (mut asked, mut bad) = (0, 0);
    for (place, line) in reader.split(b'\n').enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        asked += 1;
        match read(policy, &line) {
            Ok(question) => serde_json::to_writer(&mut stdout, &policy.explain(door, &question)),
            Err(error) => {
                bad += 1;
                serde_json::to_writer(&mut stdout, &json!({ "line": place + 1, "error": error }))
            }
        }
        .map_err(io::Error::from)?;
        stdout.write_all(b"\n")?;
    }
    stdout.flush()?;
    anyhow::ensure!(bad == 0, "{bad} of {asked} lines of {name} could not be answered; each says why");
    Ok(())
}

fn read(policy: &Policy, line: &[u8]) -> Result<Question, String> {
    // The line is known, and the column says little about an object that stands on one.
    let bare = |wrong: serde_json::Error| {
        let text = wrong.to_string();
        text.split_once(" at line ").map_or(text.clone(), |(before, _)| before.to_owned())
    };
    let question = serde_json::from_slice(line).map_err(bare)?;
    policy.misnamed(&question).map_or(Ok(question), Err)
}

fn print(explanation: &Explanation) -> anyhow::Result<()> {
    output::line(format_args!("{} {}, asked by {}", explanation.method, explanation.path, explanation.caller))?;
    for step in &explanation.steps {
        let sign = match (step.passed, step.needs) {
            (false, _) => "no",
            (true, false) => "ok",
            (true, true) => "if",
        };
        output::line(format_args!("  {sign}  {:<7} {}", step.title, step.text))?;
    }
    let verdict = match explanation.verdict {
        Outcome::Allow => "allow",
        Outcome::Deny => "deny",
    };
    output::line(format_args!("{verdict}, {}: {}", explanation.status, explanation.reason))?;
    Ok(())
}
