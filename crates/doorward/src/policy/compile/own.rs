//! Doorward's own routes.

use super::{Workshop, enter};
use crate::name::Name;
use crate::policy::binding::Bindings;
use crate::policy::builtin::{Doors, OwnAccess, OwnCsrf, OwnRealms, OwnRoute};
use crate::policy::complaint::Complaint;
use crate::policy::pattern::{Segment, literal_path};
use crate::policy::profile::Wording;
use crate::policy::route::{Access, Authorization, Bounds, Csrf, HeaderChanges, RealmId, Route, Target};
use crate::policy::settings::{CsrfRequests, ProofKind};
use crate::policy::source::Source;
use crate::policy::table::{Asked, RouteId, Table};

impl Workshop<'_> {
    /// Compiles Doorward's own routes into the tables of the listeners that they are served on.
    pub(super) fn add_own(&mut self, own: &[OwnRoute], routes: &mut Vec<Route>, public: &mut Table, admin: &mut Table) {
        for route in own {
            let at_public = match route.doors {
                Doors::Both | Doors::Public => true,
                Doors::Administration => self.settings.panel.public,
                Doors::Admin => false,
            };
            let at_admin = route.doors != Doors::Public;
            let Some(compiled) = self.own_route(route, at_public) else { continue };
            let (asked, compiled) = compiled;
            if route.yields && yield_to_declared(own, route, asked, &compiled, routes, public) {
                continue;
            }
            if at_admin && at_public {
                admin.insert(None, &compiled.pattern, asked, RouteId(routes.len() as u32));
            }
            let table = if at_public { &mut *public } else { &mut *admin };
            if let Some(rival) = enter(table, routes, asked, compiled) {
                let (rival, new) = (&routes[rival.0 as usize], &routes[routes.len() - 1]);
                let text = format!("two of Doorward's own routes are `{new}`");
                self.complaints.push(Complaint::new(new.source.clone(), text).other(rival.source.clone()));
            }
        }
    }

    /// None when nobody could use it: administration without a realm of administrators.
    fn own_route(&mut self, own: &OwnRoute, public: bool) -> Option<(Asked, Route)> {
        let mount = if own.mounted { literal_path(&self.settings.mount).unwrap_or_default() } else { String::new() };
        let source = Source::made_by(if public { "built in" } else { "built in, admin_listen" });
        let matched = match self.read_match(&format!("{} {mount}{}", own.methods, own.path)) {
            Ok(matched) => matched,
            Err((text, _)) => {
                self.complaints.push(Complaint::new(source, text));
                return None;
            }
        };
        let names: Vec<Name> = match &own.realms {
            OwnRealms::All => self.realms.keys().cloned().collect(),
            OwnRealms::Administrators => vec![self.settings.admin_realm()?],
            OwnRealms::Named(names) => names.clone(),
        };
        let realms: Box<[RealmId]> = names.iter().filter_map(|name| self.realm_id(name)).collect();
        let accepts = |name: &&Name| own.basic && self.settings.basic_for(own.profile, name).is_enabled();
        let basic = names.iter().filter(accepts).filter_map(|name| self.realm_id(name)).collect();
        let (access, asks) = match own.access {
            OwnAccess::Anonymous | OwnAccess::Identify => (Access::Anonymous, "anonymous".into()),
            OwnAccess::SelfOnly => (Access::SelfOnly, "self".into()),
            OwnAccess::Resource(name) => (self.own_access(&[name]), name.into()),
            OwnAccess::Page(names) => (self.own_access(names), names.join(", ").into()),
        };
        let limits = &self.settings.limits;
        // Strangers, who are yet to log in or to redeem a code, have little to send.
        let (csrf, proof, body) = match own.csrf {
            OwnCsrf::Full => {
                // An origin proves little to administration: other programs of this host, and origins that are listed for the
                // API, have one that counts. A token they may read, but not send: its header needs a preflight.
                let is_token = own.profile.csrf_token_only || own.realms == OwnRealms::Administrators;
                let proof = is_token.then_some(ProofKind::Token);
                let csrf = match own.profile.csrf_requests {
                    Some(CsrfRequests::All) => Csrf::All,
                    _ => Csrf::Unsafe,
                };
                (csrf, self.proof(proof, &names), limits.own_body)
            }
            OwnCsrf::Form => (Csrf::Unsafe, ProofKind::TokenOrOrigin, limits.own_body),
            OwnCsrf::OriginOnly => (Csrf::OriginOnly, self.settings.csrf.proof, limits.login_body),
        };
        let cors = std::sync::Arc::new(self.settings.cors.clone());
        let cors = Some(cors).filter(|_| own.doors == Doors::Both || own.profile.wording == Wording::ErrorMessage);
        let cors = self.cors_of_dialect(own.profile).or(cors).filter(|cors| cors.lists_any());
        let access = self.behind_panel(access, own.profile);
        let route = Route {
            source,
            methods: matched.methods,
            host: None,
            any_host: own.any_host,
            pattern: matched.pattern,
            access,
            asks,
            realms,
            realm_names: names.into(),
            basic,
            secure: false,
            identify: own.access == OwnAccess::Identify,
            csrf,
            proof,
            csrf_token: false,
            force: None,
            limitations: Bindings::default(),
            cors,
            websocket: false,
            log_in_page: matches!(own.access, OwnAccess::Page(_)),
            authorization: Authorization::Drop,
            encoded_slash: false,
            target: Target::Own,
            strip_prefix: None,
            bounds: Bounds { body, timeout: limits.timeout, rate: None },
            request_headers: HeaderChanges::default(),
            response_headers: HeaderChanges::default(),
            upstream_uses_identity: false,
            profile: own.profile,
            about: own.about,
        };
        Some((matched.asked, route))
    }

    /// All of these resources; nobody has one that is not there.
    fn own_access(&self, names: &[&str]) -> Access {
        let found: Option<Vec<_>> = names.iter().map(|name| self.tree.find(name)).collect();
        found.map_or(Access::Deny, |found| Access::Resources(found.into()))
    }

    /// Complains about routes of files that stand where Doorward's own do.
    pub(super) fn find_overlaps(&mut self, routes: &[Route], written: usize) {
        let (declared, own) = routes.split_at(written);
        // What a dialect answers stands among the routes of the system that it comes from, and is served before them.
        let is_ours = |route: &&Route| route.source.file() == "built in" && route.profile.wording == Wording::Problem;
        let public: Vec<&Route> = own.iter().filter(is_ours).collect();
        for route in declared {
            // A route for everything there is overlaps wherever Doorward is mounted; ours are served before it.
            let is_everything = route.pattern.has_rest()
                && !route.pattern.segments().iter().any(|segment| matches!(segment, Segment::Literal(_)));
            if is_everything {
                continue;
            }
            if let Some(own) = public.iter().find(|own| own.pattern.overlaps(&route.pattern)) {
                let text = format!("`{}` is where Doorward's own `{}` is", route.pattern, own.pattern);
                let fix = "move Doorward's own resources: `mount = \"/auth\"`";
                self.complaints.push(Complaint::new(route.source.clone(), text).fix(fix));
            }
        }
    }
}

/// Whoever declares this very path has an answer of their own. Where other methods of the path stay ours, the path is ours with
/// every method, and what is declared stands among them.
fn yield_to_declared(
    own: &[OwnRoute],
    route: &OwnRoute,
    asked: Asked,
    compiled: &Route,
    routes: &[Route],
    public: &mut Table,
) -> bool {
    let is_shared = own.iter().any(|other| !other.yields && other.path == route.path);
    let has_it = |declared: &Route| {
        let mut named = declared.methods.split(',');
        !is_shared || named.any(|name| name == "*" || name == route.methods)
    };
    let mut is_declared = false;
    for (place, declared) in routes.iter().enumerate() {
        if declared.is_own() || declared.pattern != compiled.pattern || !has_it(declared) {
            continue;
        }
        is_declared = true;
        if is_shared {
            public.insert(declared.host.as_deref(), &compiled.pattern, asked, RouteId(place as u32));
        }
    }
    is_declared
}
