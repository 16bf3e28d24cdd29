//! A log-in costs one argon2id, one durable commit, and what is ours.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use anyhow::anyhow;
use doorward::client::Client;
use doorward::password::{Cost, HashJob, Hasher as _};
use doorward::{Engine, LogIn, User, Visit};
use doorward_server::HashThreads;

use crate::chart::Chart;
use crate::goal::Aim;
use crate::place::{self, PASSWORD, add_user, engine, rules};
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table};

const MEDIAN: &str = "median, ms";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let rounds = if run.quick { 20 } else { 200 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("bench.db");
        let engine = engine(&rules("http://127.0.0.1:9", &data), &data).await?;
        let user = add_user(&engine, "anna", &[]).await?;
        anyhow::ensure!(log_in(&engine, "a quiet sea at noon").await.is_err(), "a wrong password opens");
        let threads = HashThreads::start(1)?;
        let (mut hashes, mut commits, mut log_ins) = (Vec::new(), Vec::new(), Vec::new());
        // Interleaved, so that whatever else the machine does falls on all three alike.
        for _ in 0..rounds {
            hashes.push(hash(&threads, &user).await?);
            commits.push(commit(&engine, &user).await?);
            log_ins.push(log_in(&engine, PASSWORD).await?);
        }
        let about = "One argon2id (19 MiB, 2 passes), one durable commit, and a log-in that has both, one after the other, by turns. \
                     What is neither is the difference of the p10: of those that nothing disturbed.";
        let columns = ["what", MEDIAN, "p10", "p90"];
        let mut table = Table::new("log-in", "One log-in", about, &columns);
        table.rounds = Some(format!("{rounds} turns"));
        let spreads = [hashes, commits, log_ins].map(Spread::of);
        for (name, spread) in ["one argon2id", "one durable commit", "a log-in"].iter().zip(&spreads) {
            let [median, low, high] = [0.5, 0.1, 0.9].map(|share| Cell::number(spread.at(share), 2));
            table.row(name, vec![median, low, high]);
        }
        // Of those that nothing disturbed: what argon2id takes changes by more from one to the next than all that is ours.
        let [hashes, commits, log_ins] = spreads.map(|spread| spread.at(0.1));
        let ours = Cell::number(log_ins - hashes - commits, 2);
        table.row("what is neither of the two", vec![Cell::none(), ours.clone(), Cell::none()]);
        table.goal("what a log-in takes besides argon2id and its commit", &ours, " ms", Aim::AtMost(1.0, 1.0))?;
        table.chart = Some(Chart::bars(&[MEDIAN]));
        Ok(table)
    })
}

/// Milliseconds, as all of these.
async fn hash(threads: &HashThreads, user: &User) -> anyhow::Result<f64> {
    let (hash, password) = (user.password.clone(), PASSWORD.as_bytes().to_vec().into());
    let start = Instant::now();
    threads.run(HashJob::Verify { hash, password, cost: Cost::default() }).await?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

async fn commit(engine: &Engine, user: &User) -> anyhow::Result<f64> {
    let start = Instant::now();
    place::log_in(engine, user).await?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

async fn log_in(engine: &Engine, password: &str) -> anyhow::Result<f64> {
    let headers = http::HeaderMap::new();
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: false, by_proxy: false };
    let visit = Visit { client, headers: &headers, request_id: None, profile: &doorward::policy::Profile::DOORWARD };
    let request = LogIn { realm: None, login: "anna", password: password.as_bytes().to_vec().into(), remember: false };
    let start = Instant::now();
    engine.log_in(request, &visit).await.map_err(|refusal| anyhow!("{}", refusal.code()))?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}
