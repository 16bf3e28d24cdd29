//! The table of roles that were made at run time.

use doorward::store::{Conflict, StoredRole};
use doorward::{Name, SessionKey, UserNumber};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::row;

pub(super) fn all(connection: &Connection) -> Result<Vec<StoredRole>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM roles ORDER BY name")?;
    let roles = statement.query_map([], row::role)?;
    Ok(roles.collect::<rusqlite::Result<_>>()?)
}

/// The role, which must exist.
pub(super) fn existing(connection: &Connection, name: &Name) -> Result<StoredRole, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM roles WHERE name = ?1")?;
    Ok(statement.query_row([name.as_str()], row::role).optional()?.ok_or(Conflict::RoleUnknown)?)
}

pub(super) fn insert(connection: &Connection, role: &StoredRole) -> Result<(), Fault> {
    let sql = "INSERT OR IGNORE INTO roles (name, allow, deny) VALUES (?1, ?2, ?3)";
    let values = params![role.name.as_str(), json(&role.allow)?, json(&role.deny)?];
    let inserted = connection.prepare_cached(sql)?.execute(values)?;
    if inserted == 0 { Err(Conflict::RoleTaken.into()) } else { Ok(()) }
}

pub(super) fn replace(connection: &Connection, role: &StoredRole) -> Result<(), Fault> {
    let sql = "UPDATE roles SET allow = ?2, deny = ?3 WHERE name = ?1";
    let values = params![role.name.as_str(), json(&role.allow)?, json(&role.deny)?];
    let updated = connection.prepare_cached(sql)?.execute(values)?;
    if updated == 0 { Err(Conflict::RoleUnknown.into()) } else { Ok(()) }
}

pub(super) fn remove(connection: &Connection, name: &Name) -> Result<(), Fault> {
    let removed = connection.prepare_cached("DELETE FROM roles WHERE name = ?1")?.execute([name.as_str()])?;
    if removed == 0 { Err(Conflict::RoleUnknown.into()) } else { Ok(()) }
}

/// Ends all sessions of whoever has the role, wherever they are remembered.
pub(super) fn cut_holders(connection: &Connection, name: &Name) -> Result<Vec<SessionKey>, Fault> {
    let sql = "UPDATE users SET cuts = cuts + 1 WHERE number IN (SELECT user FROM user_roles WHERE role = ?1)";
    connection.prepare_cached(sql)?.execute([name.as_str()])?;
    let sql = "DELETE FROM sessions WHERE user IN (SELECT user FROM user_roles WHERE role = ?1) RETURNING key";
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map([name.as_str()], row::key)?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Takes the role from whoever has it.
pub(super) fn take_from_holders(connection: &Connection, name: &Name) -> Result<Vec<UserNumber>, Fault> {
    let mut statement = connection.prepare_cached("DELETE FROM user_roles WHERE role = ?1 RETURNING user")?;
    let users = statement.query_map([name.as_str()], |row| row.get(0).map(UserNumber))?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}

fn json(ids: &[String]) -> Result<String, Fault> {
    serde_json::to_string(ids).map_err(|error| Fault::Corrupt(error.to_string()))
}
