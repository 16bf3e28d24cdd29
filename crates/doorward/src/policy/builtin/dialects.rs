//! Routes that Doorward answers in the words of other systems.

use std::borrow::Cow;

use super::{Doors, OwnAccess, OwnCsrf, OwnRealms, OwnRoute};
use crate::name::Name;
use crate::policy::profile::Profile;
use crate::policy::settings::{Dialects, EzSettings, KirbySettings, MagentoCompat, MagentoSettings};

const SEEN: &str = "users, as far as the caller has the permissions of `users`, or of `user` about themselves";
const TOKEN: &str = "a bearer token for username and password: 200; 400 where one is missing, 401 for a wrong pair";
const GIVEN: &str = "the role of a user, and those that the caller could give them instead";
const CHANGED: &str = "a change of a user, by the permission that is named like it";

/// The routes of the dialects that are spoken.
pub(crate) fn routes(dialects: &Dialects) -> Vec<OwnRoute> {
    let ez = dialects.ez.iter().flat_map(ez);
    let kirby = dialects.kirby.iter().flat_map(kirby);
    let magento = dialects.magento.iter().flat_map(magento);
    ez.chain(kirby).chain(magento).collect()
}

/// A route of a dialect: for the sessions of its realms, at the public door, wherever Doorward itself is mounted.
fn route(
    profile: &'static Profile,
    realms: &[&Name],
    methods: &'static str,
    path: String,
    access: OwnAccess,
    csrf: OwnCsrf,
) -> OwnRoute {
    OwnRoute {
        path: Cow::Owned(path),
        realms: OwnRealms::Named(realms.iter().map(|realm| (*realm).clone()).collect()),
        csrf,
        basic: true,
        doors: Doors::Public,
        mounted: false,
        profile,
        ..OwnRoute::new(methods, "", access)
    }
}

fn ez(ez: &EzSettings) -> Vec<OwnRoute> {
    use OwnAccess::{Anonymous, Identify};
    let root = ez.root();
    let route =
        |methods, path: String, access| route(&Profile::EZ, &[&ez.users], methods, path, access, OwnCsrf::OriginOnly);
    let session = |methods, path: &str, access| OwnRoute {
        // A session begins and ends by what the request says of it, and not by an Authorization header beside that.
        basic: false,
        ..route(methods, format!("{root}{path}"), access)
    };
    let mut routes = vec![
        // The body is looked at before the session is: the handler looks for one.
        session("POST", "/user/sessions", Anonymous).about(
            "a session for the login and password of a SessionInput: 201, or 200 or 409 where one is alive; 401 for a wrong pair",
        ),
        session("GET", "/user/sessions/current", Identify)
            .about("the session that is alive: 200, or 404, which takes the cookie away"),
        // What the token is about is looked at before the token is: the handlers ask for it themselves.
        session("DELETE", "/user/sessions/:id", Identify)
            .about("the caller's session with that id ends: 204; 401 without its token, 404 for any other id"),
        session("POST", "/user/sessions/:id/refresh", Identify)
            .about("whether the caller's session with that id is alive: 200; 401 without its token, 404 for any other id"),
    ];
    let top = route("GET", format!("{root}/"), Identify);
    routes.push(OwnRoute { yields: true, ..top }.about("the root, with the links to sessions"));
    let current = route("GET", format!("{root}/user/current"), Identify);
    routes.push(current.about("307 to whoever is logged in, 401 for a guest"));
    routes
}

