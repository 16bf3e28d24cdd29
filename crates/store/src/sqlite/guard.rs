//! The last administrator stays.

use doorward::store::{Administering, Conflict, Guard};
use rusqlite::{Connection, params};

use super::fault::Fault;

/// Whether somebody could administer before a change to roles.
pub(super) fn has_administrator(connection: &Connection, guard: &Guard) -> Result<bool, Fault> {
    exists(connection, guard, &guard.before)
}

/// After a change: refuses it when it took the last administrator away.
pub(super) fn check(connection: &Connection, guard: Option<&Guard>, was: bool) -> Result<(), Fault> {
    match guard {
        Some(guard) if was && !exists(connection, guard, &guard.after)? => Err(Conflict::LastAdministrator.into()),
        _ => Ok(()),
    }
}

/// Whether somebody of the guard's realm can log in whom their roles make an administrator.
fn exists(connection: &Connection, guard: &Guard, administering: &Administering) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM user_roles held JOIN users ON number = held.user \
               WHERE held.role = ?1 AND realm = ?2 AND active AND password IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM user_roles other JOIN json_each(?3) ON other.role = value WHERE other.user = number)";
    let mut statement = connection.prepare_cached(sql)?;
    let unless: Vec<&str> = administering.unless.iter().map(|role| role.as_str()).collect();
    let unless = serde_json::to_string(&unless).map_err(|error| Fault::Corrupt(error.to_string()))?;
    for role in &administering.by {
        if statement.exists(params![role.as_str(), guard.realm.as_str(), unless])? {
            return Ok(true);
        }
    }
    Ok(false)
}
