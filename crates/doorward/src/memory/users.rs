//! The users, found by number, login and id.

use std::collections::{BTreeMap, HashMap};

use crate::name::Name;
use crate::store::{Conflict, NewUser, Seen};
use crate::user::{Login, User, UserId, UserNumber};

/// The table of users.
#[derive(Clone, Default)]
pub(super) struct Users {
    by_number: BTreeMap<u32, User>,
    by_login: HashMap<(Box<str>, Name), u32>,
    by_id: HashMap<(Name, UserId), u32>,
    /// The greatest number that was ever given.
    greatest: u32,
    /// How often everybody's sessions have ended: the epoch with which a user begins.
    cuts: u32,
    /// Ids of removed users that could be generated again, and whether they were generated the first time.
    retired: HashMap<(Name, UserId), bool>,
}

impl Users {
    pub(super) fn by_number(&self, number: UserNumber) -> Option<&User> {
        self.by_number.get(&number.0)
    }

    pub(super) fn by_login(&self, realm: &Name, login: &Login) -> Option<&User> {
        self.by_number.get(self.by_login.get(&(login.as_str().into(), realm.clone()))?)
    }

    pub(super) fn by_id(&self, realm: &Name, id: &UserId) -> Option<&User> {
        self.by_number.get(self.by_id.get(&(realm.clone(), id.clone()))?)
    }

    /// All users, in the order in which they were added.
    pub(super) fn all(&self) -> impl Iterator<Item = &User> {
        self.by_number.values()
    }

    /// Notes a sign of life, if there is still somebody.
    pub(super) fn saw(&mut self, seen: Seen) {
        if let Some(user) = self.by_number.get_mut(&seen.user.0) {
            user.last_seen = user.last_seen.max(Some(seen.at));
        }
    }

    /// Adds one to every epoch.
    pub(super) fn cut_all(&mut self) {
        self.cuts = self.cuts.wrapping_add(1);
        self.by_number.values_mut().for_each(|user| user.epoch = user.epoch.wrapping_add(1));
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut User> {
        self.by_number.values_mut()
    }

    pub(super) fn add(&mut self, new: NewUser) -> Result<&User, Conflict> {
        let NewUser { realm, id, login, name, email, mut roles, state, attributes, password, created } = new;
        if self.by_login(&realm, &login).is_some() {
            return Err(Conflict::LoginTaken);
        }
        let (number, id) = self.number_and_id(&realm, id)?;
        roles.sort();
        roles.dedup();
        self.greatest = number;
        self.by_login.insert((login.as_str().into(), realm.clone()), number);
        self.by_id.insert((realm.clone(), id.clone()), number);
        let user = User {
            number: UserNumber(number),
            realm,
            id,
            login,
            name,
            email,
            roles,
            state,
            attributes,
            epoch: self.cuts,
            password,
            failures: 0,
            created,
            last_login: None,
            last_seen: None,
        };
        Ok(self.by_number.entry(number).or_insert(user))
    }

    fn number_and_id(&self, realm: &Name, wanted: Option<UserId>) -> Result<(u32, UserId), Conflict> {
        let mut number = self.greatest;
        loop {
            number = number.checked_add(1).ok_or(Conflict::IdTaken)?;
            let (id, generated) = match &wanted {
                Some(id) => (id.clone(), false),
                None => (UserId::parse(&number.to_string()).map_err(|_| Conflict::IdTaken)?, true),
            };
            let place = (realm.clone(), id.clone());
            let retired = self.retired.get(&place).is_some_and(|was_generated| generated || *was_generated);
            if !retired && !self.by_id.contains_key(&place) {
                return Ok((number, id));
            }
            if !generated {
                return Err(Conflict::IdTaken);
            }
        }
    }

    /// Alters a user in all but number, realm, id and login.
    pub(super) fn alter(&mut self, number: UserNumber, alter: impl FnOnce(&mut User)) -> Result<&User, Conflict> {
        let user = self.by_number.get_mut(&number.0).ok_or(Conflict::UserUnknown)?;
        alter(user);
        Ok(user)
    }

    pub(super) fn rename(&mut self, number: UserNumber, login: Login) -> Result<(), Conflict> {
        let user = self.by_number.get(&number.0).ok_or(Conflict::UserUnknown)?;
        let holder = self.by_login(&user.realm, &login).map(|user| user.number);
        if holder.is_some_and(|holder| holder != number) {
            return Err(Conflict::LoginTaken);
        }
        let realm = user.realm.clone();
        self.by_login.remove(&(user.login.as_str().into(), realm.clone()));
        self.by_login.insert((login.as_str().into(), realm), number.0);
        self.alter(number, |user| user.login = login)?;
        Ok(())
    }

    pub(super) fn remove(&mut self, number: UserNumber) -> Option<User> {
        let user = self.by_number.remove(&number.0)?;
        self.by_login.remove(&(user.login.as_str().into(), user.realm.clone()));
        let place = (user.realm.clone(), user.id.clone());
        self.by_id.remove(&place);
        let text = user.id.as_str();
        let decimal = text.parse::<u32>().ok().filter(|decimal| decimal.to_string() == text);
        if let Some(decimal) = decimal {
            *self.retired.entry(place).or_default() |= decimal == number.0;
        }
        Some(user)
    }

    /// Whether this is true of somebody, once users are as `after` makes them.
    pub(super) fn has(&self, after: impl Fn(&User) -> Option<User>, is_one: impl Fn(&User) -> bool) -> bool {
        self.by_number.values().filter_map(after).any(|user| is_one(&user))
    }
}
