//! Redis, where several peers keep their sessions. What it takes counts as theirs.

use std::net::SocketAddr;
use std::process::Command;

use crate::process::Process;

use super::Site;
use super::site::{first_line, free_address};

/// Starts one that keeps nothing on disk.
pub(crate) fn start(site: &Site<'_>) -> anyhow::Result<(Process, SocketAddr)> {
    let address = free_address()?;
    let mut command = Command::new(PROGRAM);
    command.args(["--port", &address.port().to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    Ok((site.start(&mut command, address)?, address))
}

/// `7.0.15`
pub(crate) fn version() -> anyhow::Result<String> {
    let line = first_line(Command::new(PROGRAM).arg("--version"))?;
    let version = line.split_whitespace().find_map(|word| word.strip_prefix("v="));
    version.map(str::to_owned).ok_or_else(|| anyhow::anyhow!("Redis says no version: {line}"))
}

const PROGRAM: &str = "redis-server";
