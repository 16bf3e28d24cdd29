//! What the engine asks of the place where things last.
//!
//! A store never sees a token, a password or an HTTP message. Everything that must hold together is one [`Change`]:
//! the store carries it out, writes its audit event and announces it in the feed within one transaction, or does nothing.
//! The tests in [`contract`](crate::contract) say what every store must do.

mod change;
mod guard;
mod listing;
mod order;
mod version;

pub use change::{Change, Committed, Conflict, NewUser, SessionLimit, StoredRole, WhenFull};
pub use guard::{Administering, Guard};
pub use listing::{CountFilter, EventFilter, Listed, ListedSession, Page, SessionFilter, UserFilter, fold};
pub use order::{NoPlace, UserKey, UserOrder, UserPlace};
pub use version::Version;

use futures_util::future::BoxFuture;

use crate::audit::{Count, Event, StoredEvent};
use crate::clock::Time;
use crate::name::Name;
use crate::session::{SessionDigest, SessionHandle, SessionKey};
use crate::user::{Login, User, UserId, UserNumber};

/// What a store method returns: a boxed future, so that the engine can hold any store.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be read or written now. The operator must act; callers are told 503.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// What is stored makes no sense. The operator must act; callers are told 503.
    #[error("the store holds what it should not: {0}")]
    Corrupt(String),
    /// The change was refused, and nothing was written.
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// Where sessions, users, roles and audit events last.
pub trait Store: Send + Sync + 'static {
    /// Carries out one change with its audit events, all or nothing. When it answers, the change is durable.
    ///
    /// It goes on when the caller stops waiting. An outage that is over leaves nothing behind: the next change succeeds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the change is refused.
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed>;

    /// The session with this key, also when its time is over: what time means is the engine's to know.
    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>>;
    /// The session with this handle.
    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>>;
    /// Sessions that are alive at `now`, newest first. Those of one second come latest first.
    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>>;

    /// The user with this number.
    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>>;
    /// The user who logs in with this login.
    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>>;
    /// The user with this public id.
    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>>;
    /// Users in the order that is asked for.
    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>>;

    /// How many users there are, as far as `most`. A store that can count them without reading each does.
    fn user_count(&self, filter: UserFilter, most: u64) -> Answer<'_, u64> {
        Box::pin(async move {
            let (mut count, mut after) = (0, None);
            loop {
                let page = Page { after, limit: Page::GREATEST };
                let listed = self.users(filter.clone(), UserOrder::default(), page).await?;
                count += listed.items.len() as u64;
                after = listed.next;
                if after.is_none() || count >= most {
                    return Ok(count.min(most));
                }
            }
        })
    }

    /// Whose one-time code has this digest, as long as it can be redeemed at `now`.
    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>>;

    /// All roles that were made at run time, by name.
    fn roles(&self) -> Answer<'_, Vec<StoredRole>>;

    /// What has changed since `seq`. Cheap when nothing has: it is asked several times a second.
    ///
    /// After very many changes it may answer with the first of them; [`Feed::seq`] says how far they go. `u64::MAX` asks
    /// for the number alone. [`News::Lost`] is the answer when `seq` is older than what is remembered, and when it is
    /// newer than what ever happened: then the store was put back from a copy.
    fn changes_since(&self, seq: u64) -> Answer<'_, Feed>;

    /// Notes when sessions were seen last, and with them their users, and users who have none. Sessions and users that are gone
    /// are passed over. The last activity counts: a later `last_seen` or `idle_end` is never replaced by an earlier one. It is
    /// not announced: no decision asks for it.
    fn touch(&self, touched: Vec<Touch>, seen: Vec<Seen>) -> Answer<'_, ()>;
    /// Writes audit events that belong to no change, and adds to the counters.
    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()>;
    /// Audit events, newest first: by time, then by number.
    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>>;
    /// Counters, oldest first: by minute, route and outcome.
    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>>;

    /// The secret of this name, 32 random bytes, made when it is asked for the first time.
    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]>;
    /// Removes sessions and codes that have ended at `now`, audit events and counters older than `keep_since`, and old rows
    /// of the feed. Answers how many sessions, codes, events and counters went. It is not announced: time ended them.
    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64>;
}

/// A session as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The digest of its token.
    pub digest: SessionDigest,
    /// Whose it is.
    pub user: UserNumber,
    /// The realm of the user, whatever was said when it was stored.
    pub realm: Name,
    /// The user's epoch at log-in.
    pub epoch: u32,
    /// When the log-in happened.
    pub created: Time,
    /// When it was used last.
    pub last_seen: Time,
    /// When it ends unless it is used. Never later than `absolute_end`: a store cuts what is.
    pub idle_end: Time,
    /// When it ends at the latest.
    pub absolute_end: Time,
    /// When the password was given last.
    pub authenticated: Time,
    /// Whether the person asked to stay logged in.
    pub remembered: bool,
    /// Whether its token is one for the `Authorization` header, and opens nothing as a cookie.
    pub bearer: bool,
    /// The address of the log-in.
    pub address: String,
    /// The browser or client of the log-in, as it named itself, shortened.
    pub device: String,
}

impl std::fmt::Debug for SessionDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionDigest({})", self.handle())
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey")
    }
}

/// A sign of life of a session.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// Which session.
    pub key: SessionKey,
    /// When it was used.
    pub last_seen: Time,
    /// When it ends unless it is used again.
    pub idle_end: Time,
}

/// A sign of life of a user without a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub user: UserNumber,
    /// When they were there.
    pub at: Time,
}

/// News from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Ask for what came after this next time.
    pub seq: u64,
    /// What changed.
    pub news: News,
}

/// What changed since somebody asked last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These things, in order.
    Changed(Vec<Changed>),
    /// More than is remembered: forget everything.
    Lost,
}

/// One thing that changed. It says what to read again, not what is there now.
///
/// A log-in and a wrong password are no alteration of a user: what decisions ask about is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A session began, ended, was confirmed or refreshed.
    Session(SessionKey),
    /// A user was added, altered or removed.
    User(UserNumber),
    /// A user's failures were forgiven, by an administrator or with a new password.
    Unlocked(UserNumber),
    /// A role was made, altered or removed.
    Roles,
    /// All sessions ended, or so much changed at once that it is cheaper to forget everything.
    Everything,
}
