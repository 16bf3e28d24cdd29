//! Sessions: how they begin, go on and end.

use doorward::store::{Changed, Conflict, SessionLimit, StoredSession, WhenFull};
use doorward::{SessionKey, User, UserNumber, UserState};
use rusqlite::{Connection, params};

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{sessions, users};

/// A log-in.
pub(super) fn begin(
    connection: &Connection,
    session: &StoredSession,
    replaces: Option<SessionKey>,
    limit: Option<SessionLimit>,
) -> Result<Touched, Fault> {
    let user = users::existing(connection, session.user)?;
    if user.state != UserState::Active || user.epoch != session.epoch {
        return Err(Conflict::UserChanged.into());
    }
    if replaces.is_some() || limit.is_some() {
        sessions::check_new(connection, session)?;
    }
    let mut ended = Vec::new();
    if let Some(key) = replaces
        && sessions::end(connection, key)?
    {
        ended.push(key);
    }
    if let Some(limit) = limit {
        ended.extend(make_room(connection, session, limit)?);
    }
    let sql = "UPDATE users SET failures = 0, last_login = ?2, last_seen = max(last_seen, ?3) WHERE number = ?1";
    connection.prepare_cached(sql)?.execute(params![session.user.0, session.created, session.last_seen])?;
    sessions::insert(connection, session)?;
    let announced = vec![Changed::Session(session.digest.key())];
    // As it stands there now.
    let last_seen = user.last_seen.max(Some(session.last_seen));
    let user = User { failures: 0, last_login: Some(session.created), last_seen, ..user };
    Ok(Touched { user: Some(user), ended, announced })
}

fn make_room(connection: &Connection, session: &StoredSession, limit: SessionLimit) -> Result<Vec<SessionKey>, Fault> {
    let alive = sessions::alive(connection, session.user, session.bearer, session.created)?;
    let over = (alive.len() + 1).saturating_sub(limit.greatest as usize);
    if over > 0 && limit.when_full == WhenFull::DenyNew {
        return Err(Conflict::TooManySessions.into());
    }
    let evicted: Vec<SessionKey> = alive.into_iter().take(over).collect();
    for key in &evicted {
        sessions::end(connection, *key)?;
    }
    Ok(evicted)
}

/// A session that was altered, if there was one.
pub(super) fn went_on(key: SessionKey, is_there: bool) -> Result<Touched, Fault> {
    if !is_there {
        return Err(Conflict::SessionUnknown.into());
    }
    Ok(Touched { announced: vec![Changed::Session(key)], ..Touched::default() })
}

/// Ends the sessions of a user; without one that stays their epoch goes up, too.
pub(super) fn end_of(connection: &Connection, number: UserNumber, keep: Option<SessionKey>) -> Result<Touched, Fault> {
    let ended = sessions::end_of(connection, number, keep)?;
    if keep.is_some() {
        return Ok(Touched { ended, ..Touched::seen(connection, number)? });
    }
    users::raise_epoch(connection, number)?;
    Touched::altered(connection, number, ended)
}

/// Ends every session, and raises every epoch: what is remembered anywhere is dead, too.
pub(super) fn end_every(connection: &Connection) -> Result<Touched, Fault> {
    let ended = sessions::end_every(connection)?;
    connection.execute("UPDATE installation SET epoch = epoch + 1", [])?;
    Ok(Touched { ended, announced: vec![Changed::Everything], ..Touched::default() })
}
