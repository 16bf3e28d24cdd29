//! Users who move in from another system, many at once.

use serde_json::{Map, Value};

use super::admin::{about, check_texts, list};
use super::{Actor, Engine};
use crate::audit::{Event, EventKind};
use crate::name::Name;
use crate::password::foreign::is_foreign;
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, NewUser};
use crate::user::{Login, PasswordHash, User, UserId, UserNumber, UserState};

/// A user as another system has them. `None` says nothing about a field: it stays as it is here.
#[derive(Clone)]
pub struct Arrival {
    /// Where. With the login it says who is meant.
    pub realm: Name,
    /// The login.
    pub login: Login,
    /// The public id. Only for somebody who is not here yet.
    pub id: Option<UserId>,
    /// The name to show.
    pub name: Option<String>,
    /// An address to write to.
    pub email: Option<String>,
    /// All roles.
    pub roles: Option<Vec<Name>>,
    /// Whether they may log in.
    pub state: Option<UserState>,
    /// Values for forced parameters. Those that are not named stay.
    pub attributes: Option<Map<String, Value>>,
}

/// What is done with a hash that moves in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFate {
    /// There is none yet: it is stored.
    Stored,
    /// There is one that moved in before, and nobody has logged in with it: it is replaced where it differs.
    Compared,
    /// There is one that was made here: it stays, since its owner may have chosen another password since.
    Kept,
}

impl HashFate {
    /// The fate of a hash for this user.
    pub fn of(user: Option<&User>) -> Self {
        match user.and_then(|user| user.password.as_ref()) {
            None => Self::Stored,
            Some(hash) if is_foreign(hash) => Self::Compared,
            Some(_) => Self::Kept,
        }
    }
}

impl Arrival {
    /// What would be altered of `user`, in words of the import format.
    pub fn differences(&self, user: &User) -> Vec<&'static str> {
        let name = self.name.as_ref().is_some_and(|name| *name != user.name);
        let email = self.email.as_ref().is_some_and(|email| Some(email) != user.email.as_ref());
        let roles = self.roles.as_ref().is_some_and(|roles| *roles != user.roles);
        let state = self.state.is_some_and(|state| state != user.state);
        let attributes = self.merged(user).is_some();
        let all = [(name, "name"), (email, "email"), (roles, "roles"), (state, "state"), (attributes, "attributes")];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, word)| word).collect()
    }

    /// All attributes afterwards, where they differ.
    fn merged(&self, user: &User) -> Option<Map<String, Value>> {
        let mut merged = user.attributes.clone();
        merged.extend(self.attributes.clone()?);
        (merged != user.attributes).then_some(merged)
    }
}

/// A change, and what the audit log says about it.
type Step = (Change, Event);

impl Engine {
    /// Whether what an arrival says fits. Sorts its roles, each once.
    ///
    /// # Errors
    /// 400 for what does not fit, 403 for roles that the actor lacks.
    pub fn check_arrival(&self, actor: &Actor, arrival: &mut Arrival) -> Result<(), Refusal> {
        check_texts(arrival.name.as_deref(), arrival.email.as_deref(), arrival.attributes.as_ref())?;
        if let Some(roles) = &mut arrival.roles {
            let names: Vec<String> = roles.iter().map(ToString::to_string).collect();
            *roles = self.grantable(&self.policy.load(), actor, &names)?;
            if roles.len() > Self::GREATEST_ROLES {
                return Err(Reason::Invalid("roles", format!("at most {}", Self::GREATEST_ROLES)).into());
            }
        }
        Ok(())
    }

