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
    use OwnCsrf::{Full, OriginOnly};
    let root = kirby.root.trim_end_matches('/');
    let route = |methods, path: &str, access, csrf| {
        route(&Profile::KIRBY, &[&kirby.users], methods, format!("{root}{path}"), access, csrf)
    };
    vec![
        route("GET", "/auth", SelfOnly, Full),
        route("POST", "/auth/login", Anonymous, OriginOnly),
        route("POST", "/auth/logout", Identify, OriginOnly),
        route("POST", "/auth/ping", Identify, OriginOnly),
    ]
}

fn magento(magento: &MagentoSettings) -> Vec<OwnRoute> {
    use OwnAccess::Anonymous;
    let root = magento.root.trim_end_matches('/');
    let route = |methods, path: String, realm: &Name, access| {
        route(&Profile::MAGENTO, &[realm], methods, path, access, OwnCsrf::OriginOnly)
    };
    vec![
        route("POST", format!("{root}/V1/integration/customer/token"), &magento.customers, Anonymous),
        route("POST", format!("{root}/V1/integration/admin/token"), &magento.admins, Anonymous),
        route("POST", "/customer/ajax/login".into(), &magento.customers, Anonymous),
    ]
}
