//! On what was measured, when, and with which versions.

use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::run::Run;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory: String,
    pub(crate) system: String,
    pub(crate) versions: Vec<String>,
}

impl Machine {
    pub(crate) fn look(run: &Run) -> anyhow::Result<Self> {
        let kilobytes = after(&read("/proc/meminfo"), "MemTotal", ':');
        let kilobytes: f64 = kilobytes.trim_end_matches(" kB").parse().unwrap_or_default();
        let kernel = read("/proc/sys/kernel/osrelease");
        let doorward = run.doorward.display().to_string();
        let programs = [
            (doorward.as_str(), "--version"),
            ("nginx", "-v"),
            ("wrk", "-v"),
            ("h2load", "--version"),
            ("rustc", "--version"),
        ];
        Ok(Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            processor: after(&read("/proc/cpuinfo"), "model name", ':'),
            cores: std::thread::available_parallelism()?.get(),
            memory: format!("{:.0} GiB", kilobytes / 1_048_576.0),
            system: format!("{}, Linux {}", distribution(), kernel.trim()),
            versions: programs.iter().filter_map(|(program, option)| version(program, option)).collect(),
        })
    }

    pub(crate) fn lines(&self) -> String {
        let Self { date, processor, cores, memory, system, versions } = self;
        format!("**Measured on** {cores} cores ({processor}), {memory}, {system}; {}; {date}.", versions.join(", "))
    }
}

/// As the system calls itself.
pub(crate) fn distribution() -> String {
    after(&read("/etc/os-release"), "PRETTY_NAME", '=')
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// What stands behind the mark, in the line that begins with a name.
fn after(text: &str, name: &str, mark: char) -> String {
    let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(mark));
    line.map(|(_, value)| value.trim().trim_matches('"').to_owned()).unwrap_or_else(|| "unknown".into())
}

/// The first words that a program says about itself, without what it was built from.
fn version(program: &str, option: &str) -> Option<String> {
    let output = Command::new(program).arg(option).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next()?.trim_start_matches("nginx version: ");
    Some(line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}
