//! `doorward restore`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use doorward::audit::EventKind;

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::output;
use crate::progress::Steps;

/// Put a copy of the database back, after it was checked. No server may run on the database meanwhile.
#[derive(Args)]
pub struct Restore {
    /// The copy, as `doorward backup` wrote it.
    file: PathBuf,
}

impl Restore {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        if !self.file.exists() {
            return Err(Usage(format!("there is no {}", self.file.display())).into());
        }
        let database = config.database();
        let (copy, target) = (self.file.clone(), database.clone());
        let restoring = tokio::task::spawn_blocking(move || {
            let mut steps = Steps::begin("restoring");
            doorward_store::backup::restore(&copy, &target, |done, total| steps.reach(done, total))
        });
        let restored = restoring.await.context("the copy was not put back")??;
        let console = Console::look_into(&config).await?;
        console.record(EventKind::Backup, format!("put back from {}", self.file.display())).await?;
        output::line(format_args!(
            "{} is what {} was. All sessions have ended.",
            database.display(),
            self.file.display()
        ))?;
        if let Some(replaced) = restored.replaced {
            output::line(format_args!("What was there before is {}.", replaced.display()))?;
        }
        Ok(())
    }
}
