//! Passwords and failures.

use doorward::store::{Changed, Conflict, Seen, StoredSession};
use doorward::{PasswordHash, UserNumber, UserState};
use rusqlite::{Connection, params};

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{codes, sessions, users};

/// Sets a password; a session may go on under a new token.
pub(super) fn set(
    connection: &Connection,
    number: UserNumber,
    epoch: u32,
    password: &PasswordHash,
    session: Option<&StoredSession>,
) -> Result<Touched, Fault> {
    let user = users::existing(connection, number)?;
    if user.epoch != epoch || (session.is_some() && user.state != UserState::Active) {
        return Err(Conflict::UserChanged.into());
    }
    if let Some(session) = session {
        sessions::check_new(connection, session)?;
    }
    let mut touched = replace(connection, number, password)?;
    if let (Some(session), Some(user)) = (session, &mut touched.user) {
        touched.announced.push(Changed::Session(session.digest.key()));
        let at = session.last_seen;
        sessions::insert(connection, &StoredSession { user: number, epoch: user.epoch, ..session.clone() })?;
        users::saw(connection, Seen { user: number, at })?;
        user.last_seen = user.last_seen.max(Some(at));
    }
    Ok(touched)
}

/// Replaces the password, and with it everything that the old one opened.
pub(super) fn replace(connection: &Connection, number: UserNumber, password: &PasswordHash) -> Result<Touched, Fault> {
    let mut statement = connection.prepare_cached("UPDATE users SET password = ?2, failures = 0 WHERE number = ?1")?;
    statement.execute(params![number.0, password.expose()])?;
    codes::void(connection, number)?;
    let ended = sessions::end_of(connection, number, None)?;
    users::raise_epoch(connection, number)?;
    let mut touched = Touched::altered(connection, number, ended)?;
    touched.announced.push(Changed::Unlocked(number));
    Ok(touched)
}

/// The same password under a better hash.
pub(super) fn rehash(
    connection: &Connection,
    number: UserNumber,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<Touched, Fault> {
    if users::existing(connection, number)?.password.as_ref() != Some(old) {
        return Err(Conflict::UserChanged.into());
    }
    let mut statement = connection.prepare_cached("UPDATE users SET password = ?2 WHERE number = ?1")?;
    statement.execute(params![number.0, new.expose()])?;
    Touched::altered(connection, number, vec![])
}

/// Adds one failure, or forgives all.
pub(super) fn set_failures(connection: &Connection, number: UserNumber, one_more: bool) -> Result<(), Fault> {
    let sql = "UPDATE users SET failures = iif(?2, min(failures + 1, 0xFFFFFFFF), 0) WHERE number = ?1";
    connection.prepare_cached(sql)?.execute(params![number.0, one_more])?;
    Ok(())
}
