//! How many instructions a decision takes, beside how many it took: they are the same on a busy machine, and so may be asserted.

mod counts;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use counts::Counts;

use crate::step::{cargo_with, root, run as run_step, target};
use crate::tools;

/// What the counts are kept in.
const KEPT: &str = "crates/doorward/benches/instructions.txt";

/// Counts, and fails where there are clearly more than are kept.
pub(crate) fn check() -> anyhow::Result<()> {
    let counted = count()?;
    let text = std::fs::read_to_string(root().join(KEPT)).context(KEPT)?;
    let kept = Counts::parse(&text).context(KEPT)?;
    let margin = counted.margin(&kept);
    eprintln!("kept: {}, {}; now: {}, {}", kept.compiler, kept.machine, counted.compiler, counted.machine);
    for (name, now) in &counted.all {
        let before = kept.all.get(name).map_or_else(|| "none".to_owned(), u64::to_string);
        eprintln!("{name}: {now} instructions, {before} kept");
    }
    let complaints = counted.complaints(&kept);
    if !complaints.is_empty() {
        bail!(
            "with {margin} % to spare:\n{}\nWhere this is meant, `cargo xtask bench instructions --write` renews {KEPT}",
            complaints.join("\n")
        );
    }
    Ok(())
}

/// Counts, and keeps that.
pub(crate) fn renew() -> anyhow::Result<()> {
    std::fs::write(root().join(KEPT), count()?.text())?;
    eprintln!("{KEPT} is new");
    Ok(())
}

fn count() -> anyhow::Result<Counts> {
    tools::install(&[("valgrind", "valgrind")])?;
    tools::cargo_program("gungraun-runner", "gungraun-runner", "0.20.0")?;
    let folder = target().join("gungraun/doorward/judge");
    // What is not counted this time is not to be taken for it.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut bench = cargo_with(["bench", "--quiet", "--package", "doorward", "--bench", "judge"]);
    // The same build everywhere, whatever somebody has set for others.
    for (name, _) in std::env::vars_os() {
        let is_about_builds = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_") && (name.contains("_PROFILE_") || name.ends_with("RUSTFLAGS"))
        });
        if is_about_builds || name == "RUSTFLAGS" {
            bench.env_remove(name);
        }
    }
    run_step("instruction counts", &mut bench)?;
    let mut counts = Counts { compiler: compiler()?, machine: machine(), all: Default::default() };
    for group in std::fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
        for benchmark in std::fs::read_dir(group?.path())? {
            let benchmark = benchmark?;
            let name = benchmark.file_name().to_string_lossy().into_owned();
            let file = benchmark.path().join(format!("callgrind.{name}.out"));
            counts.all.insert(name, instructions(&file)?);
        }
    }
    ensure!(!counts.all.is_empty(), "nothing was counted: {}", folder.display());
    Ok(counts)
}

/// The first number of callgrind's summary, which counts instructions.
fn instructions(file: &PathBuf) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim_start);
    ensure!(line("events:").is_some_and(|events| events.starts_with("Ir ")), "{}: no instructions", file.display());
    let first = line("summary:").and_then(|summary| summary.split_whitespace().next()).context("no summary")?;
    Ok(first.parse()?)
}

/// `rustc 1.95`: what is mended in a release moves no counts.
fn compiler() -> anyhow::Result<String> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    let version =
        text.split_whitespace().nth(1).and_then(|version| version.rsplit_once('.')).context("rustc's version")?;
    Ok(format!("rustc {}", version.0))
}

/// What libraries choose their code by.
fn machine() -> String {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return "x86_64 with AVX2".into();
    }
    std::env::consts::ARCH.into()
}
