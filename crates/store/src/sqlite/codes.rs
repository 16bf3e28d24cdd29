//! The table of one-time codes.

use doorward::{Name, Time, User, UserNumber};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::row;

/// Issues a code; an older one of the user is void.
pub(super) fn issue(connection: &Connection, user: UserNumber, digest: [u8; 32], expires: Time) -> Result<(), Fault> {
    let sql = "INSERT INTO codes (user, digest, expires) VALUES (?1, ?2, ?3) \
               ON CONFLICT (user) DO UPDATE SET digest = excluded.digest, expires = excluded.expires";
    connection.prepare_cached(sql)?.execute(params![user.0, digest, expires])?;
    Ok(())
}

/// Whose code it is, if it is not void.
pub(super) fn owner(connection: &Connection, digest: [u8; 32], now: Time) -> Result<Option<User>, Fault> {
    let sql = "SELECT * FROM user_rows WHERE active \
               AND number = (SELECT user FROM codes WHERE digest = ?1 AND expires > ?2)";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![digest, now], row::user).optional()?)
}

/// Makes the user's code void.
pub(super) fn void(connection: &Connection, user: UserNumber) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM codes WHERE user = ?1")?.execute([user.0])?;
    Ok(())
}

/// Makes the codes of whoever has the role void.
pub(super) fn void_of_holders(connection: &Connection, role: &Name) -> Result<(), Fault> {
    let sql = "DELETE FROM codes WHERE user IN (SELECT user FROM user_roles WHERE role = ?1)";
    connection.prepare_cached(sql)?.execute([role.as_str()])?;
    Ok(())
}
