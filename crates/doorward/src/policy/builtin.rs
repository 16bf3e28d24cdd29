//! Doorward's own resources and routes.

mod dialects;

pub(crate) use dialects::routes as dialect_routes;

use std::borrow::Cow;

use super::profile::Profile;
use super::rules::AclRule;
use crate::name::Name;

/// The listener that a request came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `listen`.
    Public,
    /// `admin_listen`.
    Admin,
}

/// Where one of Doorward's own routes is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doors {
    /// On both listeners.
    Both,
    /// On `admin_listen`, and on `listen` too when administration is public.
    Administration,
    /// On `admin_listen` alone.
    Admin,
    /// On `listen` alone.
    Public,
}

/// What one of Doorward's own routes asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnAccess {
    /// Nothing.
    Anonymous,
    /// Nothing, but a live session is recognised.
    Identify,
    /// A user.
    SelfOnly,
    /// A resource of the built-in tree.
    Resource(&'static str),
    /// Resources of the built-in tree, all of them, of a person who reads a page: whoever is not logged in is sent to log in.
    Page(&'static [&'static str]),
}

/// Whose sessions count on one of Doorward's own routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnRealms {
    /// Everybody's.
    All,
    /// Those of administrators.
    Administrators,
    /// Those of these realms, the first one first.
    Named(Vec<Name>),
}

/// How one of Doorward's own routes is protected against forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCsrf {
    /// As the settings say; administration asks for a token whatever they say.
    Full,
    /// As the settings say, but an origin is proof enough: forms of our own pages send no header.
    Form,
    /// A foreign origin is refused, no more: where there is no session yet.
    OriginOnly,
}

/// One of Doorward's own routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRoute {
    /// Methods, as in a route's `match`.
    pub methods: Cow<'static, str>,
    /// The path below `mount`, as in a route's `match`.
    pub path: Cow<'static, str>,
    /// What it asks for.
    pub access: OwnAccess,
    /// Whose sessions count.
    pub realms: OwnRealms,
    /// How it is protected against forgery.
    pub csrf: OwnCsrf,
    /// Whether Basic counts where the realm accepts it.
    pub basic: bool,
    /// Where it is served.
    pub doors: Doors,
    /// Whether `mount` moves it. A dialect's paths stay.
    pub mounted: bool,
    /// Whether requests to any host take it: probes know no name.
    pub any_host: bool,
    /// Whether a route of a file with the same path is served instead.
    pub yields: bool,
    /// How credentials are read and refusals are worded.
    pub profile: &'static Profile,
    /// What is answered, for whoever asks what would be.
    pub about: &'static str,
}

impl OwnRoute {
    /// A route for everybody's sessions, at both doors, fully protected.
    pub fn new(methods: &'static str, path: &'static str, access: OwnAccess) -> Self {
        Self {
            methods: Cow::Borrowed(methods),
            path: Cow::Borrowed(path),
            access,
            realms: OwnRealms::All,
            csrf: OwnCsrf::Full,
            basic: false,
            doors: Doors::Both,
            mounted: true,
            any_host: false,
            yields: false,
            profile: &Profile::DOORWARD,
            about: "",
        }
    }

    /// A route for administrators with a resource.
    fn administration(methods: &'static str, path: &'static str, resource: &'static str) -> Self {
        let mut route = Self::new(methods, path, OwnAccess::Resource(resource));
        route.doors = Doors::Administration;
        route.realms = OwnRealms::Administrators;
        route
    }

