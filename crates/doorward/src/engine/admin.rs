//! What administrators do: users, roles, other people's sessions. Nobody grants what they lack.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Engine;
use super::authority::may_all;
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::name::Name;
use crate::password::PasswordBytes;
use crate::policy::Grants;
use crate::refusal::{Reason, Refusal};
use crate::session::SessionHandle;
use crate::store::{Change, NewUser, SessionFilter};
use crate::user::{Login, User, UserId, UserState};

/// Who administers.
#[derive(Clone)]
pub struct Actor {
    /// A login, or `cli`.
    pub name: String,
    /// What they may; `None` for somebody at the machine itself, who may all.
    pub grants: Option<Arc<Grants>>,
    /// From which address.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// A user to be added by an administrator.
pub struct UserDraft {
    /// Where; may be left out where there is only one realm.
    pub realm: Option<String>,
    /// The public id; a number when absent.
    pub id: Option<String>,
    /// The login.
    pub login: String,
    /// The name to show.
    pub name: String,
    /// An address to write to.
    pub email: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Values for forced parameters.
    pub attributes: Map<String, Value>,
    /// A first password. Without one, issue a code.
    pub password: Option<PasswordBytes>,
}

/// What to alter of a user. What is `None` stays.
#[derive(Default)]
pub struct UserUpdate {
    /// The login.
    pub login: Option<String>,
    /// The name to show.
    pub name: Option<String>,
    /// The address, or none.
    pub email: Option<Option<String>>,
    /// All attributes.
    pub attributes: Option<Map<String, Value>>,
}

impl UserDraft {
    /// Somebody with this login and nothing else: no role, no password, in the only realm.
    pub fn new(login: impl Into<String>) -> Self {
        Self {
            realm: None,
            id: None,
            login: login.into(),
            name: String::new(),
            email: None,
            roles: Vec::new(),
            attributes: Map::new(),
            password: None,
        }
    }
}

impl Actor {
    /// Somebody at the machine itself.
    pub fn console() -> Self {
        Self { name: "cli".into(), grants: None, address: None, request_id: None }
    }

    pub(super) fn event(&self, kind: EventKind, now: Time) -> Event {
        Event {
            address: self.address.clone(),
            request_id: self.request_id.clone(),
            ..Event::new(kind, now).by(self.name.clone())
        }
    }
}

impl Engine {
    /// A user may have so many roles: their names must fit into one header.
    pub const GREATEST_ROLES: usize = 50;

    /// Adds a user.
    ///
    /// # Errors
    /// 400 for what does not fit, 403 for roles that the actor lacks, 409 when login or id are taken, 422 for a weak password.
    pub async fn create_user(&self, actor: &Actor, draft: UserDraft) -> Result<User, Refusal> {
        let policy = self.policy.load_full();
        let realm = policy.realm_to_log_in(draft.realm.as_deref()).map_err(Refusal::new)?;
        let realm = policy.realm(realm).name().clone();
        let invalid = |member| move |error: crate::user::InvalidUser| Reason::Invalid(member, error.to_string());
        let login = Login::parse(&draft.login).map_err(invalid("login"))?;
        let id = draft.id.as_deref().map(UserId::parse).transpose().map_err(invalid("id"))?;
        let roles = self.grantable(&policy, actor, &draft.roles)?;
        check_texts(Some(&draft.name), draft.email.as_deref(), Some(&draft.attributes))?;
        let password = match draft.password {
            None => None,
            Some(password) => {
                let email = draft.email.as_deref().unwrap_or_default();
                let context = [login.as_str(), draft.name.as_str(), email, realm.as_str()];
                self.passwords.load().judge(&password, &context).map_err(Reason::Password)?;
                Some(self.hash(password).await?)
            }
        };
        let now = self.clock.now();
        let detail = format!("roles: {}", list(&roles));
        let event = Event {
            login: Some(login.to_string()),
            realm: Some(realm.clone()),
            ..actor.event(EventKind::UserCreated, now).detail(detail)
        };
        let new = NewUser {
            realm,
            id,
            login,
            name: draft.name,
            email: draft.email,
            roles,
            state: UserState::Active,
            attributes: draft.attributes,
            password,
            created: now,
        };
        let committed = self.commit(Change::CreateUser(new), vec![event]).await?;
        committed.user.ok_or_else(|| super::unavailable(&"the store did not say who was added"))
    }

