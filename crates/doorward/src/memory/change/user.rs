//! State, roles, password and the end of a user.

use super::Touched;
use crate::memory::state::State;
use crate::name::Name;
use crate::store::{Changed, Conflict, Guard, Seen, StoreError, StoredSession};
use crate::user::{PasswordHash, User, UserNumber, UserState};

impl State {
    pub(super) fn set_state(
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
        self.codes.retain(|_, code| code.user != number);
        self.new_epoch(number, ended, |user| user.state = state)
    }

    pub(super) fn change_roles(
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
        self.codes.retain(|_, code| code.user != number);
        self.new_epoch(number, ended, |user| user.roles = roles)
    }

    pub(super) fn set_password(
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
        if let (Some(session), Some(user)) = (session, &mut touched.user) {
            touched.announced.push(Changed::Session(session.digest.key()));
            let (epoch, realm, at) = (user.epoch, user.realm.clone(), session.last_seen);
            self.sessions.insert(StoredSession { user: number, epoch, realm, ..session });
            self.users.saw(Seen { user: number, at });
            user.last_seen = user.last_seen.max(Some(at));
        }
        Ok(touched)
    }

    pub(super) fn remove_user(&mut self, number: UserNumber, guard: Option<&Guard>) -> Result<Touched, StoreError> {
        self.check_user(number, guard, None)?;
        let ended = self.end_sessions_of(number, None);
        self.codes.retain(|_, code| code.user != number);
        let user = self.users.remove(number);
        Ok(Touched { user, ended, announced: vec![Changed::User(number)] })
    }

    /// Refuses when the last administrator would become `after`, or nothing at all.
    fn check_user(&self, number: UserNumber, guard: Option<&Guard>, after: Option<User>) -> Result<(), Conflict> {
        let user = self.user(number)?;
        let Some(guard) = guard.filter(|guard| guard.had(user)) else { return Ok(()) };
        let after = |user: &User| if user.number == number { after.clone() } else { Some(user.clone()) };
        let left = self.users.has(after, |user| guard.has(user));
        if left { Ok(()) } else { Err(Conflict::LastAdministrator) }
    }
}
