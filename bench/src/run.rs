//! How long to measure, and with what.

use std::path::PathBuf;

use clap::Args;

/// What is said about it.
#[derive(Args)]
pub(crate) struct Length {
    /// The binary of Doorward.
    #[arg(long)]
    doorward: PathBuf,
    /// The folder where criterion has left what it measured.
    #[arg(long)]
    micro: Option<PathBuf>,
    /// The folder where peers are installed that are no packages of the system.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// Seconds of each round: 3.
    #[arg(long)]
    seconds: Option<u32>,
    /// Rounds, interleaved: 9, and 5 where growth is measured.
    #[arg(long)]
    rounds: Option<usize>,
    /// One round of a second, and smaller sizes: to see that it works.
    #[arg(long)]
    quick: bool,
    /// Grows to ten million sessions, which takes an hour or more, and some three gigabytes.
    #[arg(long)]
    ten_million: bool,
}

/// Of each round, where nothing else is said.
const SECONDS: u32 = 3;

pub(crate) struct Run {
    pub(crate) doorward: PathBuf,
    pub(crate) micro: Option<PathBuf>,
    pub(crate) peers: Option<PathBuf>,
    pub(crate) seconds: u32,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    pub(crate) ten_million: bool,
}

impl Length {
    /// With so many rounds, where nothing else is said.
    pub(crate) fn run(&self, rounds: usize) -> Run {
        let said = (self.seconds.unwrap_or(SECONDS), self.rounds.unwrap_or(rounds));
        let (seconds, rounds) = if self.quick { (1, 1) } else { said };
        Run {
            doorward: self.doorward.clone(),
            micro: self.micro.clone(),
            peers: self.peers.clone(),
            seconds: seconds.max(1),
            rounds: rounds.max(1),
            quick: self.quick,
            ten_million: self.ten_million,
        }
    }
}

impl Run {
    /// How many rounds of how long, as a figure says it.
    pub(crate) fn rounds(&self) -> String {
        let Self { rounds, seconds, .. } = self;
        if *rounds == 1 {
            format!("one round of {seconds} s")
        } else {
            format!("{rounds} interleaved rounds of {seconds} s")
        }
    }
}
