//! `doorward check`.

use std::path::Path;

use clap::Args;
use doorward::policy::{Access, Complaint, Complaints, Policy};
use serde_json::{Value, json};

use crate::config::Config;
use crate::failure::BadFile;
use crate::output;

/// Read the rules and say what they mean: errors, doubts, and what is not decided yet.
#[derive(Args)]
pub struct Check {
    /// Do not look at the certificates and keys that the file names: for a machine that does not serve.
    #[arg(long)]
    rules_only: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub fn run(self, file: &Path) -> anyhow::Result<()> {
        let checked = Config::load(file).and_then(|config| {
            let (policy, files) = (config.policy(0), if self.rules_only { Ok(()) } else { config.examine_files() });
            match (policy, files) {
                (Ok(policy), Ok(())) => Ok((config, policy)),
                (policy, files) => {
                    let found = [policy.err(), files.err()].into_iter().flatten().flat_map(|complaints| complaints.0);
                    Err(Complaints(found.collect()).into())
                }
            }
        });
        match checked {
            Ok((config, policy)) => {
                let mut doubts = policy.warnings().to_vec();
                doubts.extend(config.doubts());
                if self.json { print_json(file, &policy, &doubts) } else { print(file, &policy, &doubts) }
            }
            Err(error) if self.json => match error.downcast::<Complaints>() {
                Ok(complaints) => {
                    let errors: Vec<Value> = complaints.0.iter().map(as_json).collect();
                    output::json(
                        &json!({ "file": file.display().to_string(), "valid": false, "errors": errors, "warnings": [] }),
                    )?;
                    Err(BadFile.into())
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

/// How many routes ask for what.
#[derive(Default)]
struct Counts {
    anonymous: usize,
    own: usize,
    resources: usize,
    deny: usize,
}

impl Counts {
    fn of(policy: &Policy) -> Self {
        let mut counts = Self::default();
        for route in policy.declared_routes() {
            match route.access {
                Access::Anonymous => counts.anonymous += 1,
                Access::SelfOnly => counts.own += 1,
                Access::Resources(_) => counts.resources += 1,
                Access::Deny => counts.deny += 1,
            }
        }
        counts
    }
}

fn print(file: &Path, policy: &Policy, doubts: &[Complaint]) -> anyhow::Result<()> {
    for doubt in doubts {
        output::line(format_args!("warning: {doubt}\n"))?;
    }
    let counts = Counts::of(policy);
    let routes = policy.declared_routes().len();
    let realms = policy.realms().iter().map(|realm| realm.name().as_str()).collect::<Vec<_>>().join(", ");
    let ending = |number: usize| if number == 1 { "" } else { "s" };
    let warnings = match doubts.len() {
        0 => String::new(),
        number => format!(", with {number} warning{}", ending(number)),
    };
    output::line(format_args!("{} is valid{warnings}: {routes} route{}.", file.display(), ending(routes)))?;
    output::line(format_args!("  {:>5}  anonymous", counts.anonymous))?;
    output::line(format_args!("  {:>5}  self", counts.own))?;
    output::line(format_args!("  {:>5}  resources of the ACL", counts.resources))?;
    let undecided = if counts.deny == 0 { "" } else { ": nobody gets through until somebody decides" };
    output::line(format_args!("  {:>5}  still access = \"deny\"{undecided}", counts.deny))?;
    output::line(format_args!(
        "Realms: {realms}. Roles: {}. Resources: {}.",
        policy.roles().len(),
        policy.resources().all().count()
    ))?;
    Ok(())
}

fn print_json(file: &Path, policy: &Policy, doubts: &[Complaint]) -> anyhow::Result<()> {
    let counts = Counts::of(policy);
    output::json(&json!({
        "file": file.display().to_string(),
        "valid": true,
        "routes": {
            "total": policy.declared_routes().len(),
            "anonymous": counts.anonymous,
            "self": counts.own,
            "resources": counts.resources,
            "deny": counts.deny,
        },
        "realms": policy.realms().iter().map(|realm| realm.name().as_str()).collect::<Vec<_>>(),
        "roles": policy.roles().keys().map(|name| name.as_str()).collect::<Vec<_>>(),
        "resources": policy.resources().all().count(),
        "errors": [],
        "warnings": doubts.iter().map(as_json).collect::<Vec<_>>(),
    }))
}

fn as_json(complaint: &Complaint) -> Value {
    json!({
        "file": complaint.source.file(),
        "line": complaint.source.line(),
        "column": complaint.source.column(),
        "text": complaint.text,
        "see": complaint.other.as_ref().map(ToString::to_string),
        "fix": complaint.fix,
    })
}
