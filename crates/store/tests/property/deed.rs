//! What is done: few users, tokens, roles and codes, so that deeds meet.

use doorward::store::{
    Administering, Change, Guard, NewUser, SessionFilter, SessionLimit, StoredRole, StoredSession, WhenFull,
};
use doorward::{Login, Name, PasswordHash, SessionDigest, UserId, UserNumber, UserState};
use proptest::prelude::*;
use proptest::sample::select;

use crate::common::{NOW, new_user};

/// One thing that is done to both.
#[derive(Clone, Debug)]
pub enum Act {
    Commit(Deed),
    Touch { token: u8, last_seen: u32, idle_end: u32 },
    Saw { user: u32, at: u32 },
    Record { minute: u32, hits: u32 },
    Purge { now: u32, keep_since: u32 },
}

/// A change in few words: users, tokens, roles and codes are few, so that acts meet.
#[derive(Clone, Debug)]
pub enum Deed {
    Create { realm: u8, id: Option<u8>, login: u8, roles: Vec<u8>, active: bool, password: bool },
    Update { user: u32, login: Option<u8>, name: Option<String>, email: Option<Option<String>> },
    State { user: u32, active: bool, guarded: bool },
    Roles { user: u32, add: Vec<u8>, remove: Vec<u8>, guarded: bool },
    Password { user: u32, epoch: u32, session: Option<u8> },
    Rehash { user: u32, old: u8, new: u8 },
    Remove { user: u32, guarded: bool },
    Failure { user: u32 },
    Unlock { user: u32 },
    LogIn { user: u32, epoch: u32, token: u8, at: u32, replaces: Option<u8>, limit: Option<(u32, bool)> },
    Refresh { token: u8, last_seen: u32, idle_end: u32 },
    Confirm { token: u8, at: u32 },
    End { token: u8 },
    EndOf { user: u32, keep: Option<u8> },
    EndMatching { user: Option<u32>, realm: Option<u8>, role: Option<u8>, before: Option<u32>, now: u32 },
    EndEvery,
    Issue { user: u32, code: u8, expires: u32 },
    Redeem { code: u8, now: u32 },
    MakeRole { role: u8 },
    ReplaceRole { role: u8, guarded: bool },
    RemoveRole { role: u8, guarded: bool },
}

pub fn name(kind: &str, number: u8) -> Name {
    Name::parse(&format!("{kind}{number}")).expect("a name")
}

pub fn roles(numbers: &[u8]) -> Vec<Name> {
    numbers.iter().map(|number| name("role", *number)).collect()
}

pub fn digest(token: u8) -> SessionDigest {
    SessionDigest::of(&token.to_string())
}

pub fn hash(number: u8) -> PasswordHash {
    PasswordHash::new(number.to_string())
}

pub fn guard(guarded: bool) -> Option<Guard> {
    guarded.then(|| Guard::of(name("realm", 0), Administering { by: roles(&[0, 1]), unless: roles(&[2]) }))
}

/// For a change to a role, after which others make an administrator.
pub fn role_guard(guarded: bool) -> Option<Guard> {
    guarded.then(|| Guard {
        realm: name("realm", 0),
        before: Administering { by: roles(&[0, 1]), unless: vec![] },
        after: Administering { by: roles(&[1]), unless: roles(&[2]) },
    })
}

pub fn state(active: bool) -> UserState {
    if active { UserState::Active } else { UserState::Disabled }
}

pub fn session(user: u32, epoch: u32, token: u8, at: u32) -> StoredSession {
    StoredSession {
        digest: digest(token),
        user: UserNumber(user),
        realm: name("realm", 0),
        epoch,
        created: NOW + at,
        last_seen: NOW + at,
        idle_end: NOW + at + 20,
        absolute_end: NOW + 50,
        authenticated: NOW + at,
        remembered: token.is_multiple_of(2),
        bearer: token.is_multiple_of(5),
        address: "192.0.2.1".into(),
        device: "Browser".into(),
    }
}

