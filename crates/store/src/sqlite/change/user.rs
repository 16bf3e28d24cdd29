//! State, roles and the end of a user.

use doorward::store::{Changed, Guard};
use doorward::{Name, UserNumber, UserState};
use rusqlite::{Connection, params};

use super::Touched;
use crate::sqlite::fault::Fault;
use crate::sqlite::{codes, guard, sessions, users};

pub(super) fn set_state(
    connection: &Connection,
    number: UserNumber,
    state: UserState,
    guarded: Option<&Guard>,
) -> Result<Touched, Fault> {
    let user = users::existing(connection, number)?;
    let was = guarded.is_some_and(|guarded| guarded.had(&user));
    let active = state == UserState::Active;
    let mut statement = connection.prepare_cached("UPDATE users SET active = ?2 WHERE number = ?1")?;
    statement.execute(params![number.0, active])?;
    guard::check(connection, guarded, was)?;
    if active {
        return Touched::altered(connection, number, vec![]);
    }
    cut(connection, number)
}

pub(super) fn change_roles(
    connection: &Connection,
    number: UserNumber,
    add: &[Name],
    remove: &[Name],
    guarded: Option<&Guard>,
) -> Result<Touched, Fault> {
    let user = users::existing(connection, number)?;
    let was = guarded.is_some_and(|guarded| guarded.had(&user));
    for role in remove {
        users::take_role(connection, number, role)?;
    }
    for role in add {
        users::give_role(connection, number, role)?;
    }
    if users::existing(connection, number)?.roles == user.roles {
        return Touched::seen(connection, number);
    }
    guard::check(connection, guarded, was)?;
    cut(connection, number)
}

pub(super) fn remove(connection: &Connection, number: UserNumber, guarded: Option<&Guard>) -> Result<Touched, Fault> {
    let user = users::existing(connection, number)?;
    let was = guarded.is_some_and(|guarded| guarded.had(&user));
    let ended = sessions::end_of(connection, number, None)?;
    users::remove(connection, &user)?;
    guard::check(connection, guarded, was)?;
    Ok(Touched { user: Some(user), ended, announced: vec![Changed::User(number)] })
}

/// Ends all sessions of a user, wherever they are remembered. Their code goes too: whoever issued it may not do so any more.
fn cut(connection: &Connection, number: UserNumber) -> Result<Touched, Fault> {
    codes::void(connection, number)?;
    let ended = sessions::end_of(connection, number, None)?;
    users::raise_epoch(connection, number)?;
    Touched::altered(connection, number, ended)
}
