//! The one thread that writes, and how changes that wait are made durable together.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use doorward::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::Fault;

/// Where changes are handed in.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    path: Arc<Path>,
}

/// Something to be written, and whoever waits for it.
trait Job: Send {
    /// Does the work. Nothing is durable yet.
    fn run(&mut self, connection: &Connection) -> Result<(), Fault>;
    /// Answers, once everything is durable or has failed.
    fn answer(self: Box<Self>, verdict: Result<(), Fault>, path: &Path);
}

impl Writer {
    /// So many may wait before callers wait to be let in.
    const WAITING: usize = 4_096;
    /// So many are made durable together at most.
    const TOGETHER: usize = 512;
    /// After so many the log is copied into the database.
    const CHECKPOINT_EVERY: usize = 1_000;

    pub(super) fn start(connection: Connection, path: &Path) -> Result<Self, Fault> {
        let path: Arc<Path> = path.into();
        let (queue, jobs) = mpsc::channel(Self::WAITING);
        let thread = std::thread::Builder::new().name("doorward-write".into()).spawn({
            let path = path.clone();
            move || serve(&connection, jobs, &path)
        });
        let thread = thread.map_err(|error| Fault::Unavailable(format!("a thread could not be started: {error}")))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), path })
    }

    /// Does `work` within a transaction. When it answers, what was done is durable.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = |()| Fault::stopped().into_error(&self.path);
        let (reply, answer) = oneshot::channel();
        let task = Task { work: Some(work), outcome: None, reply };
        let queue = self.queue.as_ref().ok_or(()).map_err(stopped)?;
        queue.send(Box::new(task)).await.map_err(|_| stopped(()))?;
        answer.await.map_err(|_| stopped(()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread ends when it has done what waits.
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Task<T, W> {
    work: Option<W>,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, W: FnOnce(&Connection) -> Result<T, Fault> + Send> Job for Task<T, W> {
    fn run(&mut self, connection: &Connection) -> Result<(), Fault> {
        let work = self.work.take().ok_or_else(Fault::stopped)?;
        self.outcome = Some(work(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>, verdict: Result<(), Fault>, path: &Path) {
        let Self { outcome, reply, .. } = *self;
        let outcome = verdict.and_then(|()| outcome.ok_or_else(Fault::stopped));
        // Whoever asked may be gone; what was done is done.
        let _ = reply.send(outcome.map_err(|fault| fault.into_error(path)));
    }
}

fn serve(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, path: &Path) {
    let mut batch = Vec::new();
    let mut since_checkpoint = 0;
    while jobs.blocking_recv_many(&mut batch, Writer::TOGETHER) > 0 {
        since_checkpoint += batch.len();
        let mut waiting = std::mem::take(&mut batch).into_iter();
        while waiting.len() > 0 {
            commit_together(connection, &mut waiting, path);
        }
        if since_checkpoint >= Writer::CHECKPOINT_EVERY {
            since_checkpoint = 0;
            // It is tried again later when a reader is in the way.
            let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
    }
}

/// Carries out jobs, each whole or not at all, makes them durable with one commit, and answers all.
///
/// When a job makes the database give up the transaction, those before it are lost with it; those after it get a new one.
fn commit_together(connection: &Connection, waiting: &mut std::vec::IntoIter<Box<dyn Job>>, path: &Path) {
    let mut done = Vec::with_capacity(waiting.len());
    let committed = run_together(connection, waiting, &mut done);
    if committed.is_err() && !connection.is_autocommit() {
        // What cannot be committed must not be in the way of what comes next.
        let _ = run(connection, "ROLLBACK");
    }
    if let Err(fault) = &committed {
        let error = fault.clone().into_error(path);
        tracing::error!(%error, changes = done.len().max(1), "changes could not be written");
        if done.is_empty() {
            // The transaction could not even begin: nobody is asked to wait for that once more.
            done.extend(waiting.map(|job| (job, Ok(()))));
        }
    }
    for (job, outcome) in done {
        // A refusal, too, was made on the grounds of what has just been lost.
        job.answer(committed.clone().and(outcome), path);
    }
}

/// A job, and whether it did its work.
type Done = (Box<dyn Job>, Result<(), Fault>);

fn run_together(
    connection: &Connection,
    waiting: &mut std::vec::IntoIter<Box<dyn Job>>,
    done: &mut Vec<Done>,
) -> Result<(), Fault> {
    run(connection, "BEGIN IMMEDIATE")?;
    for mut job in waiting.by_ref() {
        match in_savepoint(connection, &mut *job) {
            Ok(outcome) => done.push((job, outcome)),
            Err(fault) => {
                done.push((job, Ok(())));
                return Err(fault);
            }
        }
    }
    run(connection, "COMMIT")
}

/// Runs a job, and takes back what it did when it fails. The error is one after which the transaction cannot go on:
/// it is lost, or has something in it that could not be taken back.
fn in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<Result<(), Fault>, Fault> {
    run(connection, "SAVEPOINT change")?;
    let outcome = job.run(connection);
    if connection.is_autocommit() {
        let lost = || Fault::Unavailable("the database gave up a transaction".into());
        return Err(outcome.err().unwrap_or_else(lost));
    }
    if outcome.is_err() {
        run(connection, "ROLLBACK TO change")?;
    }
    run(connection, "RELEASE change")?;
    Ok(outcome)
}

fn run(connection: &Connection, sql: &'static str) -> Result<(), Fault> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
