//! Limitations: what roles allow only where a request is about certain things, such as the caller's own.
//!
//! A role says which values are allowed, and a route where in a request the value stands. What no route says is not met: the
//! doubt is never the caller's gain.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::acl::{Grants, ResourceId};
use super::binding::Bound;
use super::force::{Value, Values};
use crate::name::Name;

/// What a role allows where all of its limitations are met.
#[derive(Clone, Debug, PartialEq)]
pub struct Limited {
    /// What is allowed, as it was written.
    pub allow: Box<[ResourceId]>,
    /// What must be met, all of it.
    pub to: Arc<[Limitation]>,
    /// Everything that is allowed, without what is denied.
    pub(super) granted: Grants,
}

/// A limitation, and the values that meet it, any of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Limitation {
    /// Its name: `owner`, `section`.
    pub name: Name,
    /// The values.
    pub values: Box<[Allowed]>,
}

/// A value that meets a limitation.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// This one; nobody's who is not logged in, where it is the caller's.
    Value(Value),
    /// A path of segments, and everything below it: `/1/2/`.
    Below(Box<str>),
}

impl Limited {
    /// Whether it grants a resource where its limitations are met.
    pub fn has(&self, id: ResourceId) -> bool {
        self.granted.has(id)
    }

    /// Whether all limitations are met by a request, for a caller with these values.
    pub(crate) fn is_met(&self, bound: &Bound, caller: Option<Values<'_>>) -> bool {
        self.to.iter().all(|limitation| limitation.is_met(bound, caller))
    }

    /// The values that meet each limitation, as they were written.
    pub fn values(&self) -> BTreeMap<String, Vec<String>> {
        let values = |limitation: &Limitation| limitation.values.iter().map(ToString::to_string).collect();
        self.to.iter().map(|limitation| (limitation.name.to_string(), values(limitation))).collect()
    }

    /// What it is limited to, for people: `owner %user_id%, section 1 or 2`.
    pub fn describe(&self) -> String {
        let texts: Vec<String> = self.to.iter().map(ToString::to_string).collect();
        texts.join(", ")
    }
}

impl Limitation {
    /// Whether a request meets it.
    pub(super) fn is_met(&self, bound: &Bound, caller: Option<Values<'_>>) -> bool {
        bound.value(&self.name).is_some_and(|value| self.values.iter().any(|allowed| allowed.is(value, caller)))
    }
}

impl Allowed {
    /// Reads a placeholder, a path with a slash at its end, or a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("nothing is equal to an empty text: what has no value meets no limitation".into());
        }
        let Some(path) = text.strip_suffix('/') else { return Ok(Self::Value(Value::parse(text)?)) };
        let path = path.strip_prefix('/').unwrap_or(path);
        match path.split('/').all(is_segment) {
            true => Ok(Self::Below(path.into())),
            false => Err(format!("`{text}` is no path: write `/1/2/` for what is below it")),
        }
    }

    fn is(&self, found: &str, caller: Option<Values<'_>>) -> bool {
        match self {
            Self::Value(value) => value.text(caller).is_some_and(|allowed| !allowed.is_empty() && allowed == found),
            Self::Below(path) => {
                let found = found.strip_prefix('/').unwrap_or(found);
                let found = found.strip_suffix('/').unwrap_or(found);
                let rest = found.strip_prefix(&**path);
                found.split('/').all(is_segment) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

/// Whether a segment of a path means itself to every reader.
fn is_segment(text: &str) -> bool {
    let has_sign = text.contains(|c: char| c.is_control() || matches!(c, '%' | '\\'));
    !has_sign && !matches!(text, "" | "." | "..")
}

impl fmt::Display for Limitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(ToString::to_string).collect();
        write!(f, "{} {}", self.name, values.join(" or "))
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(Value::Literal(serde_json::Value::String(text))) => f.write_str(text),
            Self::Value(value) => value.fmt(f),
            Self::Below(path) => write!(f, "/{path}/"),
        }
    }
}
