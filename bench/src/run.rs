//! How long to measure, and with what.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub(crate) struct Run {
    /// The binary of Doorward.
    #[arg(long)]
    pub(crate) doorward: PathBuf,
    /// Seconds of each round.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u32,
    /// Rounds, interleaved.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// One round of a second, and smaller sizes: to see that it works.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Grows to ten million sessions, which takes long and some ten gigabytes.
    #[arg(long)]
    pub(crate) ten_million: bool,
}

impl Run {
    pub(crate) fn settle(mut self) -> Self {
        if self.quick {
            (self.seconds, self.rounds) = (1, 1);
        }
        self.seconds = self.seconds.max(1);
        self.rounds = self.rounds.max(1);
        self
    }
}
