//! Putting a copy back.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use super::{BackupError, copy, open_source};
use crate::error::OpenError;
use crate::files;
use crate::sqlite::{Fault, Kind, Purpose, Sqlite, kind, open_file, prepare};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// Where the database that was there before is now.
    pub replaced: Option<PathBuf>,
}

/// Puts the copy at `from` in the place of the database at `to`.
///
/// The copy is checked first, and stays as it is. What had ended before stays ended: in the restored database nobody has a
/// session or a one-time code, and every epoch is higher. The database that was there is kept beside the new one.
///
/// # Errors
/// When the copy is damaged, foreign or of a newer version, or when a server or another program has the database open.
pub fn restore(from: &Path, to: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Restored, BackupError> {
    let source = open_source(from)?;
    check(&source).map_err(|fault| OpenError::fault(from, fault))?;
    // Until it is done, no server starts.
    let _lock = Sqlite::lock_for_serving(to)?;
    let to = files::resolve(to).map_err(|error| OpenError::io(to, &error))?;
    let fresh = files::unused_beside(&to, ".restoring");
    let copied = copy(&source, &fresh, &mut progress);
    copied.map_err(|fault| OpenError::fault(&fresh, fault))?;
    let replaced = take_over(&fresh, &to);
    if replaced.is_err() {
        remove_all(&fresh);
    }
    Ok(Restored { replaced: replaced? })
}

/// Looks at every page and index of the copy.
fn check(copy: &Connection) -> Result<(), Fault> {
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Fault::Corrupt(verdict));
    }
    let orphan: Option<String> = copy.query_row("PRAGMA foreign_key_check", [], |row| row.get(0)).optional()?;
    match orphan {
        None => Ok(()),
        Some(table) => Err(Fault::Corrupt(format!("the table {table} refers to what is not there"))),
    }
}

fn take_over(fresh: &Path, to: &Path) -> Result<Option<PathBuf>, BackupError> {
    let past = if files::is_there(to) { retire(to)? } else { Past::default() };
    let connection = prepare(fresh, Purpose::PutBack)?;
    let ended = end_everything(&connection, &past).and_then(|()| {
        // In one file, without a log beside it, so that it can be renamed.
        let mode: String = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
        if mode == "delete" { Ok(()) } else { Err(Fault::Unavailable("the copy is still in use".into())) }
    });
    ended.map_err(|fault| OpenError::fault(fresh, fault))?;
    drop(connection);
    swap(fresh, to).map_err(|error| OpenError::io(to, &error).into())
}

/// How far the numbers of the database that is replaced have gone.
#[derive(Default)]
struct Past {
    users: i64,
    feed: i64,
}

/// Sees to it that nobody has the database open, and that it is one file. A damaged one is taken as it is.
fn retire(to: &Path) -> Result<Past, BackupError> {
    let retired = (|| -> Result<Past, Fault> {
        let connection = open_file(to)?;
        if kind(&connection)? == Kind::Empty {
            return Ok(Past::default());
        }
        // This fails unless this is the only connection.
        let _: String = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
        let sequence = |table: &str| {
            let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
            connection.query_row(sql, [table], |row| row.get(0)).optional().map(Option::unwrap_or_default)
        };
        Ok(Past { users: sequence("users")?, feed: sequence("feed")? })
    })();
    match retired {
        Ok(past) => Ok(past),
        Err(Fault::Unavailable(_)) => Err(BackupError::InUse { path: to.to_owned() }),
        Err(_) => Ok(Past::default()),
    }
}

/// Nothing that a browser, a letter or another process remembers opens anything any more, and no number is given again.
fn end_everything(connection: &Connection, past: &Past) -> Result<(), Fault> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(
        "DELETE FROM sessions; DELETE FROM codes; UPDATE installation SET epoch = epoch + 1; \
         INSERT INTO feed (kind) VALUES (4);",
    )?;
    for (table, seq) in [("users", past.users), ("feed", past.feed)] {
        let sql = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
        transaction.execute(sql, rusqlite::params![table, seq])?;
    }
    Ok(transaction.commit()?)
}

/// Gives the new database its name, and the old one another. At no moment there is none.
fn swap(fresh: &Path, to: &Path) -> std::io::Result<Option<PathBuf>> {
    let mut replaced = None;
    if files::is_there(to) {
        let kept = files::unused_beside(to, ".replaced");
        // The log of a damaged database belongs to it: beside the new one it would be taken for the new one's.
        for suffix in LOGS {
            let log = files::beside(to, suffix);
            if files::is_there(&log) {
                std::fs::rename(&log, files::beside(&kept, suffix))?;
            }
        }
        std::fs::hard_link(to, &kept)?;
        replaced = Some(kept);
    }
    std::fs::rename(fresh, to)?;
    files::sync_folder(to)?;
    Ok(replaced)
}

fn remove_all(fresh: &Path) {
    let _ = std::fs::remove_file(fresh);
    for suffix in LOGS {
        let _ = std::fs::remove_file(files::beside(fresh, suffix));
    }
}

const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];
