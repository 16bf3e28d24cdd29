//! `doorward completions`.

use std::io::{self, Write as _};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::command::Command;

/// Print the completions of a shell.
///
/// For bash: `doorward completions bash > ~/.local/share/bash-completion/completions/doorward`
#[derive(Args)]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> anyhow::Result<()> {
        // Into memory first: the generator panics when nobody reads any more.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Command::command(), "doorward", &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(())
    }
}
