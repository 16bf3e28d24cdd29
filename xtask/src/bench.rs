//! `cargo xtask bench`: figures for the documentation. Nothing is asserted: the machines are shared.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::step::{cargo_with, root, run as run_step, target};
use crate::tools;
use crate::{figures, instructions, peers};

/// What is measured beside Doorward, and what asks; and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 4] =
    [("nginx", "nginx"), ("wrk", "wrk"), ("h2load", "nghttp2-client"), ("curl", "curl")];
/// Steps of a decision, which criterion measures.
const MICRO: &str = "micro";

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Figures, as each is called below its title; `scale` is all about growth, `peers` all with peers. None: all but those
    /// two and `instructions`.
    #[arg(value_parser = PossibleValuesParser::new(figures::names()))]
    names: Vec<String>,
    /// A figure to measure; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(figures::names()))]
    only: Vec<String>,
    /// One round of a second, and smaller sizes: to see that it works.
    #[arg(long)]
    quick: bool,
    /// Writes the figures into `docs/benchmarks.json`, `docs/benchmarks.md` and `docs/benchmarks/`, and instructions beside
    /// what is counted.
    #[arg(long, conflicts_with = "quick")]
    write: bool,
    /// Grows to ten million sessions, which takes an hour or more, and some three gigabytes.
    #[arg(long)]
    ten_million: bool,
    /// Seconds of each round; `micro` and `memory` have none.
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
    let mut names: Vec<&str> = options.names.iter().chain(&options.only).map(String::as_str).collect();
    if names.contains(&figures::INSTRUCTIONS) {
        if options.write {
            instructions::renew()?
        } else {
            instructions::check()?
        }
        names.retain(|name| *name != figures::INSTRUCTIONS);
        if names.is_empty() {
            return Ok(());
        }
    }
    if names.is_empty() || names.contains(&MICRO) {
        micro(options.quick)?;
    }
    tools::install(&PROGRAMS)?;
    let peers = peers::install(&names);
    let mut build = cargo_with(["build", "--release", "--quiet", "--package", "doorward-bench"]);
    if options.doorward.is_none() {
        build.args(["--package", "doorward-cli"]);
    }
    run_step("build", &mut build)?;
    let release = target().join("release");
    let mut bench = Command::new(release.join("doorward-bench"));
    bench.arg("measure").args(names).arg("--micro").arg(micro_folder()).arg("--peers").arg(peers);
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

/// Measures the steps of a decision, and leaves what was found in a folder.
fn micro(quick: bool) -> anyhow::Result<()> {
    let folder = micro_folder();
    // A benchmark that is called otherwise now would stay there.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut bench = cargo_with(["bench", "--quiet", "--package", "doorward", "--bench", "micro", "--"]);
    bench.args(if quick { &["--quick"][..] } else { &["--warm-up-time", "1", "--measurement-time", "3"] });
    run_step(MICRO, bench.env("CRITERION_HOME", folder))
}

fn micro_folder() -> PathBuf {
    target().join("micro")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        options: super::Options,
    }

    fn parse(arguments: &[&str]) -> Result<Command, clap::Error> {
        Command::try_parse_from([&["bench"], arguments].concat())
    }

    #[test]
    fn what_a_quick_run_says_is_never_kept() {
        assert!(parse(&["gateway", "--quick"]).is_ok_and(|command| command.options.quick));
        assert!(parse(&["gateway", "--write"]).is_ok_and(|command| command.options.write));
        assert!(parse(&["gateway", "--quick", "--write"]).is_err());
    }

    #[test]
    fn a_figure_that_there_is_not_is_refused_before_anything_is_installed() {
        for name in ["gateway", "scale", "peers", "instructions", "concurrency"] {
            assert!(parse(&[name]).is_ok() && parse(&["--only", name]).is_ok(), "{name}");
        }
        let said = parse(&["gatway"]).err().expect("no figure").to_string();
        assert!(said.contains("gateway"), "{said}");
        assert!(parse(&["--only", "gatway"]).is_err());
    }
}
