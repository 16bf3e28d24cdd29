//! Sessions that are created at the store, durable when it answers, beside SQLite alone.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward::store::{Change, Store};
use doorward::{SessionDigest, SessionToken, Time, User};
use doorward_store::Sqlite;
use rusqlite::{Connection, params};

use crate::chart::Chart;
use crate::goal::Aim;
use crate::place;
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table};

const RATE: &str = "sessions/s";

const CALLERS: usize = 256;

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let (ours, raw) = (folder.path().join("ours.db"), folder.path().join("raw.db"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut alone, mut store) = (Vec::new(), Vec::new());
    // Both have the same tables, with the same indices, and a user.
    let ((user, now), _) = runtime.block_on(async { anyhow::Ok((open(&ours).await?, open(&raw).await?)) })?;
    let opened: Arc<dyn Store> = Arc::new(Sqlite::open(&ours)?);
    let connection = connect(&raw)?;
    for _ in 0..run.rounds {
        alone.push(insert(&connection, &user, now, run.seconds)?);
        store.push(runtime.block_on(create(&opened, &user, now, run.seconds))?);
    }
    let (alone, store) = (Spread::of(alone), Spread::of(store));
    let about = format!(
        "Sessions a second, durable when it is said so. SQLite alone: rows of the same table with the same indices, {CALLERS} with \
         each commit, write-ahead log, synced each time, in one thread that nobody asks. The store: {CALLERS} callers, each again \
         as soon as its session is stored; it writes the feed of changes too."
    );
    let mut table = Table::new("created", "Sessions created at the store", &about, &["what", RATE, "ratio"]);
    table.rounds = Some(run.rounds());
    let beside = Cell::spread(&store.beside(&alone), 2);
    table.row("SQLite alone", vec![Cell::spread(&alone, 0), Cell::number(1.0, 2)]);
    table.row("Doorward's store", vec![Cell::spread(&store, 0), beside.clone()]);
    table.goal("sessions/s at the store \u{f7} SQLite alone", &beside, "", Aim::AtLeast(0.7, 0.9))?;
    table.chart = Some(Chart::bars(&[RATE]));
    Ok(table)
}

/// Makes the database, with one user. Says what time it is.
async fn open(path: &Path) -> anyhow::Result<(User, Time)> {
    let engine = place::engine(&place::rules("http://127.0.0.1:9", path), path).await?;
    Ok((place::add_user(&engine, "anna", &[]).await?, engine.now()))
}

/// As the store opens it, as far as SQLite's own work goes.
fn connect(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Else it would write more often what is in the log, and the store would look fast beside it.
    connection.pragma_update(None, "wal_autocheckpoint", 20_000)?;
    connection.pragma_update(None, "cache_size", -2_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(connection)
}

/// Rows a second, of SQLite alone.
fn insert(connection: &Connection, user: &User, now: Time, seconds: u32) -> anyhow::Result<f64> {
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds.into());
    let sql = "INSERT INTO sessions (key, handle, user, epoch, created, last_seen, idle_end, absolute_end, authenticated, remembered, \
               address, device) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let mut count = 0;
    while Instant::now() < end {
        let transaction = connection.unchecked_transaction()?;
        let mut statement = transaction.prepare_cached(sql)?;
        for _ in 0..CALLERS {
            let token = SessionToken::random()?;
            let session = place::session(user, token.expose(), now);
            let digest: &SessionDigest = &session.digest;
            statement.execute(params![
                digest.key().0,
                &digest.as_bytes()[16..],
                session.user.0,
                session.epoch,
                session.created,
                session.last_seen,
                session.idle_end,
                session.absolute_end,
                session.authenticated,
                session.remembered,
                session.address,
                session.device,
            ])?;
            count += 1;
        }
        drop(statement);
        transaction.commit()?;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// Sessions a second, of the store.
async fn create(store: &Arc<dyn Store>, user: &User, now: Time, seconds: u32) -> anyhow::Result<f64> {
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds.into());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (store, user) = (store.clone(), user.clone());
            tokio::spawn(async move {
                let mut count = 0u32;
                while Instant::now() < end {
                    let token = SessionToken::random()?;
                    let session = place::session(&user, token.expose(), now);
                    store.commit(Change::CreateSession { session, replaces: None, limit: None }, vec![]).await?;
                    count += 1;
                }
                anyhow::Ok(count)
            })
        })
        .collect();
    let mut count = 0;
    for caller in callers {
        count += caller.await??;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
