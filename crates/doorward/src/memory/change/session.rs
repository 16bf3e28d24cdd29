//! Sessions: how they begin, go on and end.

use super::Touched;
use crate::memory::state::State;
use crate::session::SessionKey;
use crate::store::{Changed, Conflict, SessionLimit, StoreError, StoredSession, WhenFull};
use crate::user::UserState;

impl State {
    pub(super) fn create_session(
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
        let mut ended: Vec<SessionKey> =
            replaces.filter(|key| self.sessions.by_key(*key).is_some()).into_iter().collect();
        if let Some(SessionLimit { greatest, when_full }) = limit {
            let others = self.sessions.of(session.user).filter(|other| !ended.contains(&other.digest.key()));
            // Bearer tokens and cookies do not push each other out.
            let others = others.filter(|other| other.bearer == session.bearer);
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
        let (at, last_seen, key) = (session.created, session.last_seen, session.digest.key());
        let user = self.users.alter(session.user, |user| {
            user.failures = 0;
            user.last_login = Some(at);
            user.last_seen = user.last_seen.max(Some(last_seen));
        })?;
        let user = user.clone();
        self.sessions.insert(StoredSession { realm: user.realm.clone(), ..session });
        Ok(Touched { user: Some(user), ended, announced: vec![Changed::Session(key)] })
    }

    /// Two tokens with one digest do not happen; when they do, something is badly wrong.
    pub(super) fn check_new(&self, session: Option<&StoredSession>) -> Result<(), StoreError> {
        match session.and_then(|session| self.sessions.by_key(session.digest.key())) {
            None => Ok(()),
            Some(_) => Err(StoreError::Corrupt("a session with the key of the new one".into())),
        }
    }

    pub(super) fn alter_session(
        &mut self,
        key: SessionKey,
        alter: impl FnOnce(&mut StoredSession),
    ) -> Result<Touched, StoreError> {
        alter(self.sessions.by_key_mut(key).ok_or(Conflict::SessionUnknown)?);
        Ok(Touched { announced: vec![Changed::Session(key)], ..Touched::default() })
    }

    pub(super) fn end_every_session(&mut self) -> Touched {
        let ended: Vec<SessionKey> = self.sessions.all().map(|(_, session)| session.digest.key()).collect();
        ended.iter().for_each(|key| _ = self.sessions.remove(*key));
        self.users.cut_all();
        Touched { ended, announced: vec![Changed::Everything], ..Touched::default() }
    }
}
