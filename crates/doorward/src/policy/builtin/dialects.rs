//! Routes that Doorward answers in the words of other systems.

use std::borrow::Cow;

use super::{Doors, OwnAccess, OwnCsrf, OwnRealms, OwnRoute};
use crate::name::Name;
use crate::policy::profile::Profile;
use crate::policy::settings::{Dialects, EzSettings, KirbySettings, MagentoSettings};

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
        session("POST", "/user/sessions", Anonymous),
        session("GET", "/user/sessions/current", Identify),
        // What the token is about is looked at before the token is: the handlers ask for it themselves.
        session("DELETE", "/user/sessions/:id", Identify),
        session("POST", "/user/sessions/:id/refresh", Identify),
    ];
    let basic_root = Some(ez.basic_root.trim_end_matches('/')).filter(|root| !root.is_empty());
    for root in std::iter::once(root).chain(basic_root) {
        let top = route("GET", format!("{root}/"), Identify);
        routes.push(OwnRoute { yields: true, ..top });
        routes.push(route("GET", format!("{root}/user/current"), Identify));
    }
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
        own("GET", "/auth"),
        open("POST", "/auth/login", Anonymous),
        open("POST", "/auth/code", Anonymous),
        open("POST", "/auth/logout", Identify),
        // It always succeeds, whatever an Authorization header says.
        OwnRoute { basic: false, ..open("POST", "/auth/ping", Identify) },
        open("GET", "/system", Identify),
        own("GET,POST", "/users"),
        own("GET,POST", "/users/search"),
        own("GET,DELETE", "/users/:id"),
        own("GET", "/account"),
        own("GET", "/roles"),
        own("GET", "/roles/:name"),
    ];
    routes.extend(
        ["/account/email", "/account/language", "/account/name", "/account/password", "/account/role"]
            .map(|path| own("PATCH", path)),
    );
    routes.extend(
        ["/users/:id/email", "/users/:id/language", "/users/:id/name", "/users/:id/password", "/users/:id/role"]
            .map(|path| own("PATCH", path)),
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
    let revoke = route("POST", format!("{root}/V1/integration/customer/revoke-customer-token"), customers, SelfOnly);
    let section = route("GET", "/customer/section/load".into(), customers, Identify);
    vec![
        route("POST", format!("{root}/V1/integration/customer/token"), customers, Anonymous),
        route("POST", format!("{root}/V1/integration/admin/token"), admins, Anonymous),
        OwnRoute { csrf: OwnCsrf::Full, ..revoke },
        route("POST", "/customer/ajax/login".into(), customers, Anonymous),
        route("GET", "/customer/ajax/logout".into(), customers, Identify),
        // A shop that has sections of its own answers for all of them.
        OwnRoute { yields: true, ..section },
    ]
}
