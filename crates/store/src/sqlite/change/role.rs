//! Roles that were made at run time.

use doorward::Name;
use doorward::store::{Changed, Guard, StoredRole};
use rusqlite::Connection;

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{codes, guard, roles};

pub(super) fn replace(connection: &Connection, role: &StoredRole, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded, &role.name)?;
    roles::replace(connection, role)?;
    guard::check(connection, guarded, was)?;
    Ok(Touched::roles())
}

/// Removes a role, and takes it from whoever has it.
pub(super) fn remove(connection: &Connection, name: &Name, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded, name)?;
    roles::remove(connection, name)?;
    codes::void_of_holders(connection, name)?;
    let ended = roles::cut_holders(connection, name)?;
    let holders = roles::take_from_holders(connection, name)?;
    guard::check(connection, guarded, was)?;
    let announced = holders.into_iter().map(Changed::User).chain([Changed::Roles]).collect();
    Ok(Touched { user: None, ended, announced })
}

/// Whether anybody could administer before: the guard names the roles of afterwards, so the role itself counts, too.
fn could_administer(connection: &Connection, guarded: Option<&Guard>, role: &Name) -> Result<bool, Fault> {
    match guarded {
        Some(guarded) => guard::has_administrator(connection, guarded, Some(role)),
        None => Ok(false),
    }
}
