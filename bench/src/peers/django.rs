//! Django REST framework with Django's sessions, in `bench/peers/python`, served by gunicorn.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::run::Run;

use super::cookie::{does_not_log_in, log_in, one_letter_off};
use super::form::{RIGHT, WRONG};
use super::site::{first_line, free_address, number};
use super::{Door, Peer, Site, Started};

pub(crate) struct Django;

/// Of each worker: as many as `wrk` has connections for it on two cores.
const THREADS: &str = "16";
const PACKAGES: &str = include_str!("../../peers/python/requirements.txt");

impl Peer for Django {
    fn name(&self) -> &str {
        "Django REST framework, sessions in SQLite"
    }

    fn version(&self, run: &Run) -> anyhow::Result<String> {
        let python = number(&first_line(python(run)?.arg("--version"))?)?;
        let (framework, django) = (listed("djangorestframework")?, listed("django")?);
        Ok(format!("{framework}, Django {django}, gunicorn {}, Python {python}", listed("gunicorn")?))
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let address = free_address()?;
        let service = folder(site.run)?.join("django_service.py");
        let python = || -> anyhow::Result<Command> {
            let mut python = python(site.run)?;
            // What it keeps at home stays in the folder.
            python.env("PEER_FOLDER", &site.folder).env("HOME", &site.folder).env("PYTHONDONTWRITEBYTECODE", "1");
            Ok(python)
        };
        let output = python()?.arg(&service).output()?;
        ensure!(output.status.success(), "no tables: {}", String::from_utf8_lossy(&output.stderr));
        let workers = std::thread::available_parallelism()?.to_string();
        let mut serve = python()?;
        serve.args(["-m", "gunicorn", "--workers", &workers, "--bind", &address.to_string()]);
        // Else it closes each connection after one answer, which no other peer does.
        serve.args(["--worker-class", "gthread", "--threads", THREADS, "--keep-alive", "600"]);
        serve.arg("--pythonpath").arg(folder(site.run)?).arg("django_service:application");
        let process = site.start(&mut serve, address)?;
        let url = |path| format!("http://{address}/{path}");
        does_not_log_in(&url("login"), &[], WRONG)?;
        let right = log_in(&url("login"), &[], RIGHT)?;
        let door = Door::Guarded { wrong: one_letter_off(&right), right };
        Ok(Started { processes: vec![process], url: url("me"), door })
    }
}

/// That of the folder, which has the packages.
fn python(run: &Run) -> anyhow::Result<Command> {
    Ok(Command::new(folder(run)?.join("bin/python3")))
}

fn folder(run: &Run) -> anyhow::Result<PathBuf> {
    let folder = run.peers.as_ref().context("no folder of peers was named: `cargo xtask bench peers` names it")?;
    Ok(folder.join("python"))
}

/// The version of a package, which is an exact one.
fn listed(package: &str) -> anyhow::Result<String> {
    let version = PACKAGES.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    Ok(version.with_context(|| format!("{package} is not in requirements.txt"))?.to_owned())
}
