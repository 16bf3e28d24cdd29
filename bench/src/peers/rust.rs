//! Services in Rust that others guard. They are a program of their own, in `bench/peers/rust`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::run::Run;
use crate::server::Server;

use super::cookie::{does_not_log_in, log_in, one_letter_off};
use super::form::{RIGHT, WRONG};
use super::{Door, Peer, Site, Started, redis};

/// Who guards it, and where sessions are kept.
pub(crate) enum Rust {
    AxumLoginMemory,
    AxumLoginSqlite,
    AxumLoginRedis,
    ActixSessionCookie,
    ActixSessionRedis,
}

const LOCK: &str = include_str!("../../peers/rust/Cargo.lock");

impl Peer for Rust {
    fn name(&self) -> &str {
        match self {
            Self::AxumLoginMemory => "axum-login, sessions in memory",
            Self::AxumLoginSqlite => "axum-login, SQLite",
            Self::AxumLoginRedis => "axum-login, Redis",
            Self::ActixSessionCookie => "actix-session, signed cookie that nobody can end",
            Self::ActixSessionRedis => "actix-session, Redis",
        }
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        let program = program()?;
        ensure!(program.is_file(), "{} is not built: `cargo xtask bench` does", program.display());
        let of = |package| locked(LOCK, package);
        Ok(match self {
            Self::AxumLoginMemory => of("axum-login")?,
            Self::AxumLoginSqlite => format!("{}, sqlx {}", of("axum-login")?, of("sqlx")?),
            Self::AxumLoginRedis => format!("{}, Redis {}", of("axum-login")?, redis::version()?),
            Self::ActixSessionCookie => of("actix-session")?,
            Self::ActixSessionRedis => format!("{}, Redis {}", of("actix-session")?, redis::version()?),
        })
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let mut command = Command::new(program()?);
        command.current_dir(&site.folder).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut processes = Vec::new();
        let service = match self {
            Self::AxumLoginMemory => "axum-login-memory",
            Self::AxumLoginSqlite => "axum-login-sqlite",
            Self::AxumLoginRedis => "axum-login-redis",
            Self::ActixSessionCookie => "actix-session-cookie",
            Self::ActixSessionRedis => "actix-session-redis",
        };
        command.arg(service);
        match self {
            Self::AxumLoginMemory | Self::ActixSessionCookie => {}
            Self::AxumLoginSqlite => drop(command.arg(site.folder.join("sessions.db"))),
            Self::AxumLoginRedis | Self::ActixSessionRedis => {
                let (process, address) = redis::start(site)?;
                processes.push(process);
                command.arg(address.to_string());
            }
        }
        let server = Server::listening(&mut command)?;
        processes.insert(0, server.process);
        let url = |path| format!("http://{}/{path}", server.address);
        does_not_log_in(&url("login"), &[], WRONG)?;
        let right = log_in(&url("login"), &[], RIGHT)?;
        Ok(Started { processes, url: url("me"), door: Door::Guarded { wrong: one_letter_off(&right), right } })
    }
}

/// Beside this one, where cargo puts both.
fn program() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("doorward-peers"))
}

/// The version of a package in a lock file.
pub(crate) fn locked(lock: &str, package: &str) -> anyhow::Result<String> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    Ok(version.with_context(|| format!("{package} is not locked"))?.trim_end_matches('"').to_owned())
}
