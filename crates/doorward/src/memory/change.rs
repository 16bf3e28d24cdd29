//! Changes, each carried out whole or not at all: what may refuse is asked before anything is altered.

mod role;
mod session;
mod together;
mod user;

use super::state::{Code, State};
use crate::session::SessionKey;
use crate::store::{Change, Changed, Committed, Conflict, StoreError, Touch};
use crate::user::{User, UserNumber};

/// What a change touched.
#[derive(Default)]
struct Touched {
    user: Option<User>,
    ended: Vec<SessionKey>,
    announced: Vec<Changed>,
}

impl State {
    pub(super) fn carry_out(&mut self, change: Change) -> Result<Committed, StoreError> {
        let Touched { user, ended, announced } = self.apply(change)?;
        let ends = ended.iter().map(|key| Changed::Session(*key));
        self.announcements.add(ends.chain(announced).collect());
        Ok(Committed { user, ended, seq: self.announcements.seq() })
    }

    fn apply(&mut self, change: Change) -> Result<Touched, StoreError> {
        match change {
            Change::CreateUser(new) => Ok(Touched::altered(self.users.add(new)?.clone(), vec![])),
            Change::UpdateUser { user, login, name, email, attributes } => {
                if let Some(login) = login {
                    self.users.rename(user, login)?;
                }
                self.alter(user, |user| {
                    user.name = name.unwrap_or(std::mem::take(&mut user.name));
                    user.email = email.unwrap_or(user.email.take());
                    user.attributes = attributes.unwrap_or(std::mem::take(&mut user.attributes));
                })
            }
            Change::SetState { user, state, guard } => self.set_state(user, state, guard.as_ref()),
            Change::ChangeRoles { user, add, remove, guard } => self.change_roles(user, add, &remove, guard.as_ref()),
            Change::SetPassword { user, epoch, password, session } => {
                self.set_password(user, Some(epoch), password, session)
            }
            Change::Rehash { user, old, new } => {
                if self.user(user)?.password.as_ref() != Some(&old) {
                    return Err(Conflict::UserChanged.into());
                }
                self.alter(user, |user| user.password = Some(new))
            }
            Change::RemoveUser { user, guard } => self.remove_user(user, guard.as_ref()),
            Change::CountFailure { user } => {
                let user = self.users.alter(user, |user| user.failures = user.failures.saturating_add(1))?;
                Ok(Touched { user: Some(user.clone()), ..Touched::default() })
            }
            Change::Unlock { user: number } => {
                let user = self.users.alter(number, |user| user.failures = 0)?.clone();
                Ok(Touched { user: Some(user), announced: vec![Changed::Unlocked(number)], ..Touched::default() })
            }
            Change::CreateSession { session, replaces, limit } => self.create_session(session, replaces, limit),
            Change::RefreshSession { key, last_seen, idle_end } => {
                let seen = self.sessions.touch(Touch { key, last_seen, idle_end }).ok_or(Conflict::SessionUnknown)?;
                self.users.saw(seen);
                Ok(Touched { announced: vec![Changed::Session(key)], ..Touched::default() })
            }
            Change::ConfirmSession { key, authenticated } => {
                self.alter_session(key, |session| session.authenticated = authenticated)
            }
            Change::EndSession { key } => {
                let ended = if self.sessions.remove(key) { vec![key] } else { vec![] };
                Ok(Touched { ended, ..Touched::default() })
            }
            Change::EndSessions { user, keep } => {
                let user = self.user(user)?.clone();
                let ended = self.end_sessions_of(user.number, keep);
                match keep {
                    Some(_) => Ok(Touched { user: Some(user), ended, ..Touched::default() }),
                    None => self.new_epoch(user.number, ended, |_| {}),
                }
            }
            Change::EndMatching { filter, now } => {
                let matching = self.matching_sessions(&filter, now).into_iter();
                let ended: Vec<SessionKey> = matching.map(|(_, session)| session.digest.key()).collect();
                ended.iter().for_each(|key| _ = self.sessions.remove(*key));
                Ok(Touched { ended, ..Touched::default() })
            }
            Change::EndEverySession => Ok(self.end_every_session()),
            Change::IssueCode { user, digest, expires } => {
                let user = self.user(user)?.clone();
                if self.codes.get(&digest).is_some_and(|code| code.user != user.number) {
                    return Err(StoreError::Corrupt("a code with the digest of the new one".into()));
                }
                self.codes.retain(|_, code| code.user != user.number);
                self.codes.insert(digest, Code { user: user.number, expires });
                Ok(Touched { user: Some(user), ..Touched::default() })
            }
            Change::RedeemCode { digest, now, password } => {
                let user = self.code_owner(&digest, now).ok_or(Conflict::CodeUnknown)?;
                self.set_password(user.number, None, password, None)
            }
            Change::CreateRole { role, guard } => {
                if self.roles.contains_key(&role.name) {
                    return Err(Conflict::RoleTaken.into());
                }
                self.check_left(guard.as_ref(), |user| Some(user.clone()))?;
                Ok(self.put_role(role))
            }
            Change::ReplaceRole { role, guard } => {
                self.check_role(&role.name, guard.as_ref(), |user| Some(user.clone()))?;
                Ok(self.put_role(role))
            }
            Change::RemoveRole { name, guard } => self.remove_role(&name, guard.as_ref()),
            Change::Together(changes) => self.change_together(changes),
            Change::ExpectUser { user, version, change } => {
                if self.user(user)?.version() != version {
                    return Err(Conflict::UserChanged.into());
                }
                self.apply(*change)
            }
            Change::ExpectRole { name, version, change } => {
                if self.roles.get(&name).ok_or(Conflict::RoleUnknown)?.version() != version {
                    return Err(Conflict::RoleChanged.into());
                }
                self.apply(*change)
            }
        }
    }

    fn user(&self, number: UserNumber) -> Result<&User, Conflict> {
        self.users.by_number(number).ok_or(Conflict::UserUnknown)
    }

    fn alter(&mut self, number: UserNumber, alter: impl FnOnce(&mut User)) -> Result<Touched, StoreError> {
        Ok(Touched::altered(self.users.alter(number, alter)?.clone(), vec![]))
    }

    fn new_epoch(
        &mut self,
        number: UserNumber,
        ended: Vec<SessionKey>,
        alter: impl FnOnce(&mut User),
    ) -> Result<Touched, StoreError> {
        let user = self.users.alter(number, |user| {
            user.epoch = user.epoch.wrapping_add(1);
            alter(user);
        })?;
        Ok(Touched::altered(user.clone(), ended))
    }

    fn end_sessions_of(&mut self, user: UserNumber, keep: Option<SessionKey>) -> Vec<SessionKey> {
        let keys = self.sessions.of(user).map(|session| session.digest.key());
        let ended: Vec<SessionKey> = keys.filter(|key| Some(*key) != keep).collect();
        ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        ended
    }
}

impl Touched {
    fn altered(user: User, ended: Vec<SessionKey>) -> Self {
        let announced = vec![Changed::User(user.number)];
        Self { user: Some(user), ended, announced }
    }
}
