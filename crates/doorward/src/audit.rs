//! What happened: who, what, when, from where. Never a secret.

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::name::Name;
use crate::user::UserNumber;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody tried to log in.
    LogIn,
    /// A session was ended by its owner.
    LogOut,
    /// A session was ended by somebody else, or all of them.
    SessionEnded,
    /// A password was given again.
    Confirmed,
    /// A request was refused.
    Refused,
    /// A user was added.
    UserCreated,
    /// A user's name, login, e-mail or attributes changed.
    UserUpdated,
    /// A user was disabled or enabled.
    UserState,
    /// A user's roles changed.
    UserRoles,
    /// A password was set.
    PasswordSet,
    /// A user was removed.
    UserRemoved,
    /// A user's failures were forgiven.
    UserUnlocked,
    /// A one-time code was issued.
    CodeIssued,
    /// A role was made, altered or removed.
    RoleChanged,
    /// The rules were read again, or could not be.
    Reloaded,
    /// The store was copied or put back.
    Backup,
    /// Somebody took away a copy of this record.
    Exported,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::LogIn,
        Self::LogOut,
        Self::SessionEnded,
        Self::Confirmed,
        Self::Refused,
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserState,
        Self::UserRoles,
        Self::PasswordSet,
        Self::UserRemoved,
        Self::UserUnlocked,
        Self::CodeIssued,
        Self::RoleChanged,
        Self::Reloaded,
        Self::Backup,
        Self::Exported,
    ];

    /// The word for it in lists and filters.
    pub fn code(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::LogOut => "log_out",
            Self::SessionEnded => "session_ended",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserState => "user_state",
            Self::UserRoles => "user_roles",
            Self::PasswordSet => "password_set",
            Self::UserRemoved => "user_removed",
            Self::UserUnlocked => "user_unlocked",
            Self::CodeIssued => "code_issued",
            Self::RoleChanged => "role_changed",
            Self::Reloaded => "reloaded",
            Self::Backup => "backup",
            Self::Exported => "exported",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// What, as [`EventKind::code`] says it.
    pub kind: String,
    /// `ok`, or a word for why not.
    pub outcome: String,
    /// In which realm.
    pub realm: Option<Name>,
    /// About whom. A login that no user has is not written down: people type passwords there.
    pub user: Option<u32>,
    /// Their login.
    pub login: Option<String>,
    /// By whom, when that is somebody else: a login, `cli`, or `system`.
    pub actor: Option<String>,
    /// The handle of the session.
    pub session: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// Method and path of the request, without its query.
    pub request: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// What changed, in words.
    pub detail: Option<String>,
    /// How many like it were left out since the last one was written.
    pub omitted: u32,
}

impl Event {
    /// An event that went well; fill in the rest.
    pub fn new(kind: EventKind, at: Time) -> Self {
        Self {
            at,
            kind: kind.code().into(),
            outcome: "ok".into(),
            realm: None,
            user: None,
            login: None,
            actor: None,
            session: None,
            address: None,
            request: None,
            request_id: None,
            detail: None,
            omitted: 0,
        }
    }

    /// The same event, which did not go well for the reason `outcome`.
    #[must_use]
    pub fn outcome(mut self, outcome: impl Into<String>) -> Self {
        self.outcome = outcome.into();
        self
    }

    /// The same event about this user.
    #[must_use]
    pub fn about(mut self, user: UserNumber, realm: &Name, login: &str) -> Self {
        self.user = Some(user.0);
        self.realm = Some(realm.clone());
        self.login = Some(login.into());
        self
    }

    /// The same event, by somebody.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// The same event, with words.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// An event with its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Grows with time.
    pub number: u64,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

/// How often something happened within a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The minute's first second.
    pub minute: Time,
    /// The route as written, or `-` for what matched none.
    pub route: String,
    /// `allow`, or the refusal's code.
    pub outcome: String,
    /// How often.
    pub hits: u64,
    /// How long all of them took, in microseconds.
    pub micros: u64,
}
