//! Figures about Doorward: each beside what it is compared with, measured in the same run. `cargo xtask bench` runs them.

#![forbid(unsafe_code)]

mod client;
mod gateway;
mod log_in;
mod memory;
mod place;
mod spread;

use clap::Parser;

/// What to measure.
#[derive(Parser)]
enum Figure {
    /// A log-in, beside one argon2id and one durable commit.
    LogIn,
    /// Memory: an idle process, and one with a million sessions.
    Memory {
        /// The binary.
        #[arg(long)]
        doorward: std::path::PathBuf,
        /// How many sessions.
        #[arg(long, default_value_t = 1_000_000)]
        sessions: u32,
    },
    /// Requests through the gateway, beside nginx without authentication.
    Gateway {
        /// The binary.
        #[arg(long)]
        doorward: std::path::PathBuf,
        /// Seconds of each round.
        #[arg(long, default_value_t = 5)]
        seconds: u32,
        /// Rounds, interleaved.
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Figure::parse() {
        Figure::LogIn => log_in::measure(),
        Figure::Memory { doorward, sessions } => memory::measure(&doorward, sessions),
        Figure::Gateway { doorward, seconds, rounds } => gateway::measure(&doorward, seconds, rounds),
    }
}
