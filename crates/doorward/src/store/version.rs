//! Which state of a user or a role somebody saw.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::StoredRole;
use crate::user::User;

/// A number that is another one after each alteration. Sent back with a change, it keeps an old form from undoing what
/// somebody else has done meanwhile.
///
/// It keeps no secret, and nobody gains by two states that share one.
///
/// ```
/// use doorward::Name;
/// use doorward::store::{StoredRole, Version};
///
/// let name = Name::parse("sales").expect("a name");
/// let role = |allow: &str| StoredRole { name: name.clone(), allow: vec![allow.into()], deny: vec![] };
/// assert_ne!(role("orders").version(), role("refunds").version());
/// let text = role("orders").version().to_string();
/// assert_eq!(Version::parse(&text), Some(role("orders").version()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(u64);

impl Version {
    fn of(state: impl Hash) -> Self {
        // Its keys are always the same ones: two processes on one database call the same state by the same number.
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let version = Self(u64::from_str_radix(text, 16).ok()?);
        (version.to_string() == text).then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl User {
    /// Which state of the user this is. A log-in and a wrong password are no alteration.
    pub fn version(&self) -> Version {
        let attributes = serde_json::to_string(&self.attributes).unwrap_or_default();
        Version::of((self.epoch, self.login.as_str(), &self.name, &self.email, self.state, &self.roles, attributes))
    }
}

impl StoredRole {
    /// Which state of the role this is.
    pub fn version(&self) -> Version {
        Version::of((&self.allow, &self.deny))
    }
}
