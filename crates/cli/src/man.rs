//! `doorward man`.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};

use crate::command::Command;
use crate::output;

/// Print the manual page, or write one for each command into a folder.
#[derive(Args)]
pub struct Man {
    /// Write doorward.1, doorward-serve.1 and so on into this folder.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub fn run(self) -> anyhow::Result<()> {
        let command = Command::command();
        let Some(folder) = self.dir else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            io::stdout().lock().write_all(&page)?;
            return Ok(());
        };
        let place = || format!("cannot write into {}", folder.display());
        fs::create_dir_all(&folder).with_context(place)?;
        clap_mangen::generate_to(command, &folder).with_context(place)?;
        output::line(format_args!("Wrote the manual pages into {}.", folder.display()))?;
        Ok(())
    }
}
