//! Copies of a database: made while it is in use, checked and put back.

mod restore;

pub use restore::{Restored, restore};

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::error::OpenError;
use crate::files;
use crate::sqlite::{Fault, Kind, LATEST, kind, open_file};

/// Why a copy could not be made or put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database or the copy cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Nothing is ever overwritten.
    #[error("{} is there already: name another file, or move that one away", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another program has the database open.
    #[error("another program has {} open: close it, and try again", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
}

/// Copies the database at `from` to a new file at `to`, also while a server runs. Either all of it is there in the end, of
/// one moment and durable, or there is no file at `to`. `progress` is told how many bytes of how many are copied.
///
/// # Errors
/// When there is a file at `to` already; when `from` is no database of Doorward's or a newer one; when the disk fails.
pub fn backup(from: &Path, to: &Path, mut progress: impl FnMut(u64, u64)) -> Result<(), BackupError> {
    if files::is_there(to) {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let source = open_source(from)?;
    let copied = copy(&source, to, &mut progress);
    copied.map_err(|fault| OpenError::fault(to, fault).into())
}

/// Opens a database that must be Doorward's, of a version that is known here.
fn open_source(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let fault = |fault| OpenError::fault(path, fault);
    let connection = open_file(path).map_err(fault)?;
    match kind(&connection).map_err(fault)? {
        Kind::Ours(found) if found > LATEST => Err(OpenError::TooNew { path: path.to_owned(), found, known: LATEST }),
        Kind::Ours(_) => Ok(connection),
        Kind::Empty => Err(fault(Fault::Foreign("it is empty".into()))),
        Kind::Foreign => Err(fault(Fault::Foreign("it belongs to another program".into()))),
    }
}

/// Copies all pages to a new file. It gets its name when it is complete and durable.
pub(crate) fn copy(source: &Connection, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
    let partial = files::beside(to, &format!(".{}.partial", std::process::id()));
    let named = copy_pages(source, &partial, progress).and_then(|()| {
        // A link, because it fails where a file is already; to rename would replace it.
        let named = std::fs::hard_link(&partial, to).and_then(|()| files::sync_folder(to));
        named.map_err(|error| in_words(&error))
    });
    let _ = std::fs::remove_file(&partial);
    named
}

fn copy_pages(source: &Connection, partial: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
    let file = files::open_private(partial, true).map_err(|error| in_words(&error))?;
    let page: u32 = source.pragma_query_value(None, "page_size", |row| row.get(0))?;
    // All pages are of one moment, as long as this transaction reads; and nobody's change makes the copy begin again.
    let moment = source.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut target = open_file(partial)?;
    {
        let backup = Backup::new(&moment, &mut target)?;
        loop {
            let step = backup.step(PAGES_AT_ONCE)?;
            let pages = backup.progress();
            let [total, left] =
                [pages.pagecount, pages.remaining].map(|pages| u64::from(pages.unsigned_abs()) * u64::from(page));
            progress(total - left.min(total), total);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(std::time::Duration::from_millis(10)),
            }
        }
    }
    target.close().map_err(|(_, error)| error)?;
    file.sync_all().map_err(|error| in_words(&error))
}

const PAGES_AT_ONCE: i32 = 256;

fn in_words(error: &std::io::Error) -> Fault {
    Fault::Unavailable(error.to_string())
}
