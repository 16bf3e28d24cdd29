//! Many log in at once: how many get in, and what those notice who are in already.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use doorward::password::{Cost, HashJob, Hasher as _};
use doorward::store::{Change, NewUser, Store};
use doorward::{Login, Name, PasswordHash, User};
use doorward_server::HashThreads;
use doorward_store::Sqlite;

use crate::check;
use crate::client::Connection;
use crate::crowd::commit_all;
use crate::goal::Aim;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::pace;
use crate::place::{self, PASSWORD};
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table};

/// So many log in at the same time, again and again.
const CALLERS: usize = 16;
/// So many people they are, by turns: one who logs in very often loses the oldest sessions.
const USERS: u32 = 1_000;
/// Requests with a session, a second: few, so that they are no load.
const RATE: f64 = 500.0;

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let target = format!("http://{}", upstream.address);
    let place = folder.path().join("house");
    let house = House::start(run, &place, &target, &Wish::default())?;
    check::opens_and_shuts(&house.url("/me"), &house.cookie, &house.wrong_cookie())?;
    let address = house.server.address;
    let mut connection = Connection::open(address)?;
    let user = people(&place)?;
    let right = try_log_in(&mut connection, 0, PASSWORD)?;
    let wrong = try_log_in(&mut connection, 0, "a quiet sea at noon")?;
    ensure!(
        (right, wrong) == (201, 401),
        "log-ins are answered with {right}, and with {wrong} where the password is wrong"
    );

    let [mut limits, mut log_ins, mut quiet, mut storm] = [const { Vec::new() }; 4];
    for _ in 0..run.rounds {
        limits.push(limit(&user, run.seconds)?);
        let (rate, ()) = while_they_log_in(address, || {
            std::thread::sleep(Duration::from_secs(run.seconds.into()));
            Ok(())
        })?;
        log_ins.push(rate);
        let calm = || pace::run(address, "/me", &house.cookie, RATE, run.seconds);
        quiet.push(calm()?.at(0.99) / 1_000.0);
        storm.push(while_they_log_in(address, calm)?.1.at(0.99) / 1_000.0);
    }
    let [limits, log_ins, quiet, storm] = [limits, log_ins, quiet, storm].map(Spread::of);
    let about = format!(
        "{CALLERS} callers log in over HTTP, each again as soon as they are in, beside argon2id (19 MiB, 2 passes) alone on all cores. \
         Then the same while {RATE:.0} requests a second with a session are asked: their p99, from when each was due."
    );
    let mut table = Table::new("storm", "A storm of log-ins", &about, &["what", "measured", "ratio"]);
    table.rounds = Some(run.rounds());
    let first = Cell::number(1.0, 2);
    let let_in = Cell::spread(&log_ins.beside(&limits), 2);
    let slower = Cell::spread(&storm.beside(&quiet), 2);
    let mut row = |name, spread, digits, ratio: &Cell| {
        table.row(name, vec![Cell::spread(spread, digits), ratio.clone()]);
    };
    row("argon2id alone, a second", &limits, 1, &first);
    row("log-ins a second", &log_ins, 1, &let_in);
    row("p99 of a request while it is quiet, ms", &quiet, 2, &first);
    row("p99 of a request in the storm, ms", &storm, 2, &slower);
    table.goal("log-ins a second \u{f7} what argon2id allows", &let_in, "", Aim::AtLeast(0.9, 0.95))?;
    table.goal("p99 of a request in the storm \u{f7} while it is quiet", &slower, "", Aim::AtMost(5.0, 3.0))?;
    Ok(table)
}

/// How many passwords a second can be verified when nothing else is done.
fn limit(user: &User, seconds: u32) -> anyhow::Result<f64> {
    let cores = std::thread::available_parallelism()?.get();
    let threads = Arc::new(HashThreads::start(cores)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds.into());
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (threads, hash) = (threads.clone(), user.password.clone());
                tokio::spawn(async move {
                    let mut done = 0u32;
                    while Instant::now() < end {
                        threads.run(verify(hash.clone())).await?;
                        done += 1;
                    }
                    anyhow::Ok(done)
                })
            })
            .collect();
        let mut done = 0;
        for caller in callers {
            done += caller.await??;
        }
        Ok(f64::from(done) / start.elapsed().as_secs_f64())
    })
}

fn verify(hash: Option<PasswordHash>) -> HashJob {
    HashJob::Verify { hash, password: PASSWORD.as_bytes().to_vec().into(), cost: Cost::default() }
}

/// Does something while callers log in, and says how many got in a second.
fn while_they_log_in<T>(address: SocketAddr, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let (next, is_over) = (AtomicU32::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let start = Instant::now();
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| log_in_until(address, &next, &is_over))).collect();
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        let mut count = 0;
        for caller in callers {
            count += caller.join().map_err(|_| anyhow::anyhow!("a caller panicked"))??;
        }
        // Those who had begun have ended by now: they count, and so does the time that they took.
        Ok((f64::from(count) / start.elapsed().as_secs_f64(), done?))
    })
}

fn log_in_until(address: SocketAddr, next: &AtomicU32, is_over: &AtomicBool) -> anyhow::Result<u32> {
    let mut connection = Connection::open(address)?;
    let mut count = 0;
    while !is_over.load(Ordering::Relaxed) {
        let user = next.fetch_add(1, Ordering::Relaxed) % USERS;
        let status = try_log_in(&mut connection, user, PASSWORD)?;
        ensure!(status == 201, "a log-in was answered with {status}");
        count += 1;
    }
    Ok(count)
}

fn try_log_in(connection: &mut Connection, user: u32, password: &str) -> anyhow::Result<u16> {
    let login = place::login(user);
    connection.post("/user/sessions", &format!("{{\"login\":\"{login}\",\"password\":\"{password}\"}}"))
}

/// The user of the house, and many more with the same password in its database.
fn people(place: &Path) -> anyhow::Result<User> {
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&place.join("bench.db"))?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (realm, login) = (Name::parse("default")?, Login::parse("anna")?);
        let anna = store.user_by_login(realm, login).await?.context("there is no user")?;
        let more = |number| {
            let nobody = place::nobody(number, anna.created)?;
            Ok(Change::CreateUser(NewUser { password: anna.password.clone(), ..nobody }))
        };
        commit_all(&store, USERS, more, drop).await?;
        Ok(anna)
    })
}
