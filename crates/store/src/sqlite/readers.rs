//! The threads that read.

use std::cell::Cell;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use doorward::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::Fault;
use super::feed::Seen;
use super::open::open_file;

/// Where questions are asked.
pub(super) struct Readers {
    queue: Option<mpsc::Sender<Question>>,
    threads: Vec<JoinHandle<()>>,
    path: Arc<Path>,
}

type Question = Box<dyn FnOnce(&Reader) + Send>;

/// A connection that only reads.
pub(super) struct Reader {
    connection: Connection,
    /// Where the feed stood when this connection looked last.
    pub(super) seen: Cell<Option<Seen>>,
}

impl Readers {
    /// So many questions may wait before callers wait to be let in.
    const WAITING: usize = 4_096;

    pub(super) fn start(path: &Path, name: &str, threads: usize) -> Result<Self, Fault> {
        let (queue, questions) = mpsc::channel(Self::WAITING);
        let questions = Arc::new(Mutex::new(questions));
        let mut readers = Self { queue: Some(queue), threads: Vec::with_capacity(threads), path: path.into() };
        for number in 0..threads {
            let connection = open_file(path)?;
            connection.pragma_update(None, "query_only", true)?;
            // Lists are put in order without a file. (The writer keeps what it may have to take back in one.)
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            let reader = Reader { connection, seen: Cell::new(None) };
            let questions = questions.clone();
            let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
            let thread = thread.spawn(move || serve(&reader, &questions));
            let failed = |error| Fault::Unavailable(format!("a thread could not be started: {error}"));
            readers.threads.push(thread.map_err(failed)?);
        }
        Ok(readers)
    }

    /// Asks the next reader who is free.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = |()| Fault::stopped().into_error(&self.path);
        let (reply, answer) = oneshot::channel();
        let question: Question = Box::new(move |reader| {
            // Whoever asked may be gone.
            let _ = reply.send(question(reader));
        });
        let queue = self.queue.as_ref().ok_or(()).map_err(stopped)?;
        queue.send(question).await.map_err(|_| stopped(()))?;
        let answer = answer.await.map_err(|_| stopped(()))?;
        answer.map_err(|fault| fault.into_error(&self.path))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve(reader: &Reader, questions: &Mutex<mpsc::Receiver<Question>>) {
    loop {
        // Whoever holds the lock waits for the next question; the lock is free again before it is answered.
        let question = questions.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(question) = question else { return };
        question(reader);
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}
