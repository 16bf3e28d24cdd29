//! Rules as people write them, and the policy that they mean.
//!
//! [`Settings`] and [`Rules`] are what files say; [`Policy`] is what the engine looks things up in. A policy never
//! changes: a reload compiles a new one and swaps a pointer.

pub mod builtin;
pub mod kirby;

mod acl;
mod binding;
mod check;
mod colour;
mod compile;
mod complaint;
mod cookies;
mod cors;
mod dialect;
mod document;
mod explain;
mod force;
mod limitation;
mod listed;
mod magento;
mod meant;
mod method;
mod pattern;
mod precedence;
mod profile;
mod quantity;
mod realm;
mod redaction;
mod role;
mod route;
mod rules;
mod selection;
mod settings;
mod site;
mod siteaccess;
mod source;
mod stored;
mod table;
mod terms;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use http::Method;
use papaya::HashMap;

pub use acl::{Grants, Resource, ResourceId, Tree};
pub use binding::Bindings;
pub(crate) use binding::Bound;
pub use builtin::{Door, OwnRoute};
pub use colour::{Colour, InvalidColour};
pub use compile::Draft;
pub use complaint::{Complaint, Complaints, nearest};
pub use cors::CrossOrigin;
pub use dialect::{DialectHit, DialectPlace, SpokenDialect};
pub use document::Environment;
pub use explain::{Credential, Explanation, Outcome, Question, Step};
pub use force::{Force, ForceError, Forced, ForcedBody, Place, Value, Values};
pub use limitation::{Allowed, Limitation, Limited};
pub(crate) use meant::{names_method, without_method};
pub use pattern::{InvalidPattern, Pattern, Segment};
pub use profile::{MethodOverride, Options, Profile, Statuses, StrayAuthorization, Wording};
pub use quantity::{InvalidQuantity, Period, Rate, Size};
pub use realm::Realm;
pub use role::{ADMINISTRATOR, Role, RoleOrigin};
pub use route::{Access, Authorization, Bounds, Csrf, HeaderChanges, RealmId, Route, Target};
pub use rules::{
    AclRule, AuthorizationRule, CorsRule, ForceRule, HeaderRule, HeadersRule, LimitedRule, LimitsRule, RoleRule,
    RouteRule, Rules,
};
pub use settings::{
    AdminSettings, AllowHeaders, Audit, BasicSettings, ColourSettings, Colours, Cookie, CorsSettings, CsrfRequests,
    CsrfSettings, Dialects, Drain, EzSettings, EzVendor, HeaderSettings, KirbyCors, KirbyCorsOptions, KirbySettings,
    Language, Limits, Listener, Log, LogFormat, LogLevel, MagentoCompat, MagentoSettings, OneOrMany, Otel,
    PageSettings, Panel, PasswordSettings, ProofKind, RealmSettings, SameSite, SessionCap, SessionSettings, Settings,
    TextSettings, Title, Tls, UpstreamSettings, Upstreams, WhenCapped, WiderCors, schema,
};
pub use siteaccess::{Jar, LOGIN as EZ_LOGIN};
pub use source::{File, Source};
pub use table::RouteId;
pub use words::{InvalidNetwork, InvalidOrigin, List, Network, Origin, SecretUrl};

use crate::name::Name;
use cookies::Cookies;
use method::{Methods, Spoken, Vocabulary};
use site::Site;
use table::{Hit, Table};
use terms::Terms;

/// Rules, compiled: what every request is judged by.
///
/// ```
/// use doorward::policy::{Door, Draft, Match, Policy, Settings};
/// let text = "[[route]]\nmatch = \"GET /orders/:id\"\naccess = \"self\"\n";
/// let (settings, rules) = Settings::parse("doorward.toml", text, &|_| None).unwrap();
/// let policy = Policy::compile(&Draft::new(&settings, &[rules])).unwrap();
/// let found = policy.find(Door::Public, &http::Method::GET, "example.com", "/orders/7");
/// let Match::Route(found) = found else { panic!("no route") };
/// assert_eq!(found.parameter("id"), Some("7"));
/// ```
pub struct Policy {
    generation: u64,
    routes: Arc<[Route]>,
    /// How many of the routes are from files: the first ones.
    written: usize,
    declared: Arc<Table>,
    public: Arc<Table>,
    admin: Arc<Table>,
    vocabulary: Vocabulary,
    tree: Arc<Tree>,
    roles: BTreeMap<Name, Role>,
    realms: Box<[Realm]>,
    mount: Box<str>,
    cookies: Cookies,
    dialects: Box<[SpokenDialect]>,
    dialect_settings: Dialects,
    site: Site,
    terms: Terms,
    warnings: Vec<Complaint>,
    /// What sets of roles grant, each computed once.
    sets: HashMap<Box<[Name]>, Arc<Grants>>,
}

/// Which route a request is for.
#[derive(Debug)]
#[must_use]
pub enum Match<'p> {
    /// This one.
    Route(Found<'p>),
    /// Routes have this path, but not this method. 405, or 204 for OPTIONS.
    MethodNotAllowed(Allow),
    /// Nobody knows this method. 501.
    UnknownMethod,
    /// No route has this path. 404.
    NotFound,
}

/// The winner, and the path that it won.
#[derive(Clone, Copy, Debug)]
pub struct Found<'p> {
    /// The route.
    pub route: &'p Route,
    /// Its place in [`Policy::routes`].
    pub id: RouteId,
    path: &'p str,
}

