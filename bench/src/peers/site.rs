//! Where a peer is started: a folder of its own, an upstream, ports that are free.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::process::Process;
use crate::run::Run;

pub(crate) struct Site<'a> {
    pub(crate) folder: PathBuf,
    /// Answers everything with the same few bytes.
    pub(crate) upstream: SocketAddr,
    pub(crate) run: &'a Run,
}

/// So long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Site<'_> {
    /// Writes a file, and gives back where.
    pub(crate) fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let file = self.folder.join(name);
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
        Ok(file)
    }

    /// Starts a program that will listen here. What it says goes into a file.
    pub(crate) fn start(&self, command: &mut Command, address: SocketAddr) -> anyhow::Result<Process> {
        self.start_until(command, || TcpStream::connect(address).is_ok())
    }

    /// The same of one that listens elsewhere: with a look whether it does.
    pub(crate) fn start_until(&self, command: &mut Command, listens: impl Fn() -> bool) -> anyhow::Result<Process> {
        let log = self.folder.join("log");
        let output = File::options().create(true).append(true).open(&log)?;
        command.current_dir(&self.folder).stdout(output.try_clone()?).stderr(output);
        let mut process = Process::start(command)?;
        let end = Instant::now() + PATIENCE;
        while !listens() {
            if process.child().try_wait()?.is_some() || Instant::now() > end {
                bail!("{command:?} does not listen: {}", last_words(&log));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(process)
    }
}

/// Where nobody listens yet.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The first line of what a program says, which is its version.
pub(crate) fn first_line(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("`{}` is not installed", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().filter(|_| output.status.success());
    Ok(line.with_context(|| format!("{command:?} says no version: {text}"))?.to_owned())
}

/// The first word of a line that looks like `2.6.12`.
pub(crate) fn number(line: &str) -> anyhow::Result<String> {
    let mut words = line.split(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '=' | '-' | '+'));
    let number =
        words.find(|word| word.contains('.') && word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()));
    Ok(number.with_context(|| format!("there is no version in `{line}`"))?.trim_start_matches('v').to_owned())
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(3)..].join(" / ")
}