fn kirby(kirby: &KirbySettings) -> Vec<OwnRoute> {
    use OwnAccess::{Anonymous, Identify, SelfOnly};
    let root = kirby.root.trim_end_matches('/');
    let proof = if kirby.csrf { OwnCsrf::Full } else { OwnCsrf::OriginOnly };
    let route = |methods, path: &str, access, csrf| {
        route(&Profile::KIRBY, &[&kirby.users], methods, format!("{root}{path}"), access, csrf)
    };
    // Whoever logs in shows a token of a session or of a guest: the handlers ask for it themselves. Logging out asks for none.
    let open = |methods, path, access| route(methods, path, access, OwnCsrf::OriginOnly);
    let own = |methods, path| route(methods, path, SelfOnly, proof);
    let mut routes = vec![
        own("GET", "/auth").about("who is logged in, and what they may"),
        open("POST", "/auth/login", Anonymous).about(
            "a session for email and password, with the token of a session or of a guest: 200; 400 without it, 403 for a wrong pair",
        ),
        open("POST", "/auth/code", Anonymous).about("403, since no log-in asks for a code"),
        open("POST", "/auth/logout", Identify).about("the caller's session ends, if there is one: 200"),
        // It always succeeds, whatever an Authorization header says.
        OwnRoute { basic: false, ..open("POST", "/auth/ping", Identify) }.about("200, always"),
        open("GET", "/system", Identify).about("how to log in, and whether somebody has"),
        open("POST", "/system/install", Anonymous).about("500, since users are not added by whoever comes first"),
        own("GET,POST", "/users").about(SEEN),
        own("GET,POST", "/users/search").about(SEEN),
        own("GET,DELETE", "/users/:id").about(SEEN),
        own("GET,DELETE", "/account").about("the caller, by `user.access`, or their end, by `user.delete`"),
        // Whoever keeps the content of users elsewhere has an answer of their own.
        OwnRoute { yields: true, ..own("PATCH", "/account") }.about(CHANGED),
        OwnRoute { yields: true, ..own("PATCH", "/users/:id") }.about(CHANGED),
        own("GET", "/account/roles").about(GIVEN),
        own("GET", "/users/:id/roles").about(GIVEN),
        own("GET", "/roles").about("the roles of users whom the caller may see"),
        own("GET", "/roles/:name").about("the roles of users whom the caller may see"),
    ];
    let changed = |path| own("PATCH", path).about(CHANGED);
    routes.extend(
        ["/account/email", "/account/language", "/account/name", "/account/password", "/account/role"].map(changed),
    );
    routes.extend(
        ["/users/:id/email", "/users/:id/language", "/users/:id/name", "/users/:id/password", "/users/:id/role"]
            .map(changed),
    );
    routes
}

fn magento(magento: &MagentoSettings) -> Vec<OwnRoute> {
    use OwnAccess::{Anonymous, Identify, SelfOnly};
    let root = magento.root.trim_end_matches('/');
    let (customers, admins) = (&magento.customers, &magento.admins);
    let route = |methods, path: String, realm: &Name, access| OwnRoute {
        basic: false,
        ..route(&Profile::MAGENTO, &[realm], methods, path, access, OwnCsrf::OriginOnly)
    };
    let mut revoke =
        route("POST", format!("{root}/V1/integration/customer/revoke-customer-token"), customers, SelfOnly);
    if magento.compat == MagentoCompat::Exact {
        // There whoever may everything gets as far as being told that no customer is meant.
        revoke.realms = OwnRealms::Named(vec![customers.clone(), admins.clone()]);
    }
    let section = route("GET", "/customer/section/load".into(), customers, Identify);
    vec![
        route("POST", format!("{root}/V1/integration/customer/token"), customers, Anonymous).about(TOKEN),
        route("POST", format!("{root}/V1/integration/admin/token"), admins, Anonymous).about(TOKEN),
        OwnRoute { csrf: OwnCsrf::Full, ..revoke }.about("all bearer tokens of the caller end: 200"),
        route("POST", "/customer/ajax/login".into(), customers, Anonymous).about(
            "a session for username and password: 200, whatever comes of it; 400 without `X-Requested-With: XMLHttpRequest`",
        ),
        route("GET", "/customer/ajax/logout".into(), customers, Identify)
            .about("the caller's session ends: 200; 400 without `X-Requested-With: XMLHttpRequest`"),
        // A shop that has sections of its own answers for all of them.
        OwnRoute { yields: true, ..section }.about("what the section `customer` shows of whoever is logged in"),
    ]
}
