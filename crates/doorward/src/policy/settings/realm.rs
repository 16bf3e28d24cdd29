//! Realms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::guard::BasicSettings;
use super::pages::{RealmPages, Title};
use crate::name::Name;
use crate::policy::quantity::Period;
use crate::store::WhenFull;

/// A population of users that logs in together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RealmSettings {
    /// What its people read where they choose it or see it, such as "Customers", or one by language. Absent: its name.
    pub title: Option<Title>,
    /// The pages in this realm, where they differ from `[pages]`.
    pub pages: RealmPages,
    /// How long sessions last.
    pub session: SessionSettings,
    /// Roles of callers whom no method authenticates.
    pub guest_roles: Vec<Name>,
    /// The session cookie.
    pub cookie: Cookie,
    /// HTTP Basic in this realm, where it differs from `[basic]`.
    pub basic: BasicSettings,
    /// How many sessions a user may have.
    pub sessions: SessionCap,
}

/// How long sessions last.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// A session ends when it was not used for this long. `30m`; `15m` in the realm of administrators.
    pub idle: Option<Period>,
    /// A session ends this long after log-in, used or not. `12h`.
    pub absolute: Option<Period>,
    /// How long a session lasts when the person asks to stay logged in: instead of `absolute`, without `idle`.
    /// Absent: asking has no effect.
    pub remember: Option<Period>,
}

impl SessionSettings {
    /// The idle time, for a realm of administrators or any other.
    pub fn idle(&self, administrators: bool) -> Period {
        self.idle.unwrap_or(if administrators { Period(15 * 60) } else { Period(30 * 60) })
    }

    /// The absolute time.
    pub fn absolute(&self) -> Period {
        self.absolute.unwrap_or(Period(12 * 3_600))
    }
}

/// The session cookie.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cookie {
    /// Shares the cookie with all hosts of this domain. It then cannot have the prefix `__Host-` and has `__Secure-`.
    pub domain: Option<String>,
    /// When browsers send the cookie with requests that other sites cause.
    pub same_site: SameSite,
    /// What follows the prefix in the cookie's name. Absent: `doorward-` and the realm.
    pub name: Option<Name>,
}

/// The attribute `SameSite`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SameSite {
    /// With links and addresses that a person opens, not with requests that another page makes.
    #[default]
    Lax,
    /// Never.
    Strict,
    /// Always. Needs https, listed origins, and tokens as proof.
    None,
}

/// How many sessions a user may have.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionCap {
    /// The greatest number.
    #[schemars(range(min = 1))]
    pub max: u32,
    /// What a log-in past it does.
    pub policy: WhenCapped,
}

impl Default for SessionCap {
    fn default() -> Self {
        Self { max: 20, policy: WhenCapped::EvictOldest }
    }
}

/// What a log-in does when the user has as many sessions as they may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenCapped {
    /// It is refused.
    DenyNew,
    /// It ends the oldest session.
    #[default]
    EvictOldest,
}

impl From<WhenCapped> for WhenFull {
    fn from(when: WhenCapped) -> Self {
        match when {
            WhenCapped::DenyNew => Self::DenyNew,
            WhenCapped::EvictOldest => Self::EvictOldest,
        }
    }
}
