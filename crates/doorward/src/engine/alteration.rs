//! Altering a user: all of it is checked before the first of it is done.

use serde_json::{Map, Value};

use super::admin::{about, check_texts, list};
use super::{Actor, Engine, GrantsChange};
use crate::audit::{Event, EventKind};
use crate::name::Name;
use crate::policy::Policy;
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, Conflict, Version};
use crate::user::{Login, User, UserState};

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

/// All that can be altered of a user at once.
#[derive(Default)]
pub struct UserAlteration {
    /// Names, address and attributes.
    pub update: UserUpdate,
    /// Whether they may log in.
    pub state: Option<UserState>,
    /// Roles to give.
    pub add: Vec<String>,
    /// Roles to take.
    pub remove: Vec<String>,
    /// Which state of the user the actor has seen. Refused with [`Conflict::UserChanged`] when it is another one.
    pub seen: Option<Version>,
}

/// One change of several, and what the audit log says about it.
type Step = (Change, Event);

/// Somebody's roles: those to give, those to take, and what comes of it.
struct Regrouped {
    add: Vec<Name>,
    remove: Vec<Name>,
    after: Vec<Name>,
}

impl UserUpdate {
    fn is_empty(&self) -> bool {
        self.login.is_none() && self.name.is_none() && self.email.is_none() && self.attributes.is_none()
    }
}

impl Engine {
    /// Alters a user. With `seen`, each change is carried out only on the user as the one before has left them, so that of
    /// two who alter what both have read, one wins.
    ///
    /// # Errors
    /// 400 for what does not fit; 403 for somebody who may more than the actor, and for roles that the actor lacks; 409 when
    /// the login is taken, for the last administrator, and when somebody else was faster.
    pub async fn alter_user(&self, actor: &Actor, user: &User, alteration: UserAlteration) -> Result<User, Refusal> {
        let UserAlteration { update, state, add, remove, mut seen } = alteration;
        let _roles_stay = self.role_changes.read().await;
        if seen.is_some_and(|seen| seen != user.version()) {
            return Err(Reason::Conflict(Conflict::UserChanged).into());
        }
        let updates = !update.is_empty();
        let update = self.update_step(actor, user, update)?;
        if let Change::UpdateUser { login: Some(login), .. } = &update.0 {
            self.check_free(user, login).await?;
        }
        let roles = self.roles_step(actor, user, &add, &remove)?;
        let changes_roles = !(add.is_empty() && remove.is_empty());
        let state = state.filter(|state| *state != user.state).map(|state| self.state_step(actor, user, state));
        let steps = [state, changes_roles.then_some(roles), updates.then_some(update)];
        let mut user = user.clone();
        for (change, event) in steps.into_iter().flatten() {
            user = self
                .alter(match seen {
                    Some(version) => {
                        (Change::ExpectUser { user: user.number, version, change: Box::new(change) }, event)
                    }
                    None => (change, event),
                })
                .await?;
            seen = seen.map(|_| user.version());
        }
        Ok(user)
    }

    /// Alters names, address and attributes.
    ///
    /// # Errors
    /// As [`alter_user`](Self::alter_user).
    pub async fn update_user(&self, actor: &Actor, user: &User, update: UserUpdate) -> Result<User, Refusal> {
        self.alter(self.update_step(actor, user, update)?).await
    }

    /// Disables or enables a user. A disabled user's sessions end at once.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor, 409 for the last administrator.
    pub async fn set_state(&self, actor: &Actor, user: &User, state: UserState) -> Result<(), Refusal> {
        let _roles_stay = self.role_changes.read().await;
        self.may_govern(actor, user)?;
        self.alter(self.state_step(actor, user, state)).await?;
        Ok(())
    }

    /// What a user may, and would if their roles were changed like this; and whether their sessions would end by it. Nothing
    /// changes.
    ///
    /// # Errors
    /// As [`change_roles`](Self::change_roles), but for the last administrator.
    pub fn preview_roles(
        &self,
        actor: &Actor,
        user: &User,
        add: &[String],
        remove: &[String],
    ) -> Result<(GrantsChange, bool), Refusal> {
        let policy = self.policy.load();
        let after = self.regrouped(&policy, actor, user, add, remove)?.after;
        let grants = |roles: &[Name]| (*policy.grants(roles)).clone();
        Ok((GrantsChange::new(grants(&user.roles), grants(&after)), after != user.roles))
    }

