//! The routes of files.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Matched, Workshop, enter};
use crate::head::canonical_host;
use crate::name::Name;
use crate::policy::acl::ResourceId;
use crate::policy::complaint::{Complaint, nearest};
use crate::policy::dialect::only_realm;
use crate::policy::force::Force;
use crate::policy::pattern::{Pattern, literal_path};
use crate::policy::profile::{Profile, Wording};
use crate::policy::role::unknown_resource;
use crate::policy::route::{Access, Authorization, Bounds, Csrf, RealmId, Route, Target};
use crate::policy::rules::{AuthorizationRule, CorsRule, RouteRule, Rules};
use crate::policy::settings::{CorsSettings, CsrfRequests, ProofKind, SameSite};
use crate::policy::source::Source;
use crate::policy::table::{RouteId, Table};

/// One route of a file, and how to say where its parts are.
pub(super) struct Written<'a> {
    pub(super) rule: &'a RouteRule,
    rules: &'a Rules,
    path: String,
}

impl Written<'_> {
    pub(super) fn source(&self, key: &str) -> Source {
        self.rules.source(&format!("{}.{key}", self.path))
    }

    pub(super) fn complaint(&self, key: &str, text: impl Into<String>) -> Complaint {
        Complaint::new(self.source(key), text)
    }
}

