//! Changes: each within a transaction, whole or not at all.

mod password;
mod role;
mod session;
mod together;
mod user;

use doorward::audit::Event;
use doorward::store::{Change, Changed, Committed, Conflict};
use doorward::{SessionKey, User, UserNumber};
use rusqlite::Connection;

use super::fault::Fault;
use super::{audit, codes, feed, roles, sessions, users};

/// What a change touched.
#[derive(Default)]
struct Touched {
    user: Option<User>,
    ended: Vec<SessionKey>,
    announced: Vec<Changed>,
}

/// Carries out a change with its events, and announces it.
pub(super) fn carry_out(connection: &Connection, change: &Change, events: &[Event]) -> Result<Committed, Fault> {
    let Touched { user, ended, announced } = apply(connection, change)?;
    audit::write(connection, events)?;
    let ends = ended.iter().map(|key| Changed::Session(*key));
    let seq = feed::announce(connection, ends.chain(announced).collect())?;
    Ok(Committed { user, ended, seq })
}

fn apply(connection: &Connection, change: &Change) -> Result<Touched, Fault> {
    match change {
        Change::CreateUser(new) => {
            let number = users::insert(connection, new)?;
            Touched::altered(connection, number, vec![])
        }
        Change::UpdateUser { user, login, name, email, attributes } => {
            let before = users::existing(connection, *user)?;
            let mut after = before.clone();
            after.login = login.clone().unwrap_or(after.login);
            after.name = name.clone().unwrap_or(after.name);
            after.email = email.clone().unwrap_or(after.email);
            after.attributes = attributes.clone().unwrap_or(after.attributes);
            users::update(connection, &before, &after)?;
            Touched::altered(connection, *user, vec![])
        }
        Change::SetState { user, state, guard } => user::set_state(connection, *user, *state, guard.as_ref()),
        Change::ChangeRoles { user, add, remove, guard } => {
            user::change_roles(connection, *user, add, remove, guard.as_ref())
        }
        Change::RemoveUser { user, guard } => user::remove(connection, *user, guard.as_ref()),
        Change::SetPassword { user, epoch, password, session } => {
            password::set(connection, *user, *epoch, password, session.as_ref())
        }
        Change::RedeemCode { digest, now, password } => {
            let user = codes::owner(connection, *digest, *now)?.ok_or(Conflict::CodeUnknown)?;
            password::replace(connection, user.number, password)
        }
        Change::Rehash { user, old, new } => password::rehash(connection, *user, old, new),
        Change::CountFailure { user } => {
            password::set_failures(connection, *user, true)?;
            Touched::seen(connection, *user)
        }
        Change::Unlock { user } => {
            password::set_failures(connection, *user, false)?;
            Ok(Touched { announced: vec![Changed::Unlocked(*user)], ..Touched::seen(connection, *user)? })
        }
        Change::IssueCode { user, digest, expires } => {
            let touched = Touched::seen(connection, *user)?;
            codes::issue(connection, *user, *digest, *expires)?;
            Ok(touched)
        }
        Change::CreateSession { session, replaces, limit } => session::begin(connection, session, *replaces, *limit),
        Change::RefreshSession { key, last_seen, idle_end } => {
            let is_there = sessions::refresh(connection, *key, *last_seen, *idle_end)?;
            session::went_on(*key, is_there)
        }
        Change::ConfirmSession { key, authenticated } => {
            let is_there = sessions::confirm(connection, *key, *authenticated)?;
            session::went_on(*key, is_there)
        }
        Change::EndSession { key } => {
            let ended = if sessions::end(connection, *key)? { vec![*key] } else { vec![] };
            Ok(Touched { ended, ..Touched::default() })
        }
        Change::EndSessions { user, keep } => session::end_of(connection, *user, *keep),
        Change::EndMatching { filter, now } => {
            let ended = sessions::end_matching(connection, filter, *now)?;
            Ok(Touched { ended, ..Touched::default() })
        }
        Change::EndEverySession => session::end_every(connection),
        Change::CreateRole { role, guard } => role::create(connection, role, guard.as_ref()),
        Change::ReplaceRole { role, guard } => role::replace(connection, role, guard.as_ref()),
        Change::RemoveRole { name, guard } => role::remove(connection, name, guard.as_ref()),
        Change::Together(changes) => together::carry_out(connection, changes),
        Change::ExpectUser { user, version, change } => {
            if users::existing(connection, *user)?.version() != *version {
                return Err(Conflict::UserChanged.into());
            }
            apply(connection, change)
        }
        Change::ExpectRole { name, version, change } => {
            if roles::existing(connection, name)?.version() != *version {
                return Err(Conflict::RoleChanged.into());
            }
            apply(connection, change)
        }
        _ => Err(Fault::Unavailable("this version of the store does not know such a change: update it".into())),
    }
}

impl Touched {
    /// A user was altered; `ended` are the sessions that ended with it.
    fn altered(connection: &Connection, number: UserNumber, ended: Vec<SessionKey>) -> Result<Self, Fault> {
        let user = users::existing(connection, number)?;
        Ok(Self { user: Some(user), ended, announced: vec![Changed::User(number)] })
    }

    /// A user who must exist, and nothing that anybody must know.
    fn seen(connection: &Connection, number: UserNumber) -> Result<Self, Fault> {
        Ok(Self { user: Some(users::existing(connection, number)?), ..Self::default() })
    }

    fn roles() -> Self {
        Self { announced: vec![Changed::Roles], ..Self::default() }
    }
}
