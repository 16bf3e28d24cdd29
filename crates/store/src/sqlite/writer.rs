//! The one thread that writes, and how changes that wait are made durable together.

use std::collections::VecDeque;
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
    /// Does the work. Nothing is durable yet. It is done anew when all of it was undone.
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

    /// Does `work` within a transaction. When it answers, what was done is durable. It is asked again when what it did had to
    /// be undone for another's sake.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = |()| Fault::stopped().into_error(&self.path);
        let (reply, answer) = oneshot::channel();
        let task = Task { work, outcome: None, reply };
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
    work: W,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, W: FnMut(&Connection) -> Result<T, Fault> + Send> Job for Task<T, W> {
    fn run(&mut self, connection: &Connection) -> Result<(), Fault> {
        self.outcome = None;
        self.outcome = Some((self.work)(connection)?);
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
        let mut waiting = VecDeque::from(std::mem::take(&mut batch));
        while !waiting.is_empty() {
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
fn commit_together(connection: &Connection, waiting: &mut VecDeque<Box<dyn Job>>, path: &Path) {
    let mut done = Vec::with_capacity(waiting.len());
    let mut committed = run_together(connection, waiting, &mut done, run_freely);
    if matches!(committed, Err(Broken::Stained)) {
        // Nobody was told anything yet: all of it is undone, and done once more with care.
        committed = undo(connection, waiting, &mut done)
            .and_then(|()| run_together(connection, waiting, &mut done, run_in_savepoint));
    }
    if committed.is_err() && !connection.is_autocommit() {
        // What cannot be committed must not be in the way of what comes next.
        let _ = run(connection, "ROLLBACK");
    }
    let committed = committed.map_err(Fault::from);
    if let Err(fault) = &committed {
        let error = fault.clone().into_error(path);
        tracing::error!(%error, changes = done.len().max(1), "changes could not be written");
        if done.is_empty() {
            // The transaction could not even begin: nobody is asked to wait for that once more.
            done.extend(waiting.drain(..).map(|job| (job, Ok(()))));
        }
    }
    for (job, outcome) in done {
        // A refusal, too, was made on the grounds of what has just been lost.
        job.answer(committed.clone().and(outcome), path);
    }
}

/// A job, and whether it did its work.
type Done = (Box<dyn Job>, Result<(), Fault>);

/// Why a transaction cannot go on.
enum Broken {
    /// It is lost, or has something in it that could not be taken back.
    Lost(Fault),
    /// A job failed after it had written something, which can only be taken back with all the rest.
    Stained,
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Lost(fault)
    }
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Lost(fault) => fault,
            Broken::Stained => Self::Unavailable("a change failed and could not be taken back".into()),
        }
    }
}

fn run_together(
    connection: &Connection,
    waiting: &mut VecDeque<Box<dyn Job>>,
    done: &mut Vec<Done>,
    run_one: impl Fn(&Connection, &mut dyn Job) -> Result<Result<(), Fault>, Broken>,
) -> Result<(), Broken> {
    run(connection, "BEGIN IMMEDIATE")?;
    while let Some(mut job) = waiting.pop_front() {
        let outcome = run_one(connection, &mut *job);
        let (outcome, broken) = outcome.map_or_else(|broken| (Ok(()), Some(broken)), |outcome| (outcome, None));
        done.push((job, outcome));
        if let Some(broken) = broken {
            return Err(broken);
        }
    }
    Ok(run(connection, "COMMIT")?)
}

/// Undoes all of a transaction. Those that are done wait again, before those that wait.
fn undo(connection: &Connection, waiting: &mut VecDeque<Box<dyn Job>>, done: &mut Vec<Done>) -> Result<(), Broken> {
    run(connection, "ROLLBACK")?;
    done.drain(..).rev().for_each(|(job, _)| waiting.push_front(job));
    Ok(())
}

/// Runs a job that is trusted to write nothing before it knows that it can: what nearly all do that fail. After a savepoint the
/// database would copy each page that is altered.
fn run_freely(connection: &Connection, job: &mut dyn Job) -> Result<Result<(), Fault>, Broken> {
    let before = connection.total_changes();
    let outcome = outcome(connection, job)?;
    if outcome.is_err() && connection.total_changes() != before {
        return Err(Broken::Stained);
    }
    Ok(outcome)
}

/// Runs a job, and takes back what it did when it fails.
fn run_in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<Result<(), Fault>, Broken> {
    run(connection, "SAVEPOINT change")?;
    let outcome = outcome(connection, job)?;
    if outcome.is_err() {
        run(connection, "ROLLBACK TO change")?;
    }
    run(connection, "RELEASE change")?;
    Ok(outcome)
}

/// What becomes of a job, as long as there is a transaction.
fn outcome(connection: &Connection, job: &mut dyn Job) -> Result<Result<(), Fault>, Broken> {
    let outcome = job.run(connection);
    if connection.is_autocommit() {
        let lost = || Fault::Unavailable("the database gave up a transaction".into());
        return Err(Broken::Lost(outcome.err().unwrap_or_else(lost)));
    }
    Ok(outcome)
}

fn run(connection: &Connection, sql: &'static str) -> Result<(), Fault> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
