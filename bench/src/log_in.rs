//! A log-in costs one argon2id, one durable commit, and what is ours.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use doorward::client::Client;
use doorward::password::{Cost, HashJob, Hasher as _};
use doorward::store::{Change, StoredSession};
use doorward::{Engine, LogIn, SessionDigest, SessionToken, User, Visit};
use doorward_server::HashThreads;

use crate::place::{PASSWORD, add_user, engine, rules};
use crate::spread::Spread;

const ROUNDS: usize = 200;

pub(crate) fn measure() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("bench.db");
        let engine = engine(&rules("http://127.0.0.1:9", &data, "127.0.0.1:0"), &data).await?;
        let user = add_user(&engine, "anna").await?;
        let threads = HashThreads::start(1)?;
        let (mut hashes, mut commits, mut log_ins) = (Vec::new(), Vec::new(), Vec::new());
        // Interleaved, so that whatever else the machine does falls on all three alike.
        for _ in 0..ROUNDS {
            hashes.push(hash(&threads, &user).await?);
            commits.push(commit(&engine, &user).await?);
            log_ins.push(log_in(&engine).await?);
        }
        let (hashes, commits, log_ins) = (Spread::of(hashes), Spread::of(commits), Spread::of(log_ins));
        let ours = log_ins.median().saturating_sub(hashes.median()).saturating_sub(commits.median());
        println!("argon2id       {hashes}");
        println!("durable commit {commits}");
        println!("log-in         {log_ins}");
        println!("what is ours   {:8.3} ms (goal: at most 1)", ours.as_secs_f64() * 1_000.0);
        Ok(())
    })
}

async fn hash(threads: &HashThreads, user: &User) -> anyhow::Result<Duration> {
    let (hash, password) = (user.password.clone(), PASSWORD.as_bytes().to_vec().into());
    let start = Instant::now();
    threads.run(HashJob::Verify { hash, password, cost: Cost::default() }).await?;
    Ok(start.elapsed())
}

async fn commit(engine: &Engine, user: &User) -> anyhow::Result<Duration> {
    let token = SessionToken::random()?;
    let now = engine.now();
    let session = StoredSession {
        digest: SessionDigest::of(token.expose()),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: now,
        last_seen: now,
        idle_end: now + 1_800,
        absolute_end: now + 43_200,
        authenticated: now,
        remembered: false,
        bearer: false,
        address: "127.0.0.1".into(),
        device: "bench".into(),
    };
    let start = Instant::now();
    engine.store().commit(Change::CreateSession { session, replaces: None, limit: None }, vec![]).await?;
    Ok(start.elapsed())
}

async fn log_in(engine: &Engine) -> anyhow::Result<Duration> {
    let headers = http::HeaderMap::new();
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: false, by_proxy: false };
    let visit = Visit { client, headers: &headers, request_id: None, profile: &doorward::policy::Profile::DOORWARD };
    let request = LogIn { realm: None, login: "anna", password: PASSWORD.as_bytes().to_vec().into(), remember: false };
    let start = Instant::now();
    engine.log_in(request, &visit).await.map_err(|refusal| anyhow!("{}", refusal.code()))?;
    Ok(start.elapsed())
}