impl From<Deed> for Change {
    fn from(change: Deed) -> Self {
        match change {
            Deed::Create { realm, id, login, roles: given, active, password } => Self::CreateUser(NewUser {
                realm: name("realm", realm),
                id: id.map(|id| UserId::parse(&id.to_string()).expect("an id")),
                roles: roles(&given),
                state: state(active),
                password: password.then(|| hash(0)),
                ..new_user(&format!("login{login}"))
            }),
            Deed::Update { user, login, name, email } => {
                let login = login.map(|login| Login::parse(&format!("login{login}")).expect("a login"));
                Self::UpdateUser { user: UserNumber(user), login, name, email, attributes: None }
            }
            Deed::State { user, active, guarded } => {
                Self::SetState { user: UserNumber(user), state: state(active), guard: guard(guarded) }
            }
            Deed::Roles { user, add, remove, guarded } => {
                let (add, remove) = (roles(&add), roles(&remove));
                Self::ChangeRoles { user: UserNumber(user), add, remove, guard: guard(guarded) }
            }
            Deed::Password { user, epoch, session: token } => {
                let session = token.map(|token| session(user, epoch, token, 0));
                Self::SetPassword { user: UserNumber(user), epoch, password: hash(1), session }
            }
            Deed::Rehash { user, old, new } => Self::Rehash { user: UserNumber(user), old: hash(old), new: hash(new) },
            Deed::Remove { user, guarded } => Self::RemoveUser { user: UserNumber(user), guard: guard(guarded) },
            Deed::Failure { user } => Self::CountFailure { user: UserNumber(user) },
            Deed::Unlock { user } => Self::Unlock { user: UserNumber(user) },
            Deed::LogIn { user, epoch, token, at, replaces, limit } => Self::CreateSession {
                session: session(user, epoch, token, at),
                replaces: replaces.map(|token| digest(token).key()),
                limit: limit.map(|(greatest, evicts)| SessionLimit {
                    greatest,
                    when_full: if evicts { WhenFull::EvictOldest } else { WhenFull::DenyNew },
                }),
            },
            Deed::Refresh { token, last_seen, idle_end } => {
                Self::RefreshSession { key: digest(token).key(), last_seen: NOW + last_seen, idle_end: NOW + idle_end }
            }
            Deed::Confirm { token, at } => Self::ConfirmSession { key: digest(token).key(), authenticated: NOW + at },
            Deed::End { token } => Self::EndSession { key: digest(token).key() },
            Deed::EndOf { user, keep } => {
                Self::EndSessions { user: UserNumber(user), keep: keep.map(|token| digest(token).key()) }
            }
            Deed::EndMatching { user, realm, role, before, now } => {
                let filter = SessionFilter {
                    user: user.map(UserNumber),
                    realm: realm.map(|realm| name("realm", realm)),
                    role: role.map(|role| name("role", role)),
                    created_before: before.map(|before| NOW + before),
                    ..SessionFilter::default()
                };
                Self::EndMatching { filter, now: NOW + now }
            }
            Deed::EndEvery => Self::EndEverySession,
            Deed::Issue { user, code, expires } => {
                Self::IssueCode { user: UserNumber(user), digest: [code; 32], expires: NOW + expires }
            }
            Deed::Redeem { code, now } => Self::RedeemCode { digest: [code; 32], now: NOW + now, password: hash(2) },
            Deed::MakeRole { role } => Self::CreateRole { role: stored_role(role, 1), guard: None },
            Deed::ReplaceRole { role, guarded } => {
                Self::ReplaceRole { role: stored_role(role, 2), guard: role_guard(guarded) }
            }
            Deed::RemoveRole { role, guarded } => {
                Self::RemoveRole { name: name("role", role), guard: role_guard(guarded) }
            }
        }
    }
}

pub fn stored_role(role: u8, version: u8) -> StoredRole {
    StoredRole { name: name("role", role), allow: vec![version.to_string()], deny: vec![] }
}