    /// Lets all of them in, or none: each with the user as they were when somebody looked, and a hash to set. `origin` says
    /// in the audit log where they come from.
    ///
    /// # Errors
    /// 403 for somebody who may more than the actor; 409 for an id that is taken, for the last administrator, and when a user
    /// is not any more as somebody saw them.
    pub async fn admit(
        &self,
        actor: &Actor,
        origin: &str,
        arrivals: Vec<(Arrival, Option<User>, Option<PasswordHash>)>,
    ) -> Result<(), Refusal> {
        let _roles_stay = self.role_changes.read().await;
        let altered: Vec<UserNumber> = arrivals.iter().filter_map(|(_, user, _)| Some(user.as_ref()?.number)).collect();
        let (mut changes, mut events) = (Vec::with_capacity(arrivals.len()), Vec::with_capacity(arrivals.len()));
        for (mut arrival, user, hash) in arrivals {
            self.check_arrival(actor, &mut arrival)?;
            match user {
                None => {
                    let (change, event) = self.new_step(actor, arrival, hash);
                    changes.push(change);
                    events.push(event.detail(origin));
                }
                Some(user) => {
                    self.may_govern(actor, &user)?;
                    let steps = self.steps(actor, &arrival, &user, hash);
                    let (steps, told): (Vec<Change>, Vec<Event>) = steps.into_iter().unzip();
                    events.extend(told.into_iter().map(|event| {
                        let detail =
                            event.detail.as_ref().map_or_else(|| origin.to_owned(), |of| format!("{of}; {origin}"));
                        event.detail(detail)
                    }));
                    let change = Box::new(Change::Together(steps));
                    changes.push(Change::ExpectUser { user: user.number, version: user.version(), change });
                }
            }
        }
        self.commit(Change::Together(changes), events).await?;
        altered.into_iter().for_each(|number| self.users.forget(number));
        Ok(())
    }

    fn new_step(&self, actor: &Actor, arrival: Arrival, password: Option<PasswordHash>) -> Step {
        let Arrival { realm, login, id, name, email, roles, state, attributes } = arrival;
        let now = self.clock.now();
        let event = Event {
            login: Some(login.to_string()),
            realm: Some(realm.clone()),
            ..actor.event(EventKind::UserCreated, now)
        };
        let new = NewUser {
            realm,
            id,
            login,
            name: name.unwrap_or_default(),
            email,
            roles: roles.unwrap_or_default(),
            state: state.unwrap_or(UserState::Active),
            attributes: attributes.unwrap_or_default(),
            password,
            created: now,
        };
        (Change::CreateUser(new), event)
    }

    /// What must change of somebody who is here: the password first, since it counts on the epoch that was seen.
    fn steps(&self, actor: &Actor, arrival: &Arrival, user: &User, hash: Option<PasswordHash>) -> Vec<Step> {
        let now = self.clock.now();
        let (number, guard) = (user.number, self.guard(&self.policy.load()));
        let event = |kind| about(actor.event(kind, now), user);
        let mut steps = Vec::new();
        if let Some(password) = hash {
            let set =
                Change::SetPassword { user: number, epoch: user.epoch, password: password.clone(), session: None };
            // Whoever has logged in meanwhile has another hash now, and keeps it.
            let still = user.password.clone().map(|old| Change::Rehash { user: number, old, new: password });
            steps.push((Change::Together(still.into_iter().chain([set]).collect()), event(EventKind::PasswordSet)));
        }
        let differs = arrival.differences(user);
        if differs.iter().any(|word| matches!(*word, "name" | "email" | "attributes")) {
            let change = Change::UpdateUser {
                user: number,
                login: None,
                name: arrival.name.clone(),
                email: arrival.email.clone().map(Some),
                attributes: arrival.merged(user),
            };
            steps.push((change, event(EventKind::UserUpdated)));
        }
        if let Some(roles) = arrival.roles.as_ref().filter(|_| differs.contains(&"roles")) {
            let remove = user.roles.iter().filter(|role| !roles.contains(role)).cloned().collect();
            let change = Change::ChangeRoles { user: number, add: roles.clone(), remove, guard: guard.clone() };
            steps.push((change, event(EventKind::UserRoles).detail(format!("now: {}", list(roles)))));
        }
        if let Some(state) = arrival.state.filter(|_| differs.contains(&"state")) {
            let word = if state == UserState::Active { "enabled" } else { "disabled" };
            let change = Change::SetState { user: number, state, guard };
            steps.push((change, event(EventKind::UserState).detail(word)));
        }
        steps
    }
}