impl<'p> Found<'p> {
    /// What `:name` or `*name` holds, still encoded; for `*name` with its slashes.
    pub fn parameter(&self, name: &str) -> Option<&'p str> {
        self.route.pattern.parameter(name, self.path)
    }

    /// What `:name` or `*name` holds, decoded. None when it is no UTF-8.
    pub fn decoded(&self, name: &str) -> Option<Cow<'p, str>> {
        percent_encoding::percent_decode_str(self.parameter(name)?).decode_utf8().ok()
    }
}

/// The methods of a path, for the header `Allow`: HEAD with GET, and OPTIONS always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow(Box<str>);

impl Allow {
    /// The value of the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The header's value. None when no method is left to name.
    pub fn header(&self) -> Option<http::HeaderValue> {
        http::HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Policy {
    /// Compiles settings, rules and stored roles.
    ///
    /// # Errors
    /// All that does not fit together.
    pub fn compile(draft: &Draft<'_>) -> Result<Self, Complaints> {
        compile::compile(draft)
    }

    /// The route of a request: Doorward's own before those of files. `host` is in lower case and without the scheme's own
    /// port; `path` is canonical.
    pub fn find<'p>(&'p self, door: Door, method: &Method, host: &str, path: &'p str) -> Match<'p> {
        let methods = match self.vocabulary.read(method) {
            Spoken::Known(methods) => methods,
            Spoken::Never => Methods::default(),
            Spoken::Unknown => return Match::UnknownMethod,
        };
        let hit = match self.hit(door, host, path, methods) {
            Hit::Other(other) if other.is_empty() && methods.is_empty() => {
                return Match::MethodNotAllowed(Allow("".into()));
            }
            Hit::Other(other) if other.is_empty() => return Match::NotFound,
            Hit::Other(other) => return Match::MethodNotAllowed(self.allow(other)),
            Hit::Route(id) => id,
        };
        match self.routes.get(hit.0 as usize) {
            Some(route) => Match::Route(Found { route, id: hit, path }),
            None => Match::NotFound,
        }
    }

    /// The methods that a path has, for a CORS preflight or `OPTIONS`. None when no route has it.
    pub fn allowed(&self, door: Door, host: &str, path: &str) -> Option<Allow> {
        match self.hit(door, host, path, Methods::default()) {
            Hit::Other(methods) if !methods.is_empty() => Some(self.allow(methods)),
            _ => None,
        }
    }

    fn hit(&self, door: Door, host: &str, path: &str, methods: Methods) -> Hit {
        let own = match door {
            Door::Public => &self.public,
            Door::Admin => &self.admin,
        };
        // An own path is own with every method: what it does not have is not asked of an upstream.
        match own.find(host, path, methods, self.vocabulary.all()) {
            Hit::Other(other) if other.is_empty() && door == Door::Public => {
                self.declared.find(host, path, methods, self.vocabulary.all())
            }
            hit => hit,
        }
    }

    fn allow(&self, methods: Methods) -> Allow {
        Allow(self.vocabulary.names(methods.with(Methods::OPTIONS)).join(", ").into())
    }

    /// All routes: those of files in the order written, then Doorward's own.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The routes of files, in the order written.
    pub fn declared_routes(&self) -> &[Route] {
        &self.routes[..self.written]
    }

    /// A route by its place.
    pub fn route(&self, id: RouteId) -> Option<&Route> {
        self.routes.get(id.0 as usize)
    }

    /// The tree of resources.
    pub fn resources(&self) -> &Tree {
        &self.tree
    }

    /// All roles by name: built in, from files, and from the store.
    pub fn roles(&self) -> &BTreeMap<Name, Role> {
        &self.roles
    }

    /// What roles grant together: what any of them allows, without what any of them denies. Unknown roles grant nothing.
    /// The same set of roles gives the same grants in memory.
    pub fn grants(&self, roles: &[Name]) -> Arc<Grants> {
        /// Far more sets than people make by hand; past it the sets are computed anew.
        const MOST_SETS: usize = 10_000;
        let sets = self.sets.pin();
        // A user's roles are sorted already: nothing is allocated for a set that is known.
        if let Some(known) = sets.get(roles) {
            return Arc::clone(known);
        }
        let mut set = roles.to_vec();
        set.sort_unstable();
        set.dedup();
        if sets.len() >= MOST_SETS {
            sets.clear();
        }
        Arc::clone(sets.get_or_insert_with(set.into(), || Arc::new(compile::unite(&self.tree, &self.roles, roles))))
    }

    /// What callers of a realm may whom no method authenticates.
    pub fn guest_grants(&self, realm: RealmId) -> &Arc<Grants> {
        &self.realm(realm).guest
    }

    /// The realms, by name.
    pub fn realms(&self) -> &[Realm] {
        &self.realms
    }

    /// A realm of this policy.
    pub fn realm(&self, id: RealmId) -> &Realm {
        self.realms.get(usize::from(id.0)).expect("only the policy itself makes the ids of its realms")
    }

    /// The realm of this name.
    pub fn realm_id(&self, name: &str) -> Option<RealmId> {
        let place = self.realms.iter().position(|realm| realm.name.as_str() == name)?;
        u16::try_from(place).ok().map(RealmId)
    }

    /// Where Doorward's own resources stand: empty, or a path without a slash at its end.
    pub fn mount(&self) -> &str {
        &self.mount
    }

    /// What is doubtful, but may be meant.
    pub fn warnings(&self) -> &[Complaint] {
        &self.warnings
    }

    /// A number that tells this policy from earlier ones.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.routes.len();
        f.debug_struct("Policy").field("generation", &self.generation).field("routes", &routes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
