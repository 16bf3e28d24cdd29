//! How lists are asked for and answered.

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization as _;

use super::StoredSession;
use crate::clock::Time;
use crate::name::Name;
use crate::user::{Login, UserId, UserNumber, UserState};

/// Which part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// What `next` said last time. What no list ever said gives an empty part.
    pub after: Option<String>,
    /// At most so many items; never more than [`Page::GREATEST`], and at least one.
    pub limit: u32,
}

impl Page {
    /// The greatest number of items in one part of a list.
    pub const GREATEST: u32 = 1_000;

    /// How many items the part has at most.
    pub fn size(&self) -> usize {
        self.limit.clamp(1, Self::GREATEST) as usize
    }
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
    /// And one of these besides, if there are any.
    pub besides: Vec<Name>,
    /// In this state.
    pub state: Option<UserState>,
    /// Login, e-mail or name begins with this text, in whatever case; every character stands for itself.
    pub search: Option<String>,
    /// Seen before this time and not since. Whoever was never seen is not meant.
    pub seen_before: Option<Time>,
    /// Seen at this time or later.
    pub seen_after: Option<Time>,
    /// Never seen, or seen at some time.
    pub never_seen: Option<bool>,
}

impl UserFilter {
    /// The times at which a user may have been seen last, 0 standing for never. None when all are meant.
    pub fn seen(&self) -> Option<RangeInclusive<Time>> {
        match (self.never_seen, self.seen_after, self.seen_before) {
            (None, None, None) => None,
            (Some(true), None, None) => Some(0..=0),
            // Nobody was never seen, and seen at some time.
            (Some(true), _, _) => Some(RangeInclusive::new(1, 0)),
            (_, after, before) => {
                Some(after.unwrap_or(1).max(1)..=before.map_or(Time::MAX, |time| time.saturating_sub(1)))
            }
        }
    }
}

/// The form in which searches compare texts: NFC, lower case.
///
/// ```
/// use doorward::store::fold;
/// assert_eq!(fold("ZO\u{cb}"), fold("zoe\u{308}"));
/// ```
pub fn fold(text: &str) -> String {
    let lower = text.nfc().flat_map(char::to_lowercase);
    // The sigma that ends a word is the same letter; whoever types a search has not come to the end of the word yet.
    lower.map(|c| if c == 'ς' { 'σ' } else { c }).nfc().collect()
}

/// Which sessions. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Of this user.
    pub user: Option<UserNumber>,
    /// Of users with this login, of whatever realm.
    pub login: Option<Login>,
    /// Of this realm.
    pub realm: Option<Name>,
    /// Of users with this role.
    pub role: Option<Name>,
    /// From this address.
    pub address: Option<String>,
    /// Whose device has this text in it, in this case; every character stands for itself.
    pub device: Option<String>,
    /// Begun before this time.
    pub created_before: Option<Time>,
    /// Not of users with one of these roles.
    pub without_roles: Vec<Name>,
}

/// Which audit events. All that is given must hold. Newest first means: by time, then by number.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// The one with this number.
    pub number: Option<u64>,
    /// Of this kind.
    pub kind: Option<String>,
    /// About this realm.
    pub realm: Option<Name>,
    /// About or by somebody with this login.
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
