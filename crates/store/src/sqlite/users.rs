//! The table of users, with roles, words and retired ids.

use std::collections::BTreeSet;

use doorward::store::{Conflict, NewUser, Seen, fold};
use doorward::{Login, Name, User, UserId, UserNumber, UserState};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::row;

pub(super) fn by_number(connection: &Connection, number: UserNumber) -> Result<Option<User>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM user_rows WHERE number = ?1")?;
    Ok(statement.query_row([number.0], row::user).optional()?)
}

pub(super) fn by_login(connection: &Connection, realm: &Name, login: &Login) -> Result<Option<User>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM user_rows WHERE login = ?1 AND realm = ?2")?;
    Ok(statement.query_row([login.as_str(), realm.as_str()], row::user).optional()?)
}

pub(super) fn by_id(connection: &Connection, realm: &Name, id: &UserId) -> Result<Option<User>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM user_rows WHERE id = ?1 AND realm = ?2")?;
    Ok(statement.query_row([id.as_str(), realm.as_str()], row::user).optional()?)
}

/// The user, who must exist.
pub(super) fn existing(connection: &Connection, number: UserNumber) -> Result<User, Fault> {
    Ok(by_number(connection, number)?.ok_or(Conflict::UserUnknown)?)
}

/// Adds a user, and answers with their number.
pub(super) fn insert(connection: &Connection, new: &NewUser) -> Result<UserNumber, Fault> {
    if by_login(connection, &new.realm, &new.login)?.is_some() {
        return Err(Conflict::LoginTaken.into());
    }
    let (number, id) = number_and_id(connection, &new.realm, new.id.as_ref())?;
    let sql = "INSERT INTO users (number, realm, id, login, name, email, active, attributes, password, created) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.prepare_cached(sql)?.execute(params![
        number,
        new.realm.as_str(),
        id,
        new.login.as_str(),
        new.name,
        new.email,
        new.state == UserState::Active,
        json(&new.attributes)?,
        new.password.as_ref().map(|password| password.expose()),
        new.created,
    ])?;
    for role in &new.roles {
        give_role(connection, UserNumber(number), role)?;
    }
    let words = words(&new.login, &new.name, new.email.as_deref());
    replace_words(connection, UserNumber(number), &BTreeSet::new(), &words)?;
    Ok(UserNumber(number))
}

fn number_and_id(connection: &Connection, realm: &Name, wanted: Option<&UserId>) -> Result<(u32, String), Fault> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'users'";
    let greatest: Option<u32> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let mut number = greatest.unwrap_or(0);
    loop {
        number = number.checked_add(1).ok_or(Conflict::IdTaken)?;
        let generated = wanted.is_none();
        let id = wanted.map_or_else(|| number.to_string(), UserId::to_string);
        let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND realm = ?2) \
                   OR EXISTS (SELECT 1 FROM retired_ids WHERE id = ?1 AND realm = ?2 AND (generated OR ?3))";
        let taken = params![id, realm.as_str(), generated];
        if !connection.prepare_cached(sql)?.query_row(taken, |row| row.get(0))? {
            return Ok((number, id));
        }
        if !generated {
            return Err(Conflict::IdTaken.into());
        }
    }
}

/// Writes what an update alters: login, name, e-mail and attributes.
pub(super) fn update(connection: &Connection, before: &User, after: &User) -> Result<(), Fault> {
    let holder = by_login(connection, &after.realm, &after.login)?;
    if holder.is_some_and(|holder| holder.number != after.number) {
        return Err(Conflict::LoginTaken.into());
    }
    let sql = "UPDATE users SET login = ?2, name = ?3, email = ?4, attributes = ?5 WHERE number = ?1";
    let email = after.email.as_deref();
    let values = params![after.number.0, after.login.as_str(), after.name, email, json(&after.attributes)?];
    connection.prepare_cached(sql)?.execute(values)?;
    let old = words(&before.login, &before.name, before.email.as_deref());
    replace_words(connection, after.number, &old, &words(&after.login, &after.name, email))
}

/// Removes a user; what refers to them goes along.
pub(super) fn remove(connection: &Connection, user: &User) -> Result<(), Fault> {
    let id = user.id.as_str();
    let decimal = id.parse::<u32>().ok().filter(|number| number.to_string() == id);
    if let Some(decimal) = decimal {
        let sql = "INSERT INTO retired_ids (realm, id, generated) VALUES (?1, ?2, ?3) \
                   ON CONFLICT DO UPDATE SET generated = max(generated, excluded.generated)";
        let values = params![user.realm.as_str(), id, decimal == user.number.0];
        connection.prepare_cached(sql)?.execute(values)?;
    }
    let old = words(&user.login, &user.name, user.email.as_deref());
    replace_words(connection, user.number, &old, &BTreeSet::new())?;
    connection.prepare_cached("DELETE FROM users WHERE number = ?1")?.execute([user.number.0])?;
    Ok(())
}

pub(super) fn give_role(connection: &Connection, user: UserNumber, role: &Name) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO user_roles (user, role) VALUES (?1, ?2)")?;
    statement.execute(params![user.0, role.as_str()])?;
    Ok(())
}

pub(super) fn take_role(connection: &Connection, user: UserNumber, role: &Name) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached("DELETE FROM user_roles WHERE user = ?1 AND role = ?2")?;
    statement.execute(params![user.0, role.as_str()])?;
    Ok(())
}

/// Adds one to the user's epoch.
pub(super) fn raise_epoch(connection: &Connection, user: UserNumber) -> Result<(), Fault> {
    let sql = "UPDATE users SET cuts = cuts + 1 WHERE number = ?1";
    connection.prepare_cached(sql)?.execute([user.0])?;
    Ok(())
}

/// Notes a sign of life, unless a later one is known. Nothing is written for what changes nothing.
pub(super) fn saw(connection: &Connection, seen: Seen) -> Result<(), Fault> {
    let sql = "UPDATE users SET last_seen = ?2 WHERE number = ?1 AND last_seen < ?2";
    connection.prepare_cached(sql)?.execute(params![seen.user.0, seen.at])?;
    Ok(())
}

/// What searches find a user by.
fn words(login: &Login, name: &str, email: Option<&str>) -> BTreeSet<String> {
    let texts = [Some(login.as_str()), Some(name), email];
    texts.into_iter().flatten().map(fold).filter(|word| !word.is_empty()).collect()
}

fn replace_words(
    connection: &Connection,
    user: UserNumber,
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
) -> Result<(), Fault> {
    for word in old.difference(new) {
        let mut statement = connection.prepare_cached("DELETE FROM user_words WHERE word = ?1 AND user = ?2")?;
        statement.execute(params![word, user.0])?;
    }
    for word in new.difference(old) {
        let mut statement = connection.prepare_cached("INSERT INTO user_words (word, user) VALUES (?1, ?2)")?;
        statement.execute(params![word, user.0])?;
    }
    Ok(())
}

fn json(attributes: &serde_json::Map<String, serde_json::Value>) -> Result<String, Fault> {
    serde_json::to_string(attributes).map_err(|error| Fault::Corrupt(error.to_string()))
}
