//! The table of one-time codes.

use doorward::{Time, UserNumber};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;

/// Issues a code; an older one of the user is void.
pub(super) fn issue(connection: &Connection, user: UserNumber, digest: [u8; 32], expires: Time) -> Result<(), Fault> {
    let sql = "INSERT INTO codes (user, digest, expires) VALUES (?1, ?2, ?3) \
               ON CONFLICT (user) DO UPDATE SET digest = excluded.digest, expires = excluded.expires";
    connection.prepare_cached(sql)?.execute(params![user.0, digest, expires])?;
    Ok(())
}

/// Whose code it is, if it is not void.
pub(super) fn owner(connection: &Connection, digest: [u8; 32], now: Time) -> Result<Option<UserNumber>, Fault> {
    let sql = "SELECT codes.user FROM codes JOIN users ON number = codes.user \
               WHERE digest = ?1 AND expires > ?2 AND active";
    let mut statement = connection.prepare_cached(sql)?;
    let user = statement.query_row(params![digest, now], |row| row.get(0)).optional()?;
    Ok(user.map(UserNumber))
}

/// Makes the user's code void.
pub(super) fn void(connection: &Connection, user: UserNumber) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM codes WHERE user = ?1")?.execute([user.0])?;
    Ok(())
}
