//! `cargo xtask bench`: figures for the documentation. Nothing is asserted: the machines are shared.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::step::{cargo_with, root, run as run_step, target};
use crate::tools;

/// What is measured beside Doorward, and what asks; and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 4] =
    [("nginx", "nginx"), ("wrk", "wrk"), ("h2load", "nghttp2-client"), ("curl", "curl")];
/// What needs no server, and is measured by another program.
const DECISION: &str = "decision";

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Figures: `decision`, one that a table is headed with, or `scale` for all about growth. None: all but those.
    names: Vec<String>,
    /// The same, one each time.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// One round of a second, and smaller sizes: to see that it works.
    #[arg(long)]
    quick: bool,
    /// Writes the figures into `docs/benchmarks.json` and `docs/benchmarks.md`.
    #[arg(long)]
    write: bool,
    /// Grows to ten million sessions, which takes long and some ten gigabytes.
    #[arg(long)]
    ten_million: bool,
    /// Seconds of each round.
    #[arg(long)]
    seconds: Option<u32>,
    /// Rounds, interleaved.
    #[arg(long)]
    rounds: Option<u32>,
    /// This binary of Doorward, and not one that is built now.
    #[arg(long, value_name = "FILE")]
    doorward: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let names: Vec<&String> = options.names.iter().chain(&options.only).collect();
    if names.is_empty() || names.iter().any(|name| *name == DECISION) {
        let mut decision = cargo_with(["bench", "--quiet", "--package", "doorward", "--bench", "decision"]);
        if options.quick {
            decision.args(["--", "--quick"]);
        }
        run_step(DECISION, &mut decision)?;
    }
    let others: Vec<&String> = names.iter().copied().filter(|name| *name != DECISION).collect();
    if others.is_empty() && !names.is_empty() {
        return Ok(());
    }
    tools::install(&PROGRAMS)?;
    let mut build = cargo_with(["build", "--release", "--quiet", "--package", "doorward-bench"]);
    if options.doorward.is_none() {
        build.args(["--package", "doorward-cli"]);
    }
    run_step("build", &mut build)?;
    let release = target().join("release");
    let mut bench = Command::new(release.join("doorward-bench"));
    bench.arg("measure").args(others);
    bench.arg("--doorward").arg(options.doorward.clone().unwrap_or_else(|| release.join("doorward")));
    for (option, is_set) in [("--quick", options.quick), ("--ten-million", options.ten_million)] {
        bench.args(is_set.then_some(option));
    }
    for (option, number) in [("--seconds", options.seconds), ("--rounds", options.rounds)] {
        if let Some(number) = number {
            bench.args([option, &number.to_string()]);
        }
    }
    if options.write {
        bench.arg("--write").arg(root().join("docs"));
    }
    run_step("figures", &mut bench)
}
