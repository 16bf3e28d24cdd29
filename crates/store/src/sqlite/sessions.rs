//! The table of sessions.

use std::collections::BTreeMap;

use doorward::store::{Seen, SessionFilter, StoredSession, Touch};
use doorward::{SessionHandle, SessionKey, Time, UserNumber};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::query::Query;
use super::{lists, row, users};

/// So many signs of life are written at once.
const TOUCHED_AT_ONCE: usize = 2_000;

pub(super) fn by_key(connection: &Connection, key: SessionKey) -> Result<Option<StoredSession>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM session_rows WHERE key = ?1")?;
    Ok(statement.query_row([key.0], row::session).optional()?)
}

pub(super) fn by_handle(connection: &Connection, handle: SessionHandle) -> Result<Option<StoredSession>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM session_rows WHERE handle = ?1")?;
    Ok(statement.query_row([handle.0], row::session).optional()?)
}

/// Two tokens with one digest do not happen: when they do, something is badly wrong, and the table says so.
pub(super) fn insert(connection: &Connection, session: &StoredSession) -> Result<(), Fault> {
    let sql = "INSERT INTO sessions (key, handle, user, epoch, created, last_seen, idle_end, absolute_end, authenticated, \
               remembered, address, device) VALUES (?1, ?2, ?3, ?4, ?5, ?6, min(?7, ?8), ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute(params![
        session.digest.key().0,
        session.digest.handle().0,
        session.user.0,
        session.epoch,
        session.created,
        session.last_seen,
        session.idle_end,
        session.absolute_end,
        session.authenticated,
        kind(session),
        session.address,
        session.device,
    ])?;
    Ok(())
}

/// What the column `remembered` says of a session.
fn kind(session: &StoredSession) -> u8 {
    let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    bit(session.remembered, row::REMEMBERED) | bit(session.bearer, row::BEARER)
}

/// No session has the key of the new one, not even one that ends with the same change and would make room for it.
pub(super) fn check_new(connection: &Connection, session: &StoredSession) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM sessions WHERE key = ?1")?;
    if statement.exists([session.digest.key().0])? {
        return Err(Fault::Corrupt("a session with the key of the new one".into()));
    }
    Ok(())
}

/// The sessions of a user that are alive, those of cookies or those of bearer tokens, oldest first.
pub(super) fn alive(
    connection: &Connection,
    user: UserNumber,
    bearer: bool,
    now: Time,
) -> Result<Vec<SessionKey>, Fault> {
    let sql = "SELECT key FROM sessions WHERE user = ?1 AND +idle_end > ?2 AND (remembered >= 2) = ?3 \
               ORDER BY created, number";
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map(params![user.0, now, bearer], row::key)?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Ends a session, and says whether there was one.
pub(super) fn end(connection: &Connection, key: SessionKey) -> Result<bool, Fault> {
    Ok(connection.prepare_cached("DELETE FROM sessions WHERE key = ?1")?.execute([key.0])? > 0)
}

/// Ends the sessions of a user, but for one.
pub(super) fn end_of(
    connection: &Connection,
    user: UserNumber,
    keep: Option<SessionKey>,
) -> Result<Vec<SessionKey>, Fault> {
    let sql = "DELETE FROM sessions WHERE user = ?1 AND key IS NOT ?2 RETURNING key";
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map(params![user.0, keep.map(|key| key.0)], row::key)?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Ends all sessions that match and are alive.
pub(super) fn end_matching(
    connection: &Connection,
    filter: &SessionFilter,
    now: Time,
) -> Result<Vec<SessionKey>, Fault> {
    let mut query = Query::new("DELETE FROM sessions WHERE number IN (SELECT number FROM session_rows WHERE true");
    lists::restrict(&mut query, filter, now);
    query.add(") RETURNING key", []);
    query.rows(connection, row::key)
}

/// Ends all sessions.
pub(super) fn end_every(connection: &Connection) -> Result<Vec<SessionKey>, Fault> {
    let keys = Query::new("SELECT key FROM sessions").rows(connection, row::key)?;
    // By itself, without a word on what was deleted, this takes no time.
    connection.execute("DELETE FROM sessions", [])?;
    Ok(keys)
}

/// Notes when the password was given, and says whether there is such a session.
pub(super) fn confirm(connection: &Connection, key: SessionKey, authenticated: Time) -> Result<bool, Fault> {
    let mut statement = connection.prepare_cached("UPDATE sessions SET authenticated = ?2 WHERE key = ?1")?;
    Ok(statement.execute(params![key.0, authenticated])? > 0)
}

/// Takes as many as are written at once.
pub(super) fn take_piece<T>(waiting: &mut Vec<T>) -> Vec<T> {
    waiting.split_off(waiting.len().saturating_sub(TOUCHED_AT_ONCE))
}

/// Notes signs of life; what is later stays. Each user is written once, however many sessions they have.
pub(super) fn touch(connection: &Connection, touched: &[Touch], seen: &[Seen]) -> Result<(), Fault> {
    // In the order in which their rows stand.
    let mut last: BTreeMap<UserNumber, Time> = BTreeMap::new();
    let mut note = |seen: Seen| {
        let at = last.entry(seen.user).or_default();
        *at = seen.at.max(*at);
    };
    seen.iter().copied().for_each(&mut note);
    for touch in touched {
        prolong(connection, touch.key, touch.last_seen, touch.idle_end)?.into_iter().for_each(&mut note);
    }
    last.into_iter().try_for_each(|(user, at)| users::saw(connection, Seen { user, at }))
}

/// Gives a session a later end, never past its absolute one, and says whose it is, if there is such a session.
fn prolong(connection: &Connection, key: SessionKey, last_seen: Time, idle_end: Time) -> Result<Option<Seen>, Fault> {
    let sql = "UPDATE sessions SET last_seen = max(last_seen, ?2), \
               idle_end = min(max(idle_end, ?3), absolute_end) WHERE key = ?1 RETURNING user";
    let mut statement = connection.prepare_cached(sql)?;
    let user: Option<u32> = statement.query_row(params![key.0, last_seen, idle_end], |row| row.get(0)).optional()?;
    Ok(user.map(|user| Seen { user: UserNumber(user), at: last_seen }))
}

/// Goes on with a session for its user, and says whether there is such a session.
pub(super) fn refresh(
    connection: &Connection,
    key: SessionKey,
    last_seen: Time,
    idle_end: Time,
) -> Result<bool, Fault> {
    let Some(seen) = prolong(connection, key, last_seen, idle_end)? else { return Ok(false) };
    users::saw(connection, seen)?;
    Ok(true)
}
