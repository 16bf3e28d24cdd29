//! All that a store in memory holds.

use std::collections::{BTreeMap, HashMap};

use super::announcements::Announcements;
use super::audit::Audit;
use super::sessions::Sessions;
use super::users::Users;
use crate::clock::Time;
use crate::name::Name;
use crate::store::{StoreError, StoredRole};
use crate::user::{User, UserNumber, UserState};

/// The tables.
#[derive(Default)]
pub(super) struct State {
    pub(super) users: Users,
    pub(super) sessions: Sessions,
    /// One-time codes, by their digest. A user has one at most.
    pub(super) codes: HashMap<[u8; 32], Code>,
    pub(super) roles: BTreeMap<Name, StoredRole>,
    pub(super) announcements: Announcements,
    pub(super) audit: Audit,
    secrets: HashMap<&'static str, [u8; 32]>,
}

/// A one-time code.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) user: UserNumber,
    pub(super) expires: Time,
}

impl State {
    pub(super) fn secret(&mut self, name: &'static str) -> Result<[u8; 32], StoreError> {
        if let Some(secret) = self.secrets.get(name) {
            return Ok(*secret);
        }
        let mut secret = [0; 32];
        let filled = getrandom::fill(&mut secret);
        filled.map_err(|error| StoreError::Unavailable(format!("the system's random source failed: {error}")))?;
        self.secrets.insert(name, secret);
        Ok(secret)
    }

    /// Whose code this is, if it can be redeemed.
    pub(super) fn code_owner(&self, digest: &[u8; 32], now: Time) -> Option<&User> {
        let code = self.codes.get(digest).filter(|code| code.expires > now)?;
        self.users.by_number(code.user).filter(|user| user.state == UserState::Active)
    }

    pub(super) fn purge(&mut self, now: Time, keep_since: Time) -> u64 {
        let codes = self.codes.len();
        self.codes.retain(|_, code| code.expires > now);
        let codes = codes - self.codes.len();
        self.sessions.purge(now) + codes as u64 + self.audit.purge(keep_since)
    }
}
