//! Services in Node that others guard, in `bench/peers/node`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::place::PASSWORD;
use crate::run::Run;

use super::cookie::{does_not_log_in, log_in, one_letter_off};
use super::form::{RIGHT, WRONG};
use super::passwords::NOT_THE_PASSWORD;
use super::site::{first_line, free_address, number};
use super::{Door, Peer, Site, Started, redis};

/// Who guards it, and where sessions are kept.
pub(crate) enum Node {
    Express,
    BetterAuth,
}

const PACKAGES: &str = include_str!("../../peers/node/package.json");

impl Peer for Node {
    fn name(&self) -> &str {
        match self {
            Self::Express => "express-session and passport, Redis",
            Self::BetterAuth => "better-auth, SQLite (libSQL)",
        }
    }

    fn version(&self, run: &Run) -> anyhow::Result<String> {
        let node = number(&first_line(Command::new("node").arg("--version"))?)?;
        let modules = folder(run)?.join("node_modules");
        ensure!(modules.is_dir(), "{} is missing: `cargo xtask bench peers` installs it", modules.display());
        Ok(match self {
            Self::Express => {
                let (sessions, passport) = (listed("express-session")?, listed("passport")?);
                format!("{sessions} and {passport}, Node {node}, Redis {}", redis::version()?)
            }
            Self::BetterAuth => format!("{}, Node {node}", listed("better-auth")?),
        })
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let address = free_address()?;
        let folder = folder(site.run)?;
        let mut command = Command::new("node");
        command.env("NODE_ENV", "production");
        let mut kept = Vec::new();
        let (log_in_at, me) = (format!("http://{address}{}", self.log_in()), format!("http://{address}/me"));
        match self {
            Self::Express => {
                let (process, redis) = redis::start(site)?;
                kept.push(process);
                command.arg(folder.join("express.js")).arg(address.port().to_string()).arg(redis.to_string());
            }
            Self::BetterAuth => {
                command.arg(folder.join("better-auth.js")).arg(address.port().to_string());
                command.arg(site.folder.join("better-auth.db"));
            }
        }
        let mut processes = vec![site.start(&mut command, address)?];
        processes.append(&mut kept);
        let origin = format!("Origin: http://{address}");
        let (headers, right, wrong) = match self {
            Self::Express => (vec![], RIGHT.to_owned(), WRONG.to_owned()),
            Self::BetterAuth => {
                (vec!["Content-Type: application/json", origin.as_str()], json(PASSWORD), json(NOT_THE_PASSWORD))
            }
        };
        does_not_log_in(&log_in_at, &headers, &wrong)?;
        let cookie = log_in(&log_in_at, &headers, &right)?;
        Ok(Started { processes, url: me, door: Door::Guarded { wrong: one_letter_off(&cookie), right: cookie } })
    }
}

impl Node {
    fn log_in(&self) -> &str {
        match self {
            Self::Express => "/login",
            Self::BetterAuth => "/api/auth/sign-in/email",
        }
    }
}

fn json(password: &str) -> String {
    serde_json::json!({ "email": "anna@example.com", "password": password }).to_string()
}

fn folder(run: &Run) -> anyhow::Result<PathBuf> {
    let folder = run.peers.as_ref().context("no folder of peers was named: `cargo xtask bench peers` names it")?;
    Ok(folder.join("node"))
}

/// The version of a package, which is an exact one.
fn listed(package: &str) -> anyhow::Result<String> {
    let packages: serde_json::Value = serde_json::from_str(PACKAGES)?;
    let version = packages["dependencies"][package].as_str();
    Ok(version.with_context(|| format!("{package} is not in package.json"))?.to_owned())
}
