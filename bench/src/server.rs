//! The real binary, serving.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use crate::process::Process;

/// So long a start may take: the largest rules are many.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(doorward: &Path, file: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(doorward);
        command.args(["serve", "--config"]).arg(file).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::listening(&mut command)
    }

    /// Starts a program that says where it listens, in a line with that word.
    pub(crate) fn listening(command: &mut Command) -> anyhow::Result<Self> {
        let mut process = Process::start(command)?;
        let output = process.child().stdout.take().context("stdout")?;
        let log = process.child().stderr.take().context("stderr")?;
        let (told, addresses) = std::sync::mpsc::channel();
        for output in [Box::new(output) as Box<dyn Read + Send>, Box::new(log)] {
            let told = told.clone();
            // Read to the end, so that the server never waits for a reader.
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if let Some(address) = address(&line) {
                        let _ = told.send(address);
                    }
                }
            });
        }
        let address =
            addresses.recv_timeout(PATIENCE).map_err(|_| anyhow!("{command:?} does not say where it listens"))?;
        Ok(Self { process, address })
    }
}

fn address(line: &str) -> Option<SocketAddr> {
    let is_about_it = line.to_lowercase().contains("listening on");
    let mut words = line.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':')));
    words.find_map(|word| {
        word.trim_matches(':').parse::<SocketAddr>().ok().filter(|found| is_about_it && found.port() > 0)
    })
}
