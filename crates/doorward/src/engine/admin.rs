//! What administrators do with users. Nobody grants what they lack.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Engine;
use crate::audit::{Event, EventKind};
use crate::clock::Time;
use crate::name::Name;
use crate::password::PasswordBytes;
use crate::policy::Grants;
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, NewUser};
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

    /// Removes a user for good.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 409 for the last administrator.
    pub async fn remove_user(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        let _roles_stay = self.role_changes.read().await;
        self.may_govern(actor, user)?;
        let event = about(actor.event(EventKind::UserRemoved, self.clock.now()), user);
        let guard = self.guard_of(&self.policy.load(), user);
        self.commit(Change::RemoveUser { user: user.number, guard }, vec![event]).await?;
        self.users.forget(user.number);
        Ok(())
    }

    /// Forgives a user's failed log-ins, from everywhere.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 503 in an outage.
    pub async fn unlock_user(&self, actor: &Actor, user: &User) -> Result<(), Refusal> {
        self.may_govern(actor, user)?;
        let event = about(actor.event(EventKind::UserUnlocked, self.clock.now()), user);
        self.commit(Change::Unlock { user: user.number }, vec![event]).await?;
        self.throttle.forgive(user.realm.as_str(), user.login.as_str());
        Ok(())
    }
}

pub(super) fn about(event: Event, user: &User) -> Event {
    event.about(user.number, &user.realm, user.login.as_str())
}

pub(super) fn list(names: &[Name]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// Texts are bounded and have no control characters.
pub(super) fn check_texts(
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
