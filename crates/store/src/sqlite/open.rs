//! Opening the file: whose it is, which version it has, and how it is to be written.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::Fault;
use super::migrations::{self, LATEST};
use crate::error::OpenError;
use crate::files;

/// What SQLite's header says whose file it is: `DOOR`.
pub(super) const APPLICATION: i32 = 0x444F_4F52;

/// Locks of other programs are waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing yet.
    Empty,
    /// Doorward's tables, in this version.
    Ours(u32),
    /// Something else.
    Foreign,
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be used; made when it is not there.
    UseOrMake,
    /// To be used.
    Use,
    /// To be put in the place of another: there is a copy of it already.
    PutBack,
}

/// Opens the database for writing, made or brought to the newest version where need be.
pub(crate) fn prepare(path: &Path, purpose: Purpose) -> Result<Connection, OpenError> {
    let may_create = purpose == Purpose::UseOrMake;
    if may_create && !files::is_there(path) {
        create(path)?;
    }
    keep_private(path)?;
    let fault = |fault| OpenError::fault(path, fault);
    let mut connection = open_file(path).map_err(fault)?;
    let found = match kind(&connection).map_err(fault)? {
        Kind::Empty if may_create => 0,
        Kind::Ours(version) => version,
        Kind::Empty => return Err(fault(Fault::Foreign("it is empty".into()))),
        Kind::Foreign => return Err(fault(Fault::Foreign("it belongs to another program".into()))),
    };
    if found > LATEST {
        return Err(OpenError::TooNew { path: path.to_owned(), found, known: LATEST });
    }
    write_ahead(&connection).map_err(fault)?;
    migrations::run(&mut connection, path, found, purpose != Purpose::PutBack)?;
    Ok(connection)
}

/// Makes an empty file that only its owner may read.
fn create(path: &Path) -> Result<(), OpenError> {
    match files::open_private(path, true) {
        Ok(file) => {
            let synced = file.sync_all().and_then(|()| files::sync_folder(path));
            synced.map_err(|error| OpenError::io(path, &error))
        }
        // Somebody else was faster.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(OpenError::io(path, &error)),
    }
}

/// Names of people and hashes of passwords are for nobody else to read: not in the database, and not in its log.
fn keep_private(path: &Path) -> Result<(), OpenError> {
    for suffix in ["", "-wal", "-shm"] {
        let path = files::beside(path, suffix);
        match files::keep_private(&path) {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!("others than its owner had rights to {}: they have been taken away", path.display());
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(OpenError::Exposed { path, detail: error.to_string() });
            }
            Err(error) => return Err(OpenError::io(&path, &error)),
        }
    }
    Ok(())
}

/// Opens a connection to a file that is there.
pub(crate) fn open_file(path: &Path) -> Result<Connection, Fault> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Durable when it answers: the log is synced at every commit.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // In KiB. Hot things are in the engine's tables already.
    connection.pragma_update(None, "cache_size", -2_000)?;
    // The writer copies the log into the database itself, when nobody waits.
    connection.pragma_update(None, "wal_autocheckpoint", 20_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(connection)
}

/// Whose the file is.
pub(crate) fn kind(connection: &Connection) -> Result<Kind, Fault> {
    // All of it is of one moment: another process may be making the tables right now.
    let moment = connection.unchecked_transaction()?;
    let application: i32 = moment.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = moment.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: u32 = moment.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, u32::try_from(version)) {
        (APPLICATION, Ok(version)) => Kind::Ours(version),
        (0, Ok(0)) if tables == 0 => Kind::Empty,
        _ => Kind::Foreign,
    })
}

/// Readers and the writer do not wait for each other.
fn write_ahead(connection: &Connection) -> Result<(), Fault> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    let patience = Instant::now() + PATIENCE;
    let mode: String = loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            // Whoever opens a new database at the same moment does the same, and this is not waited for inside.
            Err(error) if is_busy(&error) && Instant::now() < patience => std::thread::sleep(PAUSE),
            mode => break mode?,
        }
    };
    if mode == "wal" {
        return Ok(());
    }
    let detail = "the file system cannot share memory between processes: set `data` to a file on a local disk";
    Err(Fault::Unavailable(detail.into()))
}

const PAUSE: Duration = Duration::from_millis(5);

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
