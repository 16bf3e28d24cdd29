//! The command line as a whole.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::{
    audit, backup, check, completions, demo, explain, import, init, log, man, reload, restore, role, schema, serve,
    session, user,
};

/// Sessions, HTTP Basic and declared permissions in front of any REST API.
#[derive(Parser)]
#[command(name = "doorward", version, max_term_width = 100, after_help = HELP)]
pub struct Command {
    /// The file of settings and rules.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "doorward.toml",
        env = "DOORWARD_CONFIG",
        hide_env_values = true
    )]
    config: PathBuf,
    #[command(subcommand)]
    verb: Verb,
}

const HELP: &str = "\
First steps:
  doorward demo                                   see it work, with an example API
  doorward init                                   write a doorward.toml for your own API
  doorward user add LOGIN --role administrator    the first administrator
  doorward check                                  what the rules say
  doorward serve                                  go

Exit codes: 0 done, 1 refused or failed, 2 bad usage or a bad file.";

#[derive(Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Init(init::Init),
    Check(check::Check),
    Serve(serve::Serve),
    Reload(reload::Reload),
    Explain(explain::Explain),
    User(user::Users),
    Role(role::Roles),
    Session(session::Sessions),
    Audit(audit::Audit),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Schema(schema::Schema),
    Import(import::Import),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever went wrong, for [`failure::report`](crate::failure::report).
    pub fn run(self) -> anyhow::Result<()> {
        // What the verbs wait for happens on other threads; a server brings its own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        if !matches!(self.verb, Verb::Serve(_)) {
            log::at_the_console();
        }
        let done = runtime.block_on(self.verb.run(&self.config));
        // Nobody waits for a thread that waits for a terminal.
        runtime.shutdown_background();
        done
    }
}

impl Verb {
    async fn run(self, config: &Path) -> anyhow::Result<()> {
        match self {
            Self::Demo(demo) => demo.run().await,
            Self::Init(init) => init.run(config),
            Self::Check(check) => check.run(config),
            Self::Serve(serve) => serve.run(config).await,
            Self::Reload(reload) => reload.run(config).await,
            Self::Explain(explain) => explain.run(config).await,
            Self::User(users) => users.run(config).await,
            Self::Role(roles) => roles.run(config).await,
            Self::Session(sessions) => sessions.run(config).await,
            Self::Audit(audit) => audit.run(config).await,
            Self::Backup(backup) => backup.run(config).await,
            Self::Restore(restore) => restore.run(config).await,
            Self::Schema(schema) => schema.run(),
            Self::Import(import) => import.run(config).await,
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
        }
    }
}
