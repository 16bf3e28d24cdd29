//! How lists are asked for and answered.

use super::StoredSession;
use crate::clock::Time;
use crate::name::Name;
use crate::user::{Login, UserId, UserNumber, UserState};

/// Which part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// What `next` said last time.
    pub after: Option<String>,
    /// At most so many items.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: None, limit: 100 }
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next part begins; none at the end.
    pub next: Option<String>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// A session in a list, with its user's names.
#[derive(Clone, Debug)]
pub struct ListedSession {
    /// The session.
    pub session: StoredSession,
    /// The user's id.
    pub user_id: UserId,
    /// The user's login.
    pub login: Login,
}

/// Which users. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Of this realm.
    pub realm: Option<Name>,
    /// Having this role.
    pub role: Option<Name>,
    /// In this state.
    pub state: Option<UserState>,
    /// Login, e-mail or name begins with this text; every character stands for itself.
    pub search: Option<String>,
}

/// Which sessions. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Of this user.
    pub user: Option<UserNumber>,
    /// Of this realm.
    pub realm: Option<Name>,
    /// Of users with this role.
    pub role: Option<Name>,
    /// From this address.
    pub address: Option<String>,
    /// Whose device has this text in it; every character stands for itself.
    pub device: Option<String>,
    /// Begun before this time.
    pub created_before: Option<Time>,
}

/// Which audit events. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of this kind.
    pub kind: Option<String>,
    /// About this realm.
    pub realm: Option<Name>,
    /// About or by the user with this login.
    pub login: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// At or after.
    pub since: Option<Time>,
    /// Before.
    pub until: Option<Time>,
}

/// Which counters.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountFilter {
    /// Minutes at or after this time.
    pub since: Time,
    /// Minutes before this time; zero for all.
    pub until: Time,
}
