//! Rows as what they mean.

use doorward::audit::{Event, StoredEvent};
use doorward::store::{ListedSession, StoredRole, StoredSession};
use doorward::{Login, Name, PasswordHash, SessionDigest, SessionKey, User, UserId, UserNumber, UserState};
use rusqlite::types::Type;
use rusqlite::{Error, Row};

/// A row of `user_rows`.
pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let roles: Option<String> = row.get("roles")?;
    let roles = roles.iter().flat_map(|roles| roles.split(' ')).map(Name::parse).collect();
    Ok(User {
        number: UserNumber(row.get("number")?),
        realm: name(row, "realm")?,
        id: sound(UserId::parse(text(row, "id")?))?,
        login: sound(Login::parse(text(row, "login")?))?,
        name: row.get("name")?,
        email: row.get("email")?,
        roles: sound(roles)?,
        state: if row.get("active")? { UserState::Active } else { UserState::Disabled },
        attributes: sound(serde_json::from_str(text(row, "attributes")?))?,
        epoch: row.get("epoch")?,
        password: row.get::<_, Option<String>>("password")?.map(PasswordHash::new),
        failures: row.get("failures")?,
        created: row.get("created")?,
        last_login: row.get("last_login")?,
        last_seen: Some(row.get("last_seen")?).filter(|at| *at > 0),
    })
}

/// Bits of the column `remembered`.
pub(super) const REMEMBERED: u8 = 1;
pub(super) const BEARER: u8 = 2;

/// A row of `session_rows`.
pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(&row.get::<_, [u8; 16]>("key")?);
    digest[16..].copy_from_slice(&row.get::<_, [u8; 16]>("handle")?);
    Ok(StoredSession {
        digest: SessionDigest::from_bytes(digest),
        user: UserNumber(row.get("user")?),
        realm: name(row, "realm")?,
        epoch: row.get("epoch")?,
        created: row.get("created")?,
        last_seen: row.get("last_seen")?,
        idle_end: row.get("idle_end")?,
        absolute_end: row.get("absolute_end")?,
        authenticated: row.get("authenticated")?,
        remembered: row.get::<_, u8>("remembered")? & REMEMBERED != 0,
        bearer: row.get::<_, u8>("remembered")? & BEARER != 0,
        address: row.get("address")?,
        device: row.get("device")?,
    })
}

/// A row of `session_rows`, with the user's names.
pub(super) fn listed_session(row: &Row<'_>) -> rusqlite::Result<ListedSession> {
    Ok(ListedSession {
        session: session(row)?,
        user_id: sound(UserId::parse(text(row, "user_id")?))?,
        login: sound(Login::parse(text(row, "login")?))?,
    })
}

/// The key alone.
pub(super) fn key(row: &Row<'_>) -> rusqlite::Result<SessionKey> {
    row.get("key").map(SessionKey)
}

/// A row of `roles`.
pub(super) fn role(row: &Row<'_>) -> rusqlite::Result<StoredRole> {
    Ok(StoredRole {
        name: name(row, "name")?,
        allow: sound(serde_json::from_str(text(row, "allow")?))?,
        deny: sound(serde_json::from_str(text(row, "deny")?))?,
    })
}

/// A row of `events`.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let realm: Option<String> = row.get("realm")?;
    let event = Event {
        at: row.get("at")?,
        kind: row.get("kind")?,
        outcome: row.get("outcome")?,
        realm: sound(realm.as_deref().map(Name::parse).transpose())?,
        user: row.get("user")?,
        login: row.get("login")?,
        actor: row.get("actor")?,
        session: row.get("session")?,
        address: row.get("address")?,
        request: row.get("request")?,
        request_id: row.get("request_id")?,
        detail: row.get("detail")?,
        omitted: row.get("omitted")?,
    };
    let number: i64 = row.get("number")?;
    Ok(StoredEvent { number: number.unsigned_abs(), event })
}

fn text<'r>(row: &'r Row<'_>, column: &'static str) -> rusqlite::Result<&'r str> {
    let value = row.get_ref(column)?;
    sound(value.as_str())
}

fn name(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Name> {
    sound(Name::parse(text(row, column)?))
}

/// What is stored was sound when it was stored: what is not was altered by somebody else.
fn sound<T, E: std::error::Error + Send + Sync + 'static>(result: Result<T, E>) -> rusqlite::Result<T> {
    result.map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
