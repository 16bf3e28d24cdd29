//! `cargo xtask bench`: figures for the documentation. Nothing is asserted: the machines are shared.

use clap::Args;

use crate::step::{cargo_with, run as run_step};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this figure: `decision`, `log-in`, `memory`.
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let wants = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wants("decision") {
        run_step("decision", &mut cargo_with(["bench", "--quiet", "--package", "doorward", "--bench", "decision"]))?;
    }
    for figure in ["log-in", "memory"] {
        if wants(figure) {
            let bench = ["run", "--release", "--quiet", "--package", "doorward-bench", "--", figure];
            run_step(figure, &mut cargo_with(bench))?;
        }
    }
    Ok(())
}
