//! `cargo xtask bench`: figures for the documentation. Nothing is asserted: the machines are shared.

use std::process::Command;

use clap::Args;

use crate::step::{cargo_with, run as run_step, target};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this figure: `decision`, `log-in`, `memory`, `gateway`.
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let wants = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wants("decision") {
        run_step("decision", &mut cargo_with(["bench", "--quiet", "--package", "doorward", "--bench", "decision"]))?;
    }
    run_step(
        "build",
        &mut cargo_with(["build", "--release", "--quiet", "--package", "doorward-cli", "--package", "doorward-bench"]),
    )?;
    let release = target().join("release");
    for figure in ["log-in", "memory", "gateway"] {
        if wants(figure) {
            let mut bench = Command::new(release.join("doorward-bench"));
            bench.arg(figure);
            if figure != "log-in" {
                bench.arg("--doorward").arg(release.join("doorward"));
            }
            run_step(figure, &mut bench)?;
        }
    }
    Ok(())
}
