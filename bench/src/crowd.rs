//! Very many sessions of ten thousand users, in the database of a real server.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{anyhow, ensure};
use doorward::User;
use doorward::store::{Change, Committed, Store};
use indicatif::ProgressBar;
use tempfile::TempDir;

use crate::client::Connection;
use crate::place;
use crate::run::Run;
use crate::server::Server;

pub(crate) const USERS: u32 = 10_000;
/// So many changes wait at once: the store makes them durable together.
const TOGETHER: u32 = 512;
/// So many ask at once, where each session is to be asked for.
const ASKERS: usize = 8;

pub(crate) struct Crowd {
    folder: TempDir,
    file: PathBuf,
    pub(crate) sessions: u32,
}

impl Crowd {
    pub(crate) fn gather(upstream: &str, sessions: u32) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("bench.db");
        let rules = place::rules(upstream, &data);
        let file = folder.path().join("doorward.toml");
        std::fs::write(&file, &rules)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let engine = place::engine(&rules, &data).await?;
            let (store, now) = (engine.store(), engine.now());
            let users = add_all(store, USERS, |number| Ok(Change::CreateUser(place::nobody(number, now)?))).await?;
            let create = |number: u32| {
                let session = place::session(&users[(number % USERS) as usize], &token(number), now);
                Ok(Change::CreateSession { session, replaces: None, limit: None })
            };
            commit_all(store, sessions, create, drop).await
        })?;
        Ok(Self { folder, file, sessions })
    }

    pub(crate) fn serve(&self, run: &Run) -> anyhow::Result<Server> {
        Server::start(&run.doorward, &self.file)
    }

    /// Asks with one session.
    pub(crate) fn ask(&self, connection: &mut Connection, number: u32) -> anyhow::Result<()> {
        let status = connection.get("/user/me", &cookie(number))?;
        ensure!(status == 200, "a session was answered with {status}");
        Ok(())
    }

    /// Asks with each of these, so that the server has them in memory.
    pub(crate) fn ask_for(&self, address: SocketAddr, numbers: Range<u32>) -> anyhow::Result<()> {
        let bar = &ProgressBar::new(u64::from(numbers.end - numbers.start));
        std::thread::scope(|scope| {
            let askers: Vec<_> = (0..ASKERS)
                .map(|first| numbers.clone().skip(first).step_by(ASKERS))
                .map(|numbers| scope.spawn(move || self.ask_in_turn(address, numbers, bar)))
                .collect();
            for asker in askers {
                asker.join().map_err(|_| anyhow!("one who asks panicked"))??;
            }
            anyhow::Ok(())
        })?;
        bar.finish_and_clear();
        Ok(())
    }

    fn ask_in_turn(
        &self,
        address: SocketAddr,
        numbers: impl Iterator<Item = u32>,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        let mut connection = Connection::open(address)?;
        for number in numbers {
            self.ask(&mut connection, number)?;
            bar.inc(1);
        }
        Ok(())
    }

    /// A program for `wrk` that asks with any of them, each time with another.
    pub(crate) fn script(&self) -> anyhow::Result<PathBuf> {
        let script = self.folder.path().join("any.lua");
        let last = self.sessions - 1;
        let text = format!(
            "function request()\n  \
             wrk.headers[\"Cookie\"] = string.format(\"doorward-default=bench%038d\", math.random(0, {last}))\n  \
             return wrk.format(\"GET\")\nend\n"
        );
        std::fs::write(&script, text)?;
        Ok(script)
    }
}

/// The line of a session's cookie. With the number of sessions it is nobody's.
pub(crate) fn cookie(number: u32) -> String {
    format!("Cookie: doorward-default={}", token(number))
}

/// As long as a real token. What it says makes no difference: tables know its digest.
pub(crate) fn token(number: u32) -> String {
    format!("bench{number:038}")
}

/// Adds so many users, who come back in the order of their numbers.
pub(crate) async fn add_all(
    store: &Arc<dyn Store>,
    all: u32,
    change: impl Fn(u32) -> anyhow::Result<Change>,
) -> anyhow::Result<Vec<User>> {
    let mut users = Vec::new();
    commit_all(store, all, change, |committed| users.extend(committed.user)).await?;
    ensure!(users.len() == all as usize, "{} of {all} users were added", users.len());
    Ok(users)
}

/// Commits so many changes, many at once, and hands on what came of each. Ten million of that would be too many to keep.
pub(crate) async fn commit_all(
    store: &Arc<dyn Store>,
    all: u32,
    change: impl Fn(u32) -> anyhow::Result<Change>,
    mut done: impl FnMut(Committed),
) -> anyhow::Result<()> {
    let bar = ProgressBar::new(u64::from(all));
    let mut waiting = Vec::new();
    for number in 0..all {
        let (store, change) = (store.clone(), change(number)?);
        waiting.push(tokio::spawn(async move { store.commit(change, vec![]).await }));
        if waiting.len() == TOGETHER as usize || number + 1 == all {
            for commit in waiting.drain(..) {
                done(commit.await??);
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}
