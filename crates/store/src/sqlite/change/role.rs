//! Roles that were made at run time.

use doorward::Name;
use doorward::store::{Changed, Guard, StoredRole};
use rusqlite::Connection;

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{codes, guard, roles};

pub(super) fn create(connection: &Connection, role: &StoredRole, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded)?;
    roles::insert(connection, role)?;
    guard::check(connection, guarded, was)?;
    Ok(Touched::roles())
}

pub(super) fn replace(connection: &Connection, role: &StoredRole, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded)?;
    roles::replace(connection, role)?;
    guard::check(connection, guarded, was)?;
    Ok(Touched::roles())
}

/// Removes a role, and takes it from whoever has it.
pub(super) fn remove(connection: &Connection, name: &Name, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let was = could_administer(connection, guarded)?;
    roles::remove(connection, name)?;
    codes::void_of_holders(connection, name)?;
    let ended = roles::cut_holders(connection, name)?;
    let holders = roles::take_from_holders(connection, name)?;
    guard::check(connection, guarded, was)?;
    let announced = holders.into_iter().map(Changed::User).chain([Changed::Roles]).collect();
    Ok(Touched { user: None, ended, announced })
}

/// Whether anybody could administer before.
fn could_administer(connection: &Connection, guarded: Option<&Guard>) -> Result<bool, Fault> {
    guarded.map_or(Ok(false), |guarded| guard::has_administrator(connection, guarded))
}
