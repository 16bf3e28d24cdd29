//! `cargo xtask test`: everything that must hold, in the order in which it is cheap to learn that it does not.

use clap::Args;

use crate::instructions;
use crate::step::{self, cargo_with, has};
use crate::tools;

/// How much to test.
#[derive(Args)]
pub(crate) struct Options {
    /// Also what takes long: 200 crashes instead of 20.
    #[arg(long)]
    long: bool,
    /// Only the tests whose name contains this, and nothing else.
    #[arg(long)]
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    tools::install(&tools::PROGRAMS)?;
    let (python, axe) = (tools::python()?, tools::axe()?);
    if options.only.is_none() {
        step::run("format", &mut cargo_with(["fmt", "--all", "--check"]))?;
        let lints = ["clippy", "--workspace", "--all-targets", "--all-features", "--quiet", "--", "--deny", "warnings"];
        step::run("lints", &mut cargo_with(lints))?;
        let lean = ["check", "--quiet", "--package", "doorward", "--no-default-features"];
        step::run("the library alone", &mut cargo_with(lean))?;
    }
    let mut tests = if has("cargo-nextest") {
        cargo_with(["nextest", "run", "--workspace", "--all-features", "--no-fail-fast", "--status-level", "fail"])
    } else {
        cargo_with(["test", "--workspace", "--all-features", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    tests.args(options.only.iter());
    tests.env("DOORWARD_TEST_PYTHON", &python).env("DOORWARD_TEST_AXE", &axe);
    tests.env("DOORWARD_TEST_CRASHES", if options.long { "200" } else { "20" });
    step::run("tests", &mut tests)?;
    if options.only.is_some() {
        return Ok(());
    }
    step::run(
        "examples in documentation",
        &mut cargo_with(["test", "--workspace", "--all-features", "--doc", "--quiet"]),
    )?;
    let mut docs = cargo_with(["doc", "--workspace", "--all-features", "--no-deps", "--quiet"]);
    step::run("documentation", docs.env("RUSTDOCFLAGS", "--deny warnings"))?;
    let package = ["package", "--package", "doorward", "--allow-dirty", "--no-verify", "--quiet"];
    step::run("package of the library", &mut cargo_with(package))?;
    instructions::check()
}
