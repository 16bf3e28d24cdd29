//! What may be changed in a store, one transaction each.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Guard, SessionFilter, StoredSession, Version};
use crate::clock::Time;
use crate::name::Name;
use crate::session::SessionKey;
use crate::user::{Login, PasswordHash, User, UserId, UserNumber, UserState};

/// One change: carried out whole, or not at all.
///
/// Each variant announces in the feed what it touched: every session that began or ended, every user that was altered,
/// the roles. Whatever names a user who does not exist is refused with [`Conflict::UserUnknown`]. Every session has the
/// epoch of its user: whatever adds one to the epoch removes all sessions.
#[derive(Clone)]
#[non_exhaustive]
pub enum Change {
    /// Adds a user. `Committed::user` is the user with number and id. Refused with [`Conflict::LoginTaken`], and with
    /// [`Conflict::IdTaken`] for an id that somebody in the realm has or that was generated for somebody before.
    CreateUser(NewUser),
    /// Alters what needs no new log-in. `None` leaves a field as it is. Refused with [`Conflict::LoginTaken`].
    UpdateUser {
        /// Who.
        user: UserNumber,
        /// A new login.
        login: Option<Login>,
        /// A new name.
        name: Option<String>,
        /// A new address, or none.
        email: Option<Option<String>>,
        /// All attributes, new.
        attributes: Option<Map<String, Value>>,
    },
    /// Enables or disables a user. Disabling adds one to the epoch and removes all sessions and codes.
    SetState {
        /// Who.
        user: UserNumber,
        /// The new state.
        state: UserState,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Takes roles, then gives; adds one to the epoch and removes all sessions and codes when the set of roles changed.
    ChangeRoles {
        /// Who.
        user: UserNumber,
        /// Roles to give.
        add: Vec<Name>,
        /// Roles to take.
        remove: Vec<Name>,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Sets a password; adds one to the epoch, removes all sessions and codes, forgives failures and announces that.
    SetPassword {
        /// Who.
        user: UserNumber,
        /// Refused with [`Conflict::UserChanged`] when the user's epoch is another, so that of two parallel changes one wins.
        epoch: u32,
        /// The new hash.
        password: PasswordHash,
        /// A session that goes on under a new token. Its epoch is set by the store to the user's new one. With it the
        /// change is refused with [`Conflict::UserChanged`] when the user is disabled.
        session: Option<StoredSession>,
    },
    /// Stores the same password under a better hash. Refused with [`Conflict::UserChanged`] unless it is still `old`.
    /// The epoch stays.
    Rehash {
        /// Who.
        user: UserNumber,
        /// What is stored now.
        old: PasswordHash,
        /// What comes instead.
        new: PasswordHash,
    },
    /// Removes a user with sessions and codes. The number and a generated id are never given again, and no id of a
    /// removed user is ever generated. `Committed::user` is the user as they were.
    RemoveUser {
        /// Who.
        user: UserNumber,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Adds a wrong password to the user's failures. It is not announced.
    CountFailure {
        /// Who.
        user: UserNumber,
    },
    /// Forgives all failures of a user, and announces it.
    Unlock {
        /// Who.
        user: UserNumber,
    },
    /// A log-in. Refused with [`Conflict::UserChanged`] unless the user is active and has the session's epoch.
    /// Forgives the failures, notes the log-in, and ends the session that the browser presented before, whosever it is.
    /// Of the user only the session is announced.
    CreateSession {
        /// The session.
        session: StoredSession,
        /// The session it replaces.
        replaces: Option<SessionKey>,
        /// How many live sessions a user may have.
        limit: Option<SessionLimit>,
    },
    /// A later idle end, asked for by the user: never an earlier one, and never past the absolute one. Refused with
    /// [`Conflict::SessionUnknown`] when the session is gone.
    RefreshSession {
        /// Which.
        key: SessionKey,
        /// Now.
        last_seen: Time,
        /// The new idle end.
        idle_end: Time,
    },
    /// The password was given again, just now. Refused with [`Conflict::SessionUnknown`] when the session is gone.
    ConfirmSession {
        /// Which.
        key: SessionKey,
        /// When.
        authenticated: Time,
    },
    /// Ends one session. Ending what has ended already succeeds.
    EndSession {
        /// Which.
        key: SessionKey,
    },
    /// Ends all sessions of a user but one. Without `keep` it also adds one to the epoch.
    EndSessions {
        /// Whose.
        user: UserNumber,
        /// The one that stays.
        keep: Option<SessionKey>,
    },
    /// Ends all sessions that match and are alive at `now`. `Committed::ended` has their keys.
    EndMatching {
        /// Which.
        filter: SessionFilter,
        /// Now.
        now: Time,
    },
    /// Ends every session of everybody: adds one to the epoch of every user, and announces [`Changed::Everything`](super::Changed).
    EndEverySession,
    /// Issues a one-time code; an older one of the user is void. Nothing is announced.
    IssueCode {
        /// For whom.
        user: UserNumber,
        /// SHA-256 of the code.
        digest: [u8; 32],
        /// When it is void.
        expires: Time,
    },
    /// Redeems a code for a password: as `SetPassword`, and the code is gone. Refused with [`Conflict::CodeUnknown`]
    /// when no code has this digest, it has expired, or the user is disabled.
    RedeemCode {
        /// SHA-256 of the code.
        digest: [u8; 32],
        /// Now.
        now: Time,
        /// The new hash.
        password: PasswordHash,
    },
    /// Makes a role. Refused with [`Conflict::RoleTaken`]. Somebody may have a role of this name already, from when there was
    /// one.
    CreateRole {
        /// The role.
        role: StoredRole,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Replaces what a role allows and denies. Refused with [`Conflict::RoleUnknown`].
    ReplaceRole {
        /// The role.
        role: StoredRole,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Removes a role, and takes it from whoever has it: as `ChangeRoles` for each of them.
    RemoveRole {
        /// Which.
        name: Name,
        /// Who must be left.
        guard: Option<Guard>,
    },
    /// Carries out all of these in their order, or none. Refused as the first of them that is refused. `Committed::user` is
    /// nobody.
    Together(Vec<Change>),
    /// Carries out `change` if the user is as somebody saw them. Refused with [`Conflict::UserChanged`] when the user's
    /// version is another, so that of two who alter what both have read, one wins.
    ExpectUser {
        /// Who.
        user: UserNumber,
        /// What was seen.
        version: Version,
        /// What to do then.
        change: Box<Change>,
    },
    /// Carries out `change` if the role is as somebody saw it. Refused with [`Conflict::RoleUnknown`] when it is gone, and
    /// with [`Conflict::RoleChanged`] when its version is another.
    ExpectRole {
        /// Which.
        name: Name,
        /// What was seen.
        version: Version,
        /// What to do then.
        change: Box<Change>,
    },
}

/// A user to be added.
#[derive(Clone)]
pub struct NewUser {
    /// Where.
    pub realm: Name,
    /// The public id; the number in decimal when absent.
    pub id: Option<UserId>,
    /// What the person types.
    pub login: Login,
    /// The name to show.
    pub name: String,
    /// An address to write to.
    pub email: Option<String>,
    /// Roles.
    pub roles: Vec<Name>,
    /// Whether the user may log in.
    pub state: UserState,
    /// Values for forced parameters.
    pub attributes: Map<String, Value>,
    /// A first password.
    pub password: Option<PasswordHash>,
    /// Now.
    pub created: Time,
}

/// A role made at run time: ids of resources, already expanded, so that later resources are denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRole {
    /// Its name.
    pub name: Name,
    /// What it allows.
    pub allow: Vec<String>,
    /// What it denies, whatever other roles allow.
    pub deny: Vec<String>,
}

/// How many live sessions a user may have.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimit {
    /// The greatest number. Only sessions alive at the time of the log-in count.
    pub greatest: u32,
    /// What happens when it is reached.
    pub when_full: WhenFull,
}

/// What happens to a log-in when the user has as many sessions as they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It is refused with [`Conflict::TooManySessions`].
    DenyNew,
    /// The oldest session ends.
    EvictOldest,
}

/// What a change brought about.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// The user as they are now, where the change was about one; a removed one as they were.
    pub user: Option<User>,
    /// The sessions that ended.
    pub ended: Vec<SessionKey>,
    /// The feed's sequence number after the change.
    pub seq: u64,
}

/// Why a change was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// Somebody in the realm has this login.
    #[error("the login is taken")]
    LoginTaken,
    /// Somebody in the realm has this id.
    #[error("the id is taken")]
    IdTaken,
    /// There is a role of this name.
    #[error("the role exists already")]
    RoleTaken,
    /// There is no role of this name in the store.
    #[error("there is no such role")]
    RoleUnknown,
    /// The role was altered in the meantime.
    #[error("the role was changed in the meantime")]
    RoleChanged,
    /// There is no such user.
    #[error("there is no such user")]
    UserUnknown,
    /// The user was altered in the meantime.
    #[error("the user was changed in the meantime")]
    UserChanged,
    /// There is no such session.
    #[error("there is no such session")]
    SessionUnknown,
    /// The code is wrong, used or expired.
    #[error("the code is wrong, used or expired")]
    CodeUnknown,
    /// The user has as many sessions as allowed.
    #[error("the user has as many sessions as allowed")]
    TooManySessions,
    /// Nobody would be left who can administer.
    #[error("nobody would be left who can administer")]
    LastAdministrator,
}
