//! From every older format to the newest, one numbered step after the other.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::fault::Fault;
use super::open::APPLICATION;
use super::serving::ServingLock;
use crate::backup;
use crate::error::OpenError;
use crate::files;

/// The steps: the first one makes version 1 of an empty file.
pub(super) const STEPS: &[&str] = &[include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql")];

/// The newest version of the format.
pub(crate) const LATEST: u32 = STEPS.len() as u32;

/// Brings a database of version `found` to the newest version, after a copy was made where one is wanted.
pub(super) fn run(connection: &mut Connection, path: &Path, found: u32, copy_first: bool) -> Result<(), OpenError> {
    apply(connection, path, found, copy_first, STEPS)
}

pub(super) fn apply(
    connection: &mut Connection,
    path: &Path,
    found: u32,
    copy_first: bool,
    steps: &[&str],
) -> Result<(), OpenError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found >= known {
        return Ok(());
    }
    // A new one has nothing yet that could be lost.
    if copy_first && found > 0 {
        let holder = ServingLock::holder(path)?;
        if let Some(holder) = holder.filter(|holder| holder.pid != Some(std::process::id())) {
            return Err(OpenError::OldAndServed { path: path.to_owned(), found, known, pid: holder.pid });
        }
        let copy = files::unused_beside(path, &format!(".v{found}.backup"));
        tracing::info!(copy = %copy.display(), "the database gets a new format, {known}; a copy of the old one is made first");
        backup::copy(connection, &copy, &mut |_, _| {}).map_err(|fault| OpenError::fault(&copy, fault))?;
    }
    step(connection, steps).map_err(|fault| OpenError::fault(path, fault))
}

fn step(connection: &mut Connection, steps: &[&str]) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let done: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, sql) in (1u32..).zip(steps).filter(|(version, _)| *version > done) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    Ok(transaction.commit()?)
}
