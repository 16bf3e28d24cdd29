//! The last administrator stays.

use doorward::Name;
use doorward::store::{Conflict, Guard};
use doorward::{User, UserState};
use rusqlite::{Connection, params};

use super::fault::Fault;

/// Whether somebody can log in who holds one of the guard's roles in its realm, or the role `also`.
pub(super) fn has_administrator(connection: &Connection, guard: &Guard, also: Option<&Name>) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM user_roles JOIN users ON number = user \
               WHERE role = ?1 AND realm = ?2 AND active AND password IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    for role in guard.roles.iter().chain(also) {
        if statement.exists(params![role.as_str(), guard.realm.as_str()])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this user is one.
pub(super) fn is_administrator(user: &User, guard: &Guard) -> bool {
    user.realm == guard.realm
        && user.state == UserState::Active
        && user.password.is_some()
        && user.roles.iter().any(|role| guard.roles.contains(role))
}

/// After a change: refuses it when it took the last administrator away.
pub(super) fn check(connection: &Connection, guard: Option<&Guard>, was: bool) -> Result<(), Fault> {
    match guard {
        Some(guard) if was && !has_administrator(connection, guard, None)? => Err(Conflict::LastAdministrator.into()),
        _ => Ok(()),
    }
}
