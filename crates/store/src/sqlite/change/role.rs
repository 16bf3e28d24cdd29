//! Roles that were made at run time.

use doorward::Name;
use doorward::store::{Changed, Guard, StoredRole};
use rusqlite::Connection;

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{guard, roles, sessions, users};

pub(super) fn replace(
    connection: &Connection,
    role: &StoredRole,
    guarded: Option<&Guard>,
) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded, &role.name)?;
    roles::replace(connection, role)?;
    guard::check(connection, guarded, was)?;
    Ok(Touched::roles())
}

/// Removes a role, and takes it from whoever has it.
pub(super) fn remove(connection: &Connection, name: &Name, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded, name)?;
    roles::remove(connection, name)?;
    let mut touched = Touched::default();
    for user in roles::holders(connection, name)? {
        users::take_role(connection, user, name)?;
        users::raise_epoch(connection, user)?;
        touched.ended.extend(sessions::end_of(connection, user, None)?);
        touched.announced.push(Changed::User(user));
    }
    guard::check(connection, guarded, was)?;
    touched.announced.push(Changed::Roles);
    Ok(touched)
}

/// Whether anybody could administer before: the guard names the roles of afterwards, so the role itself counts, too.
fn could_administer(connection: &Connection, guarded: Option<&Guard>, role: &Name) -> Result<bool, Fault> {
    match guarded {
        Some(guarded) => guard::has_administrator(connection, guarded, Some(role)),
        None => Ok(false),
    }
}