    /// Whether an alteration could be made: what fits in itself, by somebody who may.
    ///
    /// # Errors
    /// 400 for what does not fit, 403 for somebody who may more than the actor.
    pub fn check_update(&self, actor: &Actor, user: &User, update: &UserUpdate) -> Result<Option<Login>, Refusal> {
        self.may_govern(actor, user)?;
        let login = update.login.as_deref().map(Login::parse).transpose();
        let login = login.map_err(|error| Reason::Invalid("login", error.to_string()))?;
        let email = update.email.as_ref().and_then(Option::as_deref);
        check_texts(update.name.as_deref(), email, update.attributes.as_ref())?;
        Ok(login)
    }

    /// Alters names, address and attributes.
    ///
    /// # Errors
    /// As [`check_update`](Self::check_update); 409 when the login is taken.
    pub async fn update_user(&self, actor: &Actor, user: &User, update: UserUpdate) -> Result<User, Refusal> {
        let login = self.check_update(actor, user, &update)?;
        let event = about(actor.event(EventKind::UserUpdated, self.clock.now()), user);
        let UserUpdate { name, email, attributes, .. } = update;
        let change = Change::UpdateUser { user: user.number, login, name, email, attributes };
        let committed = self.commit(change, vec![event]).await?;
        committed.user.ok_or_else(|| super::unavailable(&"the store did not say who was altered"))
    }

    /// Disables or enables a user. A disabled user's sessions end at once.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 409 for the last administrator.
    pub async fn set_state(&self, actor: &Actor, user: &User, state: UserState) -> Result<(), Refusal> {
        self.may_govern(actor, user)?;
        let word = if state == UserState::Active { "enabled" } else { "disabled" };
        let event = about(actor.event(EventKind::UserState, self.clock.now()), user).detail(word);
        let guard = self.guard(&self.policy.load());
        self.commit(Change::SetState { user: user.number, state, guard }, vec![event]).await?;
        Ok(())
    }

    /// Whether roles could be given and taken, and which they are.
    ///
    /// # Errors
    /// 400 for unknown roles and too many, 403 for roles that hold more than the actor may, and for somebody who may more.
    pub fn check_roles(
        &self,
        actor: &Actor,
        user: &User,
        add: &[String],
        remove: &[String],
    ) -> Result<(Vec<Name>, Vec<Name>), Refusal> {
        self.may_govern(actor, user)?;
        let policy = self.policy.load_full();
        let add = self.grantable(&policy, actor, add)?;
        // A role that is gone from the file can still be taken from somebody.
        let remove: Vec<Name> = remove.iter().filter_map(|name| Name::parse(name).ok()).collect();
        let mut after: Vec<Name> = user.roles.iter().filter(|role| !remove.contains(role)).cloned().collect();
        after.extend_from_slice(&add);
        after.sort();
        after.dedup();
        if after.len() > Self::GREATEST_ROLES {
            return Err(Reason::Invalid("roles", format!("at most {}", Self::GREATEST_ROLES)).into());
        }
        // Taking a role that denies gives what another one allows.
        may_all(&policy, actor, &policy.grants(&after))?;
        Ok((add, remove))
    }

