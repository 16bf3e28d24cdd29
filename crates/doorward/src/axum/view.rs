//! What the resources of `/user/*` show of sessions and users.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Time;
use crate::policy::{Limited, Tree};
use crate::session::{Session, SessionHandle};
use crate::store::StoredSession;
use crate::user::{User, UserState};
use crate::verdict::LiveSession;

/// A session of the caller's.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    /// The handle: it names the session and opens nothing.
    id: String,
    realm: String,
    /// When the log-in happened.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was used last, up to a minute late.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends unless it is used. None for somebody who stays logged in.
    #[schema(format = DateTime)]
    idle_ends_at: Option<String>,
    /// When it ends at the latest.
    #[schema(format = DateTime)]
    ends_at: String,
    /// Whether the person asked to stay logged in.
    remember: bool,
    /// Whether no browser has it, but a program that sends a bearer token. Absent where it is a browser's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    bearer: bool,
    /// Whether it is the session of this request.
    current: bool,
    /// The address of the log-in.
    address: String,
    /// The browser or client of the log-in, as it named itself.
    device: String,
}

/// Where a session began.
pub(super) struct Origin<'a> {
    pub(super) address: &'a str,
    pub(super) device: &'a str,
}

impl SessionView {
    /// The session of this request.
    pub(super) fn current(live: &LiveSession, realm: &str, origin: &Origin<'_>) -> Self {
        Self::new(live.handle, &live.session, realm, origin, true)
    }

    /// A session from the store. `current` knows better when the session of this request was used last.
    pub(super) fn listed(stored: &StoredSession, current: Option<&LiveSession>) -> Self {
        let handle = stored.digest.handle();
        let current = current.filter(|live| live.handle == handle);
        let session = current.map_or_else(|| stored.in_memory(0), |live| live.session);
        let origin = Origin { address: &stored.address, device: &stored.device };
        Self::new(handle, &session, stored.realm.as_str(), &origin, current.is_some())
    }

    fn new(handle: SessionHandle, session: &Session, realm: &str, origin: &Origin<'_>, current: bool) -> Self {
        let (remember, bearer) = (session.is_remembered(), session.is_bearer());
        Self {
            id: handle.to_string(),
            realm: realm.into(),
            created_at: time(session.created),
            last_seen_at: time(session.last_seen),
            idle_ends_at: (!remember && !bearer).then(|| time(session.idle_end)),
            ends_at: time(session.absolute_end),
            remember,
            bearer,
            current,
            address: origin.address.into(),
            device: origin.device.into(),
        }
    }
}

/// The caller.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView {
    id: String,
    realm: String,
    login: String,
    name: String,
    email: Option<String>,
    roles: Vec<String>,
    /// `active` or `disabled`.
    state: &'static str,
}

impl UserView {
    pub(super) fn of(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            realm: user.realm.to_string(),
            login: user.login.to_string(),
            name: user.name.clone(),
            email: user.email.clone(),
            roles: user.roles.iter().map(ToString::to_string).collect(),
            state: match user.state {
                UserState::Active => "active",
                UserState::Disabled => "disabled",
            },
        }
    }
}

/// A session, whose it is, and a token with which its requests prove that they are meant.
#[derive(Serialize, ToSchema)]
pub(super) struct CurrentSession {
    pub(super) session: SessionView,
    pub(super) user: UserView,
    /// Goes into the header that `[csrf]` names: `X-CSRF`.
    pub(super) csrf_token: String,
}

/// A session alone.
#[derive(Serialize, ToSchema)]
pub(super) struct OneSession {
    pub(super) session: SessionView,
}

/// The caller's sessions, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    pub(super) items: Vec<SessionView>,
    /// Always none: nobody has more sessions than fit into one list.
    pub(super) next: Option<String>,
}

/// What the caller may.
#[derive(Serialize, ToSchema)]
pub(super) struct Permissions {
    pub(super) realm: String,
    pub(super) roles: Vec<String>,
    /// The resources that are granted, those below others included.
    pub(super) resources: Vec<String>,
    /// What is granted within limitations alone. Absent where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limited: Vec<LimitedView>,
}

/// Resources that are granted within limitations.
#[derive(Serialize, ToSchema)]
#[schema(as = Limited)]
pub(super) struct LimitedView {
    /// The resources, those below others included.
    resources: Vec<String>,
    /// Limitations by their names, each with the values that meet it.
    to: BTreeMap<String, Vec<String>>,
}

impl LimitedView {
    pub(super) fn of(tree: &Tree, limited: &Limited) -> Self {
        let resources = tree.all().filter(|id| limited.has(*id)).map(|id| tree.name(id).to_owned()).collect();
        Self { resources, to: limited.values() }
    }
}

/// A CSRF token.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    /// Goes into the header that `[csrf]` names: `X-CSRF`.
    pub(super) csrf_token: String,
}

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// `urn:doorward:problem:` and a code.
    r#type: String,
    title: String,
    status: u16,
    detail: Option<String>,
    /// Where the operator finds more.
    request_id: Option<String>,
}

/// RFC 3339, in UTC.
fn time(seconds: Time) -> String {
    // Every number of 32 bits is a time that jiff knows.
    Timestamp::from_second(i64::from(seconds)).map(|time| time.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(time(Time::MAX), "2106-02-07T06:28:15Z");
    }
}
