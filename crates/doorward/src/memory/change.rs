//! Changes, each carried out whole or not at all: what may refuse is asked before anything is altered.

use super::state::{Code, State};
use super::users::is_administrator;
use crate::name::Name;
use crate::session::SessionKey;
use crate::store::{
    Change, Changed, Committed, Conflict, Guard, SessionLimit, StoreError, StoredRole, StoredSession, WhenFull,
};
use crate::user::{PasswordHash, User, UserNumber, UserState};

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
            Change::RefreshSession { key, last_seen, idle_end } => self.alter_session(key, |session| {
                session.last_seen = session.last_seen.max(last_seen);
                session.idle_end = session.idle_end.max(idle_end).min(session.absolute_end);
            }),
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
                let code = self.codes.get(&digest).filter(|code| code.expires > now).ok_or(Conflict::CodeUnknown)?;
                let user = self.user(code.user)?;
                if user.state != UserState::Active {
                    return Err(Conflict::CodeUnknown.into());
                }
                self.set_password(user.number, None, password, None)
            }
            Change::CreateRole(role) => {
                if self.roles.contains_key(&role.name) {
                    return Err(Conflict::RoleTaken.into());
                }
                Ok(self.put_role(role))
            }
            Change::ReplaceRole { role, guard } => {
                self.check_role(&role.name, guard.as_ref(), |user| Some(user.clone()))?;
                Ok(self.put_role(role))
            }
            Change::RemoveRole { name, guard } => self.remove_role(&name, guard.as_ref()),
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

    fn set_state(
        &mut self,
        number: UserNumber,
        state: UserState,
        guard: Option<&Guard>,
    ) -> Result<Touched, StoreError> {
        let after = User { state, ..self.user(number)?.clone() };
        self.check_user(number, guard, Some(after))?;
        if state == UserState::Active {
            return self.alter(number, |user| user.state = state);
        }
        let ended = self.end_sessions_of(number, None);
        self.new_epoch(number, ended, |user| user.state = state)
    }

    fn change_roles(
        &mut self,
        number: UserNumber,
        add: Vec<Name>,
        remove: &[Name],
        guard: Option<&Guard>,
    ) -> Result<Touched, StoreError> {
        let user = self.user(number)?;
        let kept = user.roles.iter().filter(|role| !remove.contains(role)).cloned();
        let mut roles: Vec<Name> = kept.chain(add).collect();
        roles.sort();
        roles.dedup();
        if roles == user.roles {
            return Ok(Touched { user: Some(user.clone()), ..Touched::default() });
        }
        let after = User { roles: roles.clone(), ..user.clone() };
        self.check_user(number, guard, Some(after))?;
        let ended = self.end_sessions_of(number, None);
        self.new_epoch(number, ended, |user| user.roles = roles)
    }

    fn set_password(
        &mut self,
        number: UserNumber,
        epoch: Option<u32>,
        password: PasswordHash,
        session: Option<StoredSession>,
    ) -> Result<Touched, StoreError> {
        let user = self.user(number)?;
        let changed = epoch.is_some_and(|epoch| epoch != user.epoch);
        if changed || (session.is_some() && user.state != UserState::Active) {
            return Err(Conflict::UserChanged.into());
        }
        self.check_new(session.as_ref())?;
        let ended = self.end_sessions_of(number, None);
        self.codes.retain(|_, code| code.user != number);
        let mut touched = self.new_epoch(number, ended, |user| {
            user.password = Some(password);
            user.failures = 0;
        })?;
        touched.announced.push(Changed::Unlocked(number));
        if let (Some(session), Some(user)) = (session, &touched.user) {
            touched.announced.push(Changed::Session(session.digest.key()));
            let (epoch, realm) = (user.epoch, user.realm.clone());
            self.sessions.insert(StoredSession { user: number, epoch, realm, ..session });
        }
        Ok(touched)
    }

    fn remove_user(&mut self, number: UserNumber, guard: Option<&Guard>) -> Result<Touched, StoreError> {
        self.check_user(number, guard, None)?;
        let ended = self.end_sessions_of(number, None);
        self.codes.retain(|_, code| code.user != number);
        let user = self.users.remove(number);
        Ok(Touched { user, ended, announced: vec![Changed::User(number)] })
    }

    fn create_session(
        &mut self,
        session: StoredSession,
        replaces: Option<SessionKey>,
        limit: Option<SessionLimit>,
    ) -> Result<Touched, StoreError> {
        let user = self.user(session.user)?;
        if user.state != UserState::Active || user.epoch != session.epoch {
            return Err(Conflict::UserChanged.into());
        }
        self.check_new(Some(&session))?;
        let mut ended: Vec<SessionKey> = replaces.filter(|key| self.sessions.by_key(*key).is_some()).into_iter().collect();
        if let Some(SessionLimit { greatest, when_full }) = limit {
            let others = self.sessions.of(session.user).filter(|other| !ended.contains(&other.digest.key()));
            let mut alive: Vec<_> = others.filter(|other| session.created < other.idle_end).collect();
            let over = (alive.len() + 1).saturating_sub(greatest as usize);
            if over > 0 && when_full == WhenFull::DenyNew {
                return Err(Conflict::TooManySessions.into());
            }
            // Stable: of those that began in one second, the first stored is the oldest.
            alive.sort_by_key(|other| other.created);
            ended.extend(alive.iter().take(over).map(|other| other.digest.key()));
        }
        ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        let (at, key) = (session.created, session.digest.key());
        let user = self.users.alter(session.user, |user| {
            user.failures = 0;
            user.last_login = Some(at);
        })?;
        let user = user.clone();
        self.sessions.insert(StoredSession { realm: user.realm.clone(), ..session });
        Ok(Touched { user: Some(user), ended, announced: vec![Changed::Session(key)] })
    }

    /// Two tokens with one digest do not happen; when they do, something is badly wrong.
    fn check_new(&self, session: Option<&StoredSession>) -> Result<(), StoreError> {
        match session.and_then(|session| self.sessions.by_key(session.digest.key())) {
            None => Ok(()),
            Some(_) => Err(StoreError::Corrupt("a session with the key of the new one".into())),
        }
    }

    fn alter_session(
        &mut self,
        key: SessionKey,
        alter: impl FnOnce(&mut StoredSession),
    ) -> Result<Touched, StoreError> {
        alter(self.sessions.by_key_mut(key).ok_or(Conflict::SessionUnknown)?);
        Ok(Touched { announced: vec![Changed::Session(key)], ..Touched::default() })
    }

    fn end_every_session(&mut self) -> Touched {
        let ended: Vec<SessionKey> = self.sessions.all().map(|(_, session)| session.digest.key()).collect();
        ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        self.users.all_mut().for_each(|user| user.epoch = user.epoch.wrapping_add(1));
        Touched { ended, announced: vec![Changed::Everything], ..Touched::default() }
    }

    fn put_role(&mut self, role: StoredRole) -> Touched {
        self.roles.insert(role.name.clone(), role);
        Touched { announced: vec![Changed::Roles], ..Touched::default() }
    }

    fn remove_role(&mut self, name: &Name, guard: Option<&Guard>) -> Result<Touched, StoreError> {
        let without = |user: &User| {
            let roles = user.roles.iter().filter(|role| *role != name).cloned().collect();
            Some(User { roles, ..user.clone() })
        };
        self.check_role(name, guard, without)?;
        self.roles.remove(name);
        let mut touched = Touched::default();
        for user in self.users.all_mut().filter(|user| user.roles.contains(name)) {
            user.roles.retain(|role| role != name);
            user.epoch = user.epoch.wrapping_add(1);
            touched.announced.push(Changed::User(user.number));
        }
        for change in &touched.announced {
            if let Changed::User(number) = change {
                touched.ended.extend(self.sessions.of(*number).map(|session| session.digest.key()));
            }
        }
        touched.ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        touched.announced.push(Changed::Roles);
        Ok(touched)
    }

    /// Refuses when the last administrator would become `after`, or nothing at all.
    fn check_user(&self, number: UserNumber, guard: Option<&Guard>, after: Option<User>) -> Result<(), Conflict> {
        let user = self.user(number)?;
        let Some(guard) = guard.filter(|guard| is_administrator(user, guard)) else { return Ok(()) };
        let left = self.users.has_administrator(guard, |user| {
            if user.number == number { after.clone() } else { Some(user.clone()) }
        });
        if left { Ok(()) } else { Err(Conflict::LastAdministrator) }
    }

    /// Refuses when the role is unknown, or when nobody could administer any more once users are as `after` makes them.
    fn check_role(
        &self,
        name: &Name,
        guard: Option<&Guard>,
        after: impl Fn(&User) -> Option<User>,
    ) -> Result<(), Conflict> {
        if !self.roles.contains_key(name) {
            return Err(Conflict::RoleUnknown);
        }
        let Some(guard) = guard else { return Ok(()) };
        let mut before = guard.clone();
        before.roles.push(name.clone());
        let was = self.users.has_administrator(&before, |user| Some(user.clone()));
        if was && !self.users.has_administrator(guard, after) { Err(Conflict::LastAdministrator) } else { Ok(()) }
    }
}

impl Touched {
    fn altered(user: User, ended: Vec<SessionKey>) -> Self {
        let announced = vec![Changed::User(user.number)];
        Self { user: Some(user), ended, announced }
    }
}
