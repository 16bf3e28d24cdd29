//! `doorward reload`.

mod note;

pub use note::Note;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use doorward_store::Sqlite;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::config::Config;
use crate::output;
use crate::progress::patiently;
use note::State;

/// Let the running server read the files again, and wait until it has: whole or not at all.
#[derive(Args)]
pub struct Reload {}

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

impl Reload {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        // A bad file is told here as well as there, with what is wrong.
        let kept = "nothing was reloaded: a running server keeps the rules that it has";
        let config = Config::load(file).context(kept)?;
        config.policy(0).context(kept)?;
        let database = config.database();
        let Some(number) = Sqlite::serving_process(&database)? else {
            bail!("no server runs on {}: `doorward serve` starts one", database.display());
        };
        let pid = i32::try_from(number).ok().and_then(Pid::from_raw);
        let pid = pid.with_context(|| format!("{number} is no number of a process"))?;
        let wanted = note::attempt_after_now(&database, number);
        kill_process(pid, Signal::HUP).with_context(|| format!("cannot signal process {number}"))?;
        let state = patiently("waiting for the server", async {
            let began = Instant::now();
            loop {
                if let Some(state) = note::outcome(&database, number, wanted) {
                    return Ok(state);
                }
                if test_kill_process(pid).is_err() {
                    bail!("process {number} has ended; see its log");
                }
                if began.elapsed() > PATIENCE {
                    bail!("process {number} has not said within {} s what came of it; see its log", PATIENCE.as_secs());
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        match state.await? {
            State::Done { generation } => {
                output::line(format_args!("Reloaded: generation {generation} is in force."))?;
                Ok(())
            }
            State::Refused { text, .. } => bail!("the server refused, and keeps the old rules:\n{text}"),
            State::Reading => bail!("process {number} has not ended what it began"),
        }
    }
}
