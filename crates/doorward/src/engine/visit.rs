//! Where a request for a session comes from.

use http::header::{HeaderMap, HeaderValue, USER_AGENT};

use crate::audit::{Event, EventKind};
use crate::client::Client;
use crate::clock::Time;
use crate::cookie::{self, Found};
use crate::policy::Profile;

/// Where a request for a session comes from.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    /// The client.
    pub client: Client,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The request's id, for the audit log.
    pub request_id: Option<&'a str>,
    /// How the client reads cookies.
    pub profile: &'static Profile,
}

impl<'a> Visit<'a> {
    /// The value of a cookie that came once.
    pub(super) fn cookie(&self, name: &str) -> Option<&'a str> {
        match cookie::find(self.headers, name) {
            Found::One(text) => Some(text),
            _ => None,
        }
    }

    /// What the client calls itself, at most 200 characters of it.
    pub(crate) fn device(&self) -> String {
        let named = self.headers.get(USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        String::from_utf8_lossy(named).chars().filter(|c| !c.is_control()).take(200).collect()
    }

    /// An event of this visit.
    pub(super) fn event(&self, kind: EventKind, now: Time) -> Event {
        Event {
            address: Some(self.client.address.to_string()),
            request_id: self.request_id.map(str::to_owned),
            ..Event::new(kind, now)
        }
    }
}