pub fn changes() -> impl Strategy<Value = Deed> {
    let user = || 1..7u32;
    let token = || 0..6u8;
    let role = || 0..3u8;
    let some_roles = || prop::collection::vec(0..3u8, 0..3);
    let time = || 0..60u32;
    let words = || select(vec!["", "Anna", "ANTON", "b_%"]).prop_map(str::to_owned);
    prop_oneof![
        6 => (0..2u8, prop::option::weighted(0.3, 1..9u8), 0..5u8, some_roles(), any::<bool>(), any::<bool>()).prop_map(
            |(realm, id, login, roles, active, password)| Deed::Create { realm, id, login, roles, active, password }
        ),
        2 => (user(), prop::option::of(0..5u8), prop::option::of(words()), prop::option::of(prop::option::of(words())))
            .prop_map(|(user, login, name, email)| Deed::Update { user, login, name, email }),
        2 => (user(), any::<bool>(), any::<bool>())
            .prop_map(|(user, active, guarded)| Deed::State { user, active, guarded }),
        2 => (user(), some_roles(), some_roles(), any::<bool>())
            .prop_map(|(user, add, remove, guarded)| Deed::Roles { user, add, remove, guarded }),
        2 => (user(), 0..3u32, prop::option::of(token()))
            .prop_map(|(user, epoch, session)| Deed::Password { user, epoch, session }),
        1 => (user(), 0..3u8, 0..3u8).prop_map(|(user, old, new)| Deed::Rehash { user, old, new }),
        1 => (user(), any::<bool>()).prop_map(|(user, guarded)| Deed::Remove { user, guarded }),
        1 => user().prop_map(|user| Deed::Failure { user }),
        1 => user().prop_map(|user| Deed::Unlock { user }),
        8 => (user(), 0..2u32, token(), time(), prop::option::of(token()), prop::option::of((1..3u32, any::<bool>()))).prop_map(
            |(user, epoch, token, at, replaces, limit)| Deed::LogIn { user, epoch, token, at, replaces, limit }
        ),
        1 => (token(), time(), time())
            .prop_map(|(token, last_seen, idle_end)| Deed::Refresh { token, last_seen, idle_end }),
        1 => (token(), time()).prop_map(|(token, at)| Deed::Confirm { token, at }),
        1 => token().prop_map(|token| Deed::End { token }),
        1 => (user(), prop::option::of(token())).prop_map(|(user, keep)| Deed::EndOf { user, keep }),
        1 => (prop::option::of(user()), prop::option::of(0..2u8), prop::option::of(role()), prop::option::of(time()), time())
            .prop_map(|(user, realm, role, before, now)| Deed::EndMatching { user, realm, role, before, now }),
        1 => Just(Deed::EndEvery),
        2 => (user(), 0..3u8, time()).prop_map(|(user, code, expires)| Deed::Issue { user, code, expires }),
        2 => (0..3u8, time()).prop_map(|(code, now)| Deed::Redeem { code, now }),
        1 => role().prop_map(|role| Deed::MakeRole { role }),
        1 => (role(), any::<bool>()).prop_map(|(role, guarded)| Deed::ReplaceRole { role, guarded }),
        1 => (role(), any::<bool>()).prop_map(|(role, guarded)| Deed::RemoveRole { role, guarded }),
    ]
}

pub fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => changes().prop_map(Act::Commit),
        1 => (0..6u8, 0..60u32, 0..60u32).prop_map(|(token, last_seen, idle_end)| Act::Touch { token, last_seen, idle_end }),
        1 => (1..8u32, 0..60u32).prop_map(|(user, at)| Act::Saw { user, at }),
        1 => (0..3u32, 1..5u32).prop_map(|(minute, hits)| Act::Record { minute, hits }),
        1 => (0..60u32, 0..3u32).prop_map(|(now, keep_since)| Act::Purge { now, keep_since }),
    ]
}