    /// A page of the Panel, for administrators with these resources.
    fn panel(path: &'static str, resources: &'static [&'static str]) -> Self {
        let mut route = Self::administration("GET", path, PANEL);
        route.access = OwnAccess::Page(resources);
        route
    }

    /// The very address of administration, from where people are sent to the Panel. It is the upstream's on `listen`.
    fn entrance() -> Self {
        let mut route = Self::administration("GET", "/", PANEL);
        route.access = OwnAccess::Anonymous;
        route.doors = Doors::Admin;
        route.mounted = false;
        route
    }

    fn csrf(mut self, csrf: OwnCsrf) -> Self {
        self.csrf = csrf;
        self
    }

    fn doors(mut self, doors: Doors) -> Self {
        self.doors = doors;
        self
    }

    fn any_host(mut self) -> Self {
        self.any_host = true;
        self
    }

    fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    fn basic(mut self) -> Self {
        self.basic = true;
        self
    }
}

/// The routes of Doorward's own resources.
pub fn own() -> Vec<OwnRoute> {
    use Doors::Admin;
    use OwnAccess::{Anonymous, Identify, SelfOnly};
    use OwnCsrf::{Form, OriginOnly};
    let new = OwnRoute::new;
    let admin = OwnRoute::administration;
    let panel = OwnRoute::panel;
    vec![
        new("GET", "/user/sessions", SelfOnly),
        new("POST", "/user/sessions", Anonymous).csrf(OriginOnly),
        // Logging out succeeds for whoever is logged out already.
        new("DELETE", "/user/sessions", Identify),
        new("GET", "/user/sessions/current", SelfOnly),
        new("DELETE", "/user/sessions/current", Identify),
        new("POST", "/user/sessions/current/confirm", SelfOnly),
        new("DELETE", "/user/sessions/:id", SelfOnly),
        new("POST", "/user/sessions/:id/refresh", SelfOnly),
        new("GET", "/user/csrf", Identify),
        new("GET", "/user/me", SelfOnly).basic(),
        new("PATCH", "/user/me", SelfOnly),
        new("GET", "/user/me/permissions", SelfOnly).basic(),
        new("PUT", "/user/me/password", SelfOnly),
        new("POST", "/user/password-reset", Anonymous).csrf(OriginOnly),
        new("GET", "/login", Anonymous),
        new("POST", "/login", Anonymous).csrf(OriginOnly),
        new("GET", "/login/code", Anonymous),
        new("POST", "/login/code", Anonymous).csrf(OriginOnly),
        new("GET", "/login/assets/:file", Anonymous),
        new("GET", "/logout", Identify),
        new("POST", "/logout", Identify).csrf(Form),
        // A page sends guests to the log-in, where an API would say 401. Whoever opens a form's address is sent to the page.
        new("GET", "/account", Identify),
        new("GET,POST", "/account/name", Identify).csrf(Form),
        new("GET,POST", "/account/email", Identify).csrf(Form),
        new("GET,POST", "/account/password", Identify).csrf(Form),
        new("GET,POST", "/account/sessions", Identify).csrf(Form),
        new("GET", "/healthz", Anonymous).any_host(),
        new("GET", "/readyz", Anonymous).any_host(),
        admin("GET,POST", "/admin/users", USERS),
        admin("GET,PATCH,DELETE", "/admin/users/:id", USERS),
        admin("POST", "/admin/users/:id/preview", USERS),
        admin("POST", "/admin/users/:id/codes", USERS),
        admin("POST", "/admin/users/:id/unlock", USERS),
        admin("GET,DELETE", "/admin/users/:id/sessions", SESSIONS),
        admin("GET,POST", "/admin/roles", ROLES),
        admin("GET,PUT,DELETE", "/admin/roles/:name", ROLES),
        admin("POST", "/admin/roles/:name/preview", ROLES),
        admin("GET", "/admin/acl", ROLES),
        admin("GET,DELETE", "/admin/sessions", SESSIONS),
        admin("GET,DELETE", "/admin/sessions/:id", SESSIONS),
        admin("GET", "/admin/routes", RULES),
        admin("GET,POST", "/admin/explain", RULES),
        admin("GET", "/admin/audit", AUDIT),
        admin("GET", "/admin/audit/:number", AUDIT),
        admin("GET", "/admin/stats", PANEL),
        admin("GET", "/admin/events", PANEL),
        panel("/panel", &[PANEL]),
        panel("/panel/users", &[PANEL, USERS]),
        panel("/panel/new-user", &[PANEL, USERS]),
        panel("/panel/users/:id", &[PANEL, USERS]),
        panel("/panel/roles", &[PANEL, ROLES]),
        panel("/panel/new-role", &[PANEL, ROLES]),
        panel("/panel/roles/:name", &[PANEL, ROLES]),
        panel("/panel/matrix", &[PANEL, ROLES]),
        panel("/panel/sessions", &[PANEL, SESSIONS]),
        panel("/panel/routes", &[PANEL, RULES]),
        panel("/panel/try", &[PANEL, RULES]),
        panel("/panel/audit", &[PANEL, AUDIT]),
        panel("/panel/audit/:number", &[PANEL, AUDIT]),
        // Whoever opens the address of administration in a browser.
        OwnRoute::entrance(),
        // What the pages are made of says nothing about anybody.
        new("GET", "/panel/assets/:file", Anonymous).doors(Doors::Administration),
        new("GET", "/metrics", Anonymous).doors(Admin),
        new("GET", "/openapi.json", Anonymous).doors(Admin),
    ]
}

/// Everything that Doorward itself protects.
pub const ALL: &str = "Doorward::all";
/// Figures about what is going on.
pub const PANEL: &str = "Doorward::panel";
/// Users.
pub const USERS: &str = "Doorward::users";
/// Roles.
pub const ROLES: &str = "Doorward::roles";
/// Sessions of others.
pub const SESSIONS: &str = "Doorward::sessions";
/// The record of what happened.
pub const AUDIT: &str = "Doorward::audit";
/// Routes, and why a request would be refused.
pub const RULES: &str = "Doorward::rules";

/// The built-in tree.
pub(crate) fn resources() -> AclRule {
    let resource = |id: &str, title: &str| AclRule { id: id.into(), title: Some(title.into()), children: Vec::new() };
    let children = vec![
        resource(PANEL, "Panel"),
        resource(USERS, "Users"),
        resource(ROLES, "Roles"),
        resource(SESSIONS, "Sessions"),
        resource(AUDIT, "Audit"),
        resource(RULES, "Rules"),
    ];
    AclRule { children, ..resource(ALL, "Doorward") }
}
