//! `doorward backup`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use doorward::audit::EventKind;

use crate::config::Config;
use crate::console::Console;
use crate::output;
use crate::progress::Steps;

/// Copy the database into a file, also while a server uses it.
#[derive(Args)]
pub struct Backup {
    /// The file to write. One that is there stays as it is.
    file: PathBuf,
}

impl Backup {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        let database = config.database();
        let target = self.file.clone();
        let copying = tokio::task::spawn_blocking(move || {
            let mut steps = Steps::begin("copying");
            doorward_store::backup::backup(&database, &target, |done, total| steps.reach(done, total))
        });
        copying.await.context("the copy was not made")??;
        let console = Console::look_into(&config).await?;
        console.record(EventKind::Backup, format!("copied to {}", self.file.display())).await?;
        output::line(format_args!("Wrote {}.", self.file.display()))?;
        Ok(())
    }
}