    /// Gives and takes roles. The user's sessions end.
    ///
    /// # Errors
    /// As [`check_roles`](Self::check_roles); 409 for the last administrator.
    pub async fn change_roles(
        &self,
        actor: &Actor,
        user: &User,
        add: &[String],
        remove: &[String],
    ) -> Result<User, Refusal> {
        let (add, remove) = self.check_roles(actor, user, add, remove)?;
        let detail = format!("given: {}; taken: {}", list(&add), list(&remove));
        let event = about(actor.event(EventKind::UserRoles, self.clock.now()), user).detail(detail);
        let guard = self.guard(&self.policy.load());
        let change = Change::ChangeRoles { user: user.number, add, remove, guard };
        let committed = self.commit(change, vec![event]).await?;
        committed.user.ok_or_else(|| super::unavailable(&"the store did not say who was altered"))
    }

    /// Removes a user for good.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 409 for the last administrator.
    pub async fn remove_user(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        self.may_govern(actor, user)?;
        let event = about(actor.event(EventKind::UserRemoved, self.clock.now()), user);
        let guard = self.guard(&self.policy.load());
        self.commit(Change::RemoveUser { user: user.number, guard }, vec![event]).await?;
        self.users.forget(user.number);
        Ok(())
    }

    /// Forgives a user's failed log-ins, from everywhere.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn unlock_user(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        let event = about(actor.event(EventKind::UserUnlocked, self.clock.now()), user);
        self.commit(Change::Unlock { user: user.number }, vec![event]).await?;
        self.throttle.forgive(user.realm.as_str(), user.login.as_str());
        Ok(())
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn end_sessions_of(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        let event = about(actor.event(EventKind::SessionEnded, self.clock.now()), user).detail("all of the user");
        self.commit(Change::EndSessions { user: user.number, keep: None }, vec![event]).await?;
        Ok(())
    }

    /// Ends one session, by its handle.
    ///
    /// # Errors
    /// 404 when there is no such session, 503 in an outage.
    pub async fn end_session(&self, actor: &Actor, handle: SessionHandle) -> Result<(), Refusal> {
        let stored = self.store.session_by_handle(handle).await.map_err(|error| super::unavailable(&error))?;
        let session = stored.ok_or(Reason::NotFound)?;
        let owner = self.store.user(session.user).await.map_err(|error| super::unavailable(&error))?;
        let event = actor.event(EventKind::SessionEnded, self.clock.now());
        let event = Event { session: Some(handle.to_string()), ..event };
        let event = owner.iter().fold(event, about);
        let key = session.digest.key();
        self.commit(Change::EndSession { key }, vec![event]).await?;
        self.sessions.forget(key);
        Ok(())
    }

    /// Ends all sessions that match, and says how many. An empty filter ends everybody's.
    ///
    /// # Errors
    /// 503 in an outage.
    pub async fn end_matching(&self, actor: &Actor, filter: SessionFilter) -> Result<usize, Refusal> {
        let now = self.clock.now();
        let event = actor.event(EventKind::SessionEnded, now).detail(format!("all that match {filter:?}"));
        let committed = self.commit(Change::EndMatching { filter, now }, vec![event]).await?;
        Ok(committed.ended.len())
    }
}

fn about(event: Event, user: &User) -> Event {
    event.about(user.number, &user.realm, user.login.as_str())
}

fn list(names: &[Name]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// Texts are bounded and have no control characters.
fn check_texts(
    name: Option<&str>,
    email: Option<&str>,
    attributes: Option<&Map<String, Value>>,
) -> Result<(), Refusal> {
    let fits = |text: &str| text.chars().count() <= 200 && !text.chars().any(char::is_control);
    if !name.is_none_or(fits) {
        return Err(Reason::Invalid("name", "at most 200 characters, none of them a control character".into()).into());
    }
    let address = |text: &str| {
        fits(text) && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    };
    if !email.is_none_or(address) {
        return Err(Reason::Invalid("email", "not an e-mail address".into()).into());
    }
    let size =
        |attributes: &Map<String, Value>| serde_json::to_string(attributes).map_or(usize::MAX, |text| text.len());
    if attributes.is_some_and(|attributes| size(attributes) > 8_192) {
        return Err(Reason::Invalid("attributes", "at most 8 KiB".into()).into());
    }
    Ok(())
}
