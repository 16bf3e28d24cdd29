//! A route, compiled.

use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::acl::ResourceId;
use super::binding::Bindings;
use super::force::Force;
use super::pattern::Pattern;
use super::profile::Profile;
use super::quantity::{Period, Rate, Size};
use super::settings::{CorsSettings, ProofKind};
use super::source::Source;
use crate::csrf::Check;
use crate::name::Name;

/// A realm of a policy: its place in [`Policy::realms`](super::Policy::realms).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RealmId(pub u16);

/// What a route asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Anonymous,
    /// A user of one of the route's realms.
    SelfOnly,
    /// These resources, all of them.
    Resources(Box<[ResourceId]>),
    /// What nobody has: the route is declared, not decided yet.
    Deny,
}

impl Access {
    /// From the laxest to the strictest, for warnings only.
    pub(crate) fn strictness(&self) -> u8 {
        match self {
            Self::Anonymous => 0,
            Self::SelfOnly => 1,
            Self::Resources(_) => 2,
            Self::Deny => 3,
        }
    }
}

/// Which requests need proof against forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Csrf {
    /// Those with a method that is not GET, HEAD or OPTIONS.
    Unsafe,
    /// All.
    All,
    /// None; a foreign origin is refused all the same.
    OriginOnly,
}

/// Where an allowed request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To one of Doorward's own resources.
    Own,
    /// To an upstream.
    Upstream(Name),
    /// To the service that the layer wraps, or whatever the proxy before us has behind it.
    Inner,
}

/// What happens to an `Authorization` header that Doorward does not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// The caller is refused with 401 where the route is not anonymous, and the header is dropped where it is.
    Drop,
    /// The upstream gets it.
    Pass,
}

/// Bounds of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The body of a request.
    pub body: Size,
    /// How long the head of the response may take.
    pub timeout: Period,
    /// How many requests each caller may make.
    pub rate: Option<Rate>,
}

/// Headers to set and to remove, one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderChanges {
    /// Headers with their values, instead of those that are there.
    pub set: Vec<(HeaderName, HeaderValue)>,
    /// Headers that do not get through.
    pub remove: Vec<HeaderName>,
}

/// Methods and a path, what they ask for, and what happens to a request that has it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Route {
    /// Where it was written.
    pub source: Source,
    /// Its methods as they were written: `GET,POST` or `*`.
    pub methods: Box<str>,
    /// The host it is for; none for any.
    pub host: Option<Box<str>>,
    /// Whether requests to any host take it, served here or not: probes know no name.
    pub any_host: bool,
    /// Its path.
    pub pattern: Pattern,
    /// What it asks for.
    pub access: Access,
    /// What it asks for, as it was written.
    pub asks: Box<str>,
    /// Whose sessions count, the first one first.
    pub realms: Box<[RealmId]>,
    /// The names of those realms.
    pub realm_names: Box<[Name]>,
    /// The realms whose users may use Basic here.
    pub basic: Box<[RealmId]>,
    /// Whether it is refused over plain HTTP, once the caller may use it.
    pub secure: bool,
    /// Whether an anonymous route recognises a live session.
    pub identify: bool,
    /// Which requests need proof against forgery.
    pub csrf: Csrf,
    /// What proves that a request is meant.
    pub proof: ProofKind,
    /// Whether the upstream gets a CSRF token to put into a page.
    pub csrf_token: bool,
    /// Parameters that are set, whatever the client sent.
    pub force: Option<Force>,
    /// Where the values of limitations stand.
    pub limitations: Bindings,
    /// What scripts of other origins may do.
    pub cors: Option<Arc<CorsSettings>>,
    /// Whether the connection may become a WebSocket.
    pub websocket: bool,
    /// Whether a person who opens it in a browser without being logged in is sent to the log-in page.
    pub log_in_page: bool,
    /// What happens to an `Authorization` header that Doorward does not use.
    pub authorization: Authorization,
    /// Whether a parameter may hold an encoded slash.
    pub encoded_slash: bool,
    /// Where an allowed request goes.
    pub target: Target,
    /// A beginning of the canonical path that the upstream does not see. No slash at its end.
    pub strip_prefix: Option<Box<str>>,
    /// Bounds.
    pub bounds: Bounds,
    /// Headers on the way to the upstream.
    pub request_headers: HeaderChanges,
    /// Headers on the way back.
    pub response_headers: HeaderChanges,
    /// Whether the upstream takes the caller from the identity headers.
    pub upstream_uses_identity: bool,
    /// How credentials are read and refusals are worded.
    pub profile: &'static Profile,
    /// What Doorward answers by itself, where a dialect says so; empty for all others.
    pub about: &'static str,
}

impl Route {
    /// Whether HTTP Basic is accepted from users of some realm.
    pub fn accepts_basic(&self) -> bool {
        !self.basic.is_empty()
    }

    /// Whether it asks for nothing.
    pub fn is_anonymous(&self) -> bool {
        self.access == Access::Anonymous
    }

    /// Whether a CSRF token is made for the one who serves it.
    pub(crate) fn hands_csrf_token(&self) -> bool {
        self.csrf_token || (self.is_own() && (self.identify || !self.is_anonymous()))
    }

    /// Whether an `Authorization` header that Doorward does not use goes on.
    pub(crate) fn passes_authorization(&self) -> bool {
        self.authorization == Authorization::Pass
    }

    /// Whether it is one of Doorward's own resources.
    pub fn is_own(&self) -> bool {
        self.target == Target::Own
    }

    /// What proof a request needs whose caller is known by a session that a browser sends along, or by Basic. None needs none.
    pub(crate) fn check(&self, is_safe: bool, by_session: bool, by_basic: bool) -> Option<Check> {
        match self.csrf {
            Csrf::Unsafe | Csrf::OriginOnly if is_safe => None,
            Csrf::OriginOnly => Some(Check::OriginOnly),
            Csrf::Unsafe | Csrf::All if by_session => Some(match self.profile.session_needs {
                // No page of another site can send that header unasked: it is proof already.
                Some(_) => Check::OriginOnly,
                None => Check::Full { proof: self.proof.into() },
            }),
            Csrf::Unsafe | Csrf::All if by_basic && !is_safe => Some(Check::OriginOnly),
            Csrf::Unsafe | Csrf::All => None,
        }
    }

    /// The path that the upstream sees of a canonical path that this route matches.
    pub fn stripped<'p>(&self, path: &'p str) -> &'p str {
        let prefix = self.strip_prefix.as_deref().unwrap_or_default();
        match path.strip_prefix(prefix) {
            Some(rest) if rest.starts_with('/') => rest,
            Some("") => "/",
            _ => path,
        }
    }

    /// One line for people: methods, path, what is asked for, of whom, and where it is written.
    pub fn describe(&self) -> String {
        let host = self.host.as_deref().unwrap_or_default();
        let of = match &self.realm_names[..] {
            _ if self.access == Access::Anonymous && !self.identify => String::new(),
            [] => String::new(),
            names => format!(" in {}", names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")),
        };
        format!("{} {host}{}: {}{of} ({})", self.methods, self.pattern, self.asks, self.source)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.methods, self.host.as_deref().unwrap_or_default(), self.pattern)
    }
}