impl Workshop<'_> {
    /// Compiles the routes of all files.
    pub(super) fn declare(&mut self, rules: &[Rules], routes: &mut Vec<Route>, table: &mut Table) {
        let cors = Arc::new(self.settings.cors.clone());
        let mut written: Vec<&RouteRule> = Vec::new();
        for rules in rules {
            for (place, rule) in rules.routes.iter().enumerate() {
                let here = Written { rule, rules, path: format!("route.{place}") };
                let matched = match self.read_match(&rule.pattern) {
                    Ok(matched) => matched,
                    Err((text, fix)) => {
                        self.complaints.push(here.complaint("match", text).fix(fix));
                        continue;
                    }
                };
                let asked = matched.asked;
                let route = self.route(&here, matched, &cors);
                let rival = enter(table, routes, asked, route);
                let id = routes.len() - 1;
                self.reorder(table, &routes[id], asked, RouteId(id as u32));
                written.push(rule);
                if let Some(rival) = rival {
                    let rival = rival.0 as usize;
                    self.tie(&here, written[rival], &routes[rival]);
                }
            }
        }
    }

    /// Two routes of equal rank: an error when they ask for different things, and else one too many.
    fn tie(&mut self, here: &Written<'_>, rival: &RouteRule, rival_route: &Route) {
        let same = RouteRule { pattern: rival.pattern.clone(), ..here.rule.clone() } == *rival;
        let other = rival_route.source.clone();
        if same {
            let complaint = here.complaint("match", format!("`{}` is declared twice", here.rule.pattern));
            self.warnings.push(complaint.other(other).fix("keep one of them"));
            return;
        }
        let text = format!(
            "`{}` and `{}` match the same requests and ask for different things",
            here.rule.pattern, rival.pattern
        );
        self.complaints.push(here.complaint("match", text).other(other).fix("keep one, or let their methods differ"));
    }

    fn route(&mut self, here: &Written<'_>, matched: Matched, global_cors: &Arc<CorsSettings>) -> Route {
        let rule = here.rule;
        let Matched { pattern, methods, .. } = matched;
        let (access, asks) = self.access(here);
        self.refuse_below_basic_root(here, &pattern);
        let profile = self.profile(&pattern);
        let access = self.behind_log_in(self.behind_panel(access, profile), profile);
        let (realms, realm_names) = self.realms_of(here, &access, profile);
        let basic = self.basic(rule, &access, &realm_names, profile);
        let (csrf, proof) = self.csrf(here, &pattern, &realm_names, profile);
        let force = self.force(here, &pattern, &access);
        let limitations = self.limitations(here, &pattern, profile, force.as_ref());
        let target = self.target(here);
        let bounds = Bounds {
            body: rule.limits.body.unwrap_or(self.settings.limits.body),
            timeout: rule.limits.timeout.unwrap_or_else(|| self.timeout(&target)),
            rate: rule.limits.rate,
        };
        let cors = match &rule.cors {
            Some(CorsRule::Switch(false)) => None,
            Some(CorsRule::Instead(cors)) => Some(Arc::new(cors.clone())),
            Some(CorsRule::Switch(true)) | None => {
                self.cors_of_dialect(profile).or_else(|| Some(Arc::clone(global_cors)))
            }
        };
        if rule.identify && access != Access::Anonymous {
            let text = "`identify` is for routes with `access = \"anonymous\"`: others know who is calling";
            self.warnings.push(here.complaint("identify", text).fix("take it out"));
        }
        Route {
            source: here.source("match"),
            methods,
            host: self.host(here),
            any_host: false,
            strip_prefix: self.strip_prefix(here, &pattern),
            request_headers: self.headers(here, "request", &rule.headers.request),
            response_headers: self.headers(here, "response", &rule.headers.response),
            pattern,
            access,
            asks,
            realms,
            realm_names,
            basic,
            secure: rule.secure,
            identify: rule.identify || profile.identifies,
            csrf,
            proof,
            csrf_token: rule.csrf_token,
            force,
            limitations,
            cors: cors.filter(|cors| cors.lists_any()),
            websocket: rule.websocket,
            log_in_page: rule.log_in_page.unwrap_or(true),
            authorization: match rule.authorization {
                AuthorizationRule::Drop => Authorization::Drop,
                AuthorizationRule::Pass => Authorization::Pass,
            },
            encoded_slash: rule.encoded_slash,
            target,
            bounds,
            upstream_uses_identity: rule.upstream_uses_identity,
            profile,
            about: "",
        }
    }

    fn access(&mut self, here: &Written<'_>) -> (Access, Box<str>) {
        let asked = &here.rule.access;
        let asks: Box<str> = asked.join(", ").into();
        let word = |word: &str| match word {
            "anonymous" => Some(Access::Anonymous),
            "self" => Some(Access::SelfOnly),
            "deny" => Some(Access::Deny),
            _ => None,
        };
        if let [only] = &asked[..]
            && let Some(access) = word(only)
        {
            return (access, asks);
        }
        if asked.is_empty() {
            let complaint = here.complaint("access", "nothing says who may use this route");
            self.complaints.push(complaint.fix("write `anonymous`, `self`, resources, or `deny`"));
        }
        let mut resources: Vec<ResourceId> = Vec::with_capacity(asked.len());
        for (place, name) in asked.iter().enumerate() {
            let source = here.source(&format!("access.{place}"));
            if word(name).is_some() {
                let complaint = Complaint::new(source, format!("`{name}` does not go with anything else"));
                self.complaints.push(complaint.fix(format!("write `access = \"{name}\"`, or resources alone")));
                continue;
            }
            match self.tree.find(name) {
                Some(id) if !resources.contains(&id) => resources.push(id),
                Some(_) => {}
                None => {
                    let complaint = match nearest(name, ["anonymous", "self", "deny"]) {
                        Some(meant) if asked.len() == 1 => {
                            Complaint::new(source, format!("the ACL has no resource `{name}`"))
                                .fix(format!("did you mean `{meant}`?"))
                        }
                        _ => unknown_resource(&self.tree, source, name),
                    };
                    self.complaints.push(complaint);
                }
            }
        }
        // An unknown resource is an error anyway; until then nobody has it.
        if resources.is_empty() { (Access::Deny, asks) } else { (Access::Resources(resources.into()), asks) }
    }

    fn realms_of(&mut self, here: &Written<'_>, access: &Access, profile: &Profile) -> (Box<[RealmId]>, Box<[Name]>) {
        let known = self.realms.keys().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let mut found: Vec<(RealmId, Name)> = Vec::new();
        for (place, name) in here.rule.realm.iter().enumerate() {
            match self.realm_id(name) {
                Some(id) if found.iter().all(|(other, _)| *other != id) => found.push((id, name.clone())),
                Some(_) => {}
                None => {
                    let complaint = here.complaint(&format!("realm.{place}"), format!("there is no realm `{name}`"));
                    self.complaints.push(complaint.fix(format!("one of: {known}")));
                }
            }
        }
        let of_dialect = only_realm(&self.settings.dialect, profile);
        if let (true, Some(name)) = (here.rule.realm.is_empty(), of_dialect) {
            found.extend(self.realm_id(name).map(|id| (id, name.clone())));
        } else if here.rule.realm.is_empty() {
            let needs_one = matches!(access, Access::SelfOnly | Access::Resources(_)) || here.rule.identify;
            if needs_one && self.realms.len() > 1 {
                let complaint =
                    here.complaint("access", "there are several realms, and nothing says whose users are meant");
                self.complaints.push(complaint.fix(format!("add `realm = …`, one of: {known}")));
            }
            found = self.realms.keys().filter_map(|name| Some((self.realm_id(name)?, name.clone()))).collect();
        }
        let found = self.realms_of_magento(found, access, profile);
        let (ids, names): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        (ids.into(), names.into())
    }

    fn basic(&self, rule: &RouteRule, access: &Access, realms: &[Name], profile: &Profile) -> Box<[RealmId]> {
        let asked_for = *access != Access::Anonymous || rule.identify || profile.identifies;
        let accepts = |name: &&Name| rule.basic.unwrap_or_else(|| self.settings.basic_for(profile, name).is_enabled());
        realms.iter().filter(|_| asked_for).filter(accepts).filter_map(|name| self.realm_id(name)).collect()
    }

    fn csrf(&mut self, here: &Written<'_>, pattern: &Pattern, realms: &[Name], profile: &Profile) -> (Csrf, ProofKind) {
        let general = match &self.settings.dialect.kirby {
            Some(kirby) if profile.wording == Wording::Kirby && !kirby.csrf => CsrfRequests::Off,
            _ => profile.csrf_requests.unwrap_or(self.settings.csrf.requests),
        };
        let csrf = match here.rule.csrf.unwrap_or(general) {
            CsrfRequests::Unsafe => Csrf::Unsafe,
            CsrfRequests::All => Csrf::All,
            CsrfRequests::Off => Csrf::OriginOnly,
        };
        // Of all routes of a dialect its own settings say it.
        if csrf == Csrf::OriginOnly && here.rule.csrf.is_some() {
            let text = format!("`{}` takes requests without proof against forgery", here.rule.pattern);
            self.warnings.push(here.complaint("csrf", text).fix("take it out unless other systems call this route"));
            if pattern.has_rest() {
                let complaint = here.complaint("csrf", "`off` is for one exact route, not for everything below a path");
                self.complaints.push(complaint.fix("declare each route that needs it"));
            }
        }
        let proof = if profile.csrf_token_only { Some(ProofKind::Token) } else { here.rule.proof };
        (csrf, self.proof(proof, realms))
    }

    /// What proves that a request of a user of these realms is meant.
    pub(super) fn proof(&self, stated: Option<ProofKind>, realms: &[Name]) -> ProofKind {
        let cross_site =
            |name: &Name| self.realms.get(name).is_some_and(|realm| realm.cookie.same_site == SameSite::None);
        // A cookie that browsers send from everywhere proves nothing by itself, and neither does a listed origin.
        let is_token = realms.iter().any(cross_site);
        if is_token { ProofKind::Token } else { stated.unwrap_or(self.settings.csrf.proof) }
    }

    fn force(&mut self, here: &Written<'_>, pattern: &Pattern, access: &Access) -> Option<Force> {
        let force = match Force::compile(&here.rule.force, pattern, self.settings.limits.json_depth as usize) {
            Ok(force) => force?,
            Err(wrong) => {
                for (key, text) in wrong {
                    let complaint = here.complaint(&format!("force.{key}"), text);
                    self.complaints.push(complaint.fix("such as `force = { customerId = \"%user_id%\" }`"));
                }
                return None;
            }
        };
        if force.needs_user() && *access == Access::Anonymous {
            let complaint = here.complaint("force", "on an anonymous route there is no user to take values from");
            self.complaints.push(complaint.fix("`access = \"self\"`"));
        }
        Some(force)
    }

    fn target(&mut self, here: &Written<'_>) -> Target {
        let upstreams = &self.settings.upstream;
        let known = || upstreams.0.keys().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let Some(name) = &here.rule.upstream else {
            return match upstreams.default_name() {
                Some(name) => Target::Upstream(name.clone()),
                None if upstreams.0.is_empty() => Target::Inner,
                None => {
                    let complaint = here.complaint("match", "there are several upstreams, and none is the default");
                    self.complaints.push(complaint.fix(format!("add `upstream = …`, one of: {}", known())));
                    Target::Inner
                }
            };
        };
        if !upstreams.0.contains_key(name) {
            let complaint = here.complaint("upstream", format!("there is no upstream `{name}`"));
            self.complaints.push(match upstreams.0.is_empty() {
                true => complaint.fix(format!("declare `[upstream.{name}]` with `url = …`")),
                false => complaint.fix(format!("one of: {}", known())),
            });
        }
        Target::Upstream(name.clone())
    }

    fn timeout(&self, target: &Target) -> crate::policy::quantity::Period {
        let upstream = match target {
            Target::Upstream(name) => self.settings.upstream.0.get(name),
            Target::Own | Target::Inner => None,
        };
        upstream.and_then(|upstream| upstream.timeout).unwrap_or(self.settings.limits.timeout)
    }

    fn profile(&self, pattern: &Pattern) -> &'static Profile {
        let below = |root: &&(&'static Profile, Pattern)| pattern.segments().starts_with(root.1.segments());
        let longest = self.roots.iter().filter(below).max_by_key(|(_, root)| root.segments().len());
        longest.map_or(&Profile::DOORWARD, |(profile, _)| *profile)
    }

    fn host(&mut self, here: &Written<'_>) -> Option<Box<str>> {
        let text = here.rule.host.as_ref()?;
        // The port of either scheme goes: nobody knows yet which one a request will come by.
        let over_https = canonical_host(text, true);
        let host = over_https.as_deref().and_then(|host| canonical_host(host, false));
        if host.is_none() {
            let complaint = here.complaint("host", format!("`{text}` is no host"));
            self.complaints.push(complaint.fix("write `api.example.com`, or `api.example.com:8443`"));
        }
        Some(host.unwrap_or(Cow::Borrowed(text)).into())
    }

    fn strip_prefix(&mut self, here: &Written<'_>, pattern: &Pattern) -> Option<Box<str>> {
        let text = here.rule.strip_prefix.as_ref()?;
        let literals = &pattern.segments()[..pattern.literal_length()];
        let begins = literal_path(text).ok().filter(|prefix| {
            let prefix = Pattern::parse(if prefix.is_empty() { "/" } else { prefix });
            prefix.is_ok_and(|prefix: Pattern| literals.starts_with(prefix.segments()))
        });
        if begins.is_none() {
            let text = format!("the path of this route does not begin with `{text}`");
            self.complaints
                .push(here.complaint("strip_prefix", text).fix("write a beginning of the path, such as `/api`"));
        }
        begins.filter(|prefix| !prefix.is_empty()).map(Into::into)
    }
}
