//! Secrets of the installation.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;

pub(super) fn find(connection: &Connection, name: &str) -> Result<Option<[u8; 32]>, Fault> {
    let mut statement = connection.prepare_cached("SELECT value FROM secrets WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// The secret; made now when nobody, in any process, has asked for it before.
pub(super) fn find_or_make(connection: &Connection, name: &str) -> Result<[u8; 32], Fault> {
    if let Some(secret) = find(connection, name)? {
        return Ok(secret);
    }
    let mut secret = [0; 32];
    let filled = getrandom::fill(&mut secret);
    filled.map_err(|error| Fault::Unavailable(format!("the system's random source failed: {error}")))?;
    let mut statement = connection.prepare_cached("INSERT INTO secrets (name, value) VALUES (?1, ?2)")?;
    statement.execute(params![name, secret])?;
    Ok(secret)
}
