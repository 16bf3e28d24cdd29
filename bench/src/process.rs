//! A process that is measured, with all that it has started.

use std::process::{Child, Command};

use anyhow::Context as _;

/// What the kernel counts CPU time in: a hundred ticks a second, on every Linux.
const TICKS: f64 = 100.0;

/// A child that is asked to end when nobody measures it any more.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.spawn().with_context(|| format!("{command:?} does not start"))?;
        Ok(Self(child))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Memory in MB, of all processes below this one too.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        memory_of(self.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A master ends its workers when it is asked, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// CPU seconds of a process and of all below it, in user mode and in the kernel.
pub(crate) fn cpu_of(process: u32) -> anyhow::Result<f64> {
    tree(process).into_iter().map(own_cpu_of).sum()
}

fn own_cpu_of(process: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name stands in brackets and may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / TICKS)
}

/// MB of a process and of all below it. What several of them share counts once, each has its part of it.
pub(crate) fn memory_of(process: u32) -> anyhow::Result<f64> {
    tree(process).into_iter().map(own_memory_of).sum()
}

fn own_memory_of(process: u32) -> anyhow::Result<f64> {
    let file = format!("/proc/{process}/smaps_rollup");
    let status = std::fs::read_to_string(&file).with_context(|| file.clone())?;
    let line = status.lines().find_map(|line| line.strip_prefix("Pss:")).context("Pss")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1_024.0 / 1e6)
}

/// A process and all below it.
fn tree(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut place = 0;
    while let Some(parent) = found.get(place).copied() {
        place += 1;
        let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else { continue };
        for thread in threads.flatten() {
            let list = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(list.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
    }
    found
}
