//! Ending other people's sessions. One's own end like anybody's: everybody may govern themselves.

use super::admin::about;
use super::authority::may_all;
use super::{Actor, Engine, unavailable};
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::refusal::{Reason, Refusal};
use crate::session::SessionHandle;
use crate::store::{Change, SessionFilter};
use crate::user::User;

impl Engine {
    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 503 in an outage.
    pub async fn end_sessions_of(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        self.may_govern(actor, user)?;
        let event = about(actor.event(EventKind::SessionEnded, self.clock.now()), user).detail("all of the user");
        self.commit(Change::EndSessions { user: user.number, keep: None }, vec![event]).await?;
        Ok(())
    }

    /// Ends one session, by its handle.
    ///
    /// # Errors
    /// 404 when there is no such session, 403 for that of somebody who may more than the actor, 503 in an outage.
    pub async fn end_session(&self, actor: &Actor, handle: SessionHandle) -> Result<(), Refusal> {
        let stored = self.store.session_by_handle(handle).await.map_err(|error| unavailable(&error))?;
        let session = stored.ok_or(Reason::NotFound)?;
        let owner = self.store.user(session.user).await.map_err(|error| unavailable(&error))?;
        let owner = owner.ok_or(Reason::NotFound)?;
        self.may_govern(actor, &owner)?;
        let event = about(actor.event(EventKind::SessionEnded, self.clock.now()), &owner);
        let event = Event { session: Some(handle.to_string()), ..event };
        let key = session.digest.key();
        self.commit(Change::EndSession { key }, vec![event]).await?;
        self.sessions.forget(key);
        Ok(())
    }

    /// Ends all sessions that match and are [within reach](Self::within_reach), and says how many. An empty filter ends
    /// everybody's.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn end_matching(&self, actor: &Actor, filter: SessionFilter) -> Result<usize, Refusal> {
        let now = self.clock.now();
        let whose = match filter.user {
            Some(number) => self.store.user(number).await.map_err(|error| unavailable(&error))?,
            None => None,
        };
        let event = whose.iter().fold(actor.event(EventKind::SessionEnded, now), about);
        let filter = self.within_reach(actor, filter);
        let event = event.detail(in_words(&filter, now));
        let committed = self.commit(Change::EndMatching { filter, now }, vec![event]).await?;
        Ok(committed.ended.len())
    }

    /// The same filter without the sessions of those who may more than the actor: of users with a role that grants what the
    /// actor lacks.
    pub fn within_reach(&self, actor: &Actor, mut filter: SessionFilter) -> SessionFilter {
        let policy = self.policy.load();
        let beyond = policy.roles().values().filter(|role| may_all(&policy, actor, &role.reach()).is_err());
        filter.without_roles.extend(beyond.map(|role| role.name.clone()));
        filter
    }
}

/// Which sessions, for the audit log.
fn in_words(filter: &SessionFilter, now: Time) -> String {
    let SessionFilter { user, login, realm, role, address, device, created_before, without_roles } = filter;
    let mut words = vec![if user.is_some() { "all of the user" } else { "all" }.to_owned()];
    words.extend(login.as_ref().map(|login| format!("of {login}")));
    words.extend(realm.as_ref().map(|realm| format!("in the realm {realm}")));
    words.extend(role.as_ref().map(|role| format!("of users with the role {role}")));
    words.extend(address.as_ref().map(|address| format!("from {}", plain(address))));
    words.extend(device.as_ref().map(|device| format!("with {} in the device's name", plain(device))));
    words.extend(created_before.map(|time| format!("begun more than {} s ago", now.saturating_sub(time))));
    if words.len() == 1 && user.is_none() {
        words.push("of everybody".to_owned());
    }
    if !without_roles.is_empty() {
        words.push("but for users who may more".to_owned());
    }
    words.join(" ")
}

/// What somebody has typed, bounded and in one line.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn what_ends_is_said_in_plain_words() {
        let name = |text| Name::parse(text).ok();
        let all = SessionFilter::default();
        assert_eq!(in_words(&all, 0), "all of everybody");
        let some = SessionFilter {
            realm: name("admin"),
            role: name("support"),
            address: Some("192.0.2.1".into()),
            device: Some("Robot\n1".into()),
            created_before: Some(40),
            ..all.clone()
        };
        let words = "all in the realm admin of users with the role support from 192.0.2.1 \
                     with Robot1 in the device's name begun more than 60 s ago";
        assert_eq!(in_words(&some, 100), words);
        let reach = SessionFilter { without_roles: name("boss").into_iter().collect(), ..all };
        assert_eq!(in_words(&reach, 0), "all of everybody but for users who may more");
        let anna = SessionFilter { login: crate::user::Login::parse("Anna").ok(), ..SessionFilter::default() };
        assert_eq!(in_words(&anna, 0), "all of anna");
    }
}