    /// Gives and takes roles. The user's sessions end when their set of roles changes.
    ///
    /// # Errors
    /// 400 for unknown roles and too many, 403 for roles that hold more than the actor may, and for somebody who may more;
    /// 409 for the last administrator.
    pub async fn change_roles(
        &self,
        actor: &Actor,
        user: &User,
        add: &[String],
        remove: &[String],
    ) -> Result<User, Refusal> {
        let _roles_stay = self.role_changes.read().await;
        self.alter(self.roles_step(actor, user, add, remove)?).await
    }

    async fn alter(&self, (change, event): Step) -> Result<User, Refusal> {
        let committed = self.commit(change, vec![event]).await?;
        committed.user.ok_or_else(|| super::unavailable(&"the store did not say who was altered"))
    }

    fn update_step(&self, actor: &Actor, user: &User, update: UserUpdate) -> Result<Step, Refusal> {
        self.may_govern(actor, user)?;
        let UserUpdate { login, name, email, attributes } = update;
        let login = login.as_deref().map(Login::parse).transpose();
        let login = login.map_err(|error| Reason::Invalid("login", error.to_string()))?;
        check_texts(name.as_deref(), email.as_ref().and_then(Option::as_deref), attributes.as_ref())?;
        let event = about(actor.event(EventKind::UserUpdated, self.clock.now()), user);
        Ok((Change::UpdateUser { user: user.number, login, name, email, attributes }, event))
    }

    fn state_step(&self, actor: &Actor, user: &User, state: UserState) -> Step {
        let word = if state == UserState::Active { "enabled" } else { "disabled" };
        let event = about(actor.event(EventKind::UserState, self.clock.now()), user).detail(word);
        let guard = self.guard_of(&self.policy.load(), user);
        (Change::SetState { user: user.number, state, guard }, event)
    }

    fn roles_step(&self, actor: &Actor, user: &User, add: &[String], remove: &[String]) -> Result<Step, Refusal> {
        let policy = self.policy.load_full();
        let Regrouped { add, remove, after } = self.regrouped(&policy, actor, user, add, remove)?;
        let lists = [("given", &add), ("taken", &remove)].into_iter().filter(|(_, names)| !names.is_empty());
        let mut detail: Vec<String> = lists.map(|(word, names)| format!("{word}: {}", list(names))).collect();
        if after != user.roles {
            detail.push("all sessions ended".to_owned());
        }
        let event = about(actor.event(EventKind::UserRoles, self.clock.now()), user).detail(detail.join("; "));
        let guard = self.guard_of(&policy, user);
        Ok((Change::ChangeRoles { user: user.number, add, remove, guard }, event))
    }

    /// What somebody's roles become, if the actor may do that.
    fn regrouped(
        &self,
        policy: &Policy,
        actor: &Actor,
        user: &User,
        add: &[String],
        remove: &[String],
    ) -> Result<Regrouped, Refusal> {
        self.may_govern(actor, user)?;
        let add = self.grantable(policy, actor, add)?;
        // A role that is gone from the file can still be taken from somebody.
        let remove: Vec<Name> = remove.iter().filter_map(|name| Name::parse(name).ok()).collect();
        let mut after: Vec<Name> = user.roles.iter().filter(|role| !remove.contains(role)).cloned().collect();
        after.extend_from_slice(&add);
        after.sort();
        after.dedup();
        if after.len() > Self::GREATEST_ROLES {
            return Err(Reason::Invalid("roles", format!("at most {}", Self::GREATEST_ROLES)).into());
        }
        Ok(Regrouped { add, remove, after })
    }

    /// The store looks again; asked before, nothing is done in part.
    async fn check_free(&self, user: &User, login: &Login) -> Result<(), Refusal> {
        let holder = self.store.user_by_login(user.realm.clone(), login.clone()).await;
        match holder.map_err(|error| super::unavailable(&error))? {
            Some(holder) if holder.number != user.number => Err(Reason::Conflict(Conflict::LoginTaken).into()),
            _ => Ok(()),
        }
    }
}
