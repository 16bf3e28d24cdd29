//! From rules as written to a policy as meant.

mod declared;
mod ez;
mod headers;
mod kirby;
mod limited;
mod magento;
mod own;
mod warn;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::acl::{Grants, Tree};
use super::builtin::{OwnRoute, dialect_routes, own as own_routes};
use super::complaint::{Complaint, Complaints, nearest};
use super::cookies::Cookies;
use super::method::{Methods, Vocabulary, is_method, is_never_allowed, mistyped};
use super::pattern::Pattern;
use super::profile::Profile;
use super::role::{self, Role};
use super::route::{RealmId, Route};
use super::rules::Rules;
use super::settings::{RealmSettings, Settings};
use super::site::Site;
use super::source::Source;
use super::table::{Asked, RouteId, Table};
use super::terms::Terms;
use super::{Policy, Realm};
use crate::name::Name;
use crate::store::StoredRole;

/// All that a [`Policy`] is compiled from.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The rules of each file, in order.
    pub rules: &'a [Rules],
    /// Roles made at run time.
    pub stored: &'a [StoredRole],
    /// Doorward's own routes, and those of dialects.
    pub own: Vec<OwnRoute>,
    /// What [`Policy::generation`] will say.
    pub generation: u64,
}

impl<'a> Draft<'a> {
    /// A draft of settings and rules, with Doorward's own routes, no stored roles, and generation 0.
    pub fn new(settings: &'a Settings, rules: &'a [Rules]) -> Self {
        Self {
            settings,
            rules,
            stored: &[],
            own: own_routes().into_iter().chain(dialect_routes(&settings.dialect)).collect(),
            generation: 0,
        }
    }
}

/// What the parts of the compilation share.
struct Workshop<'a> {
    settings: &'a Settings,
    realms: BTreeMap<Name, RealmSettings>,
    tree: Tree,
    vocabulary: Vocabulary,
    complaints: Complaints,
    warnings: Vec<Complaint>,
    /// Where dialects are spoken.
    roots: Vec<(&'static Profile, Pattern)>,
}

/// Methods and a path, read.
struct Matched {
    asked: Asked,
    pattern: Pattern,
    methods: Box<str>,
}

pub(super) fn compile(draft: &Draft<'_>) -> Result<Policy, Complaints> {
    let settings = draft.settings;
    let mut complaints = Complaints::default();
    super::check::check(settings, &mut complaints);
    super::siteaccess::check(settings, &mut complaints);
    let mut warnings = super::check::doubts(settings);
    let mut tree = Tree::compile(draft.rules, &mut complaints);
    tree.everything = super::magento::everything(settings, &tree);
    let roles = role::compile(&tree, draft.rules, draft.stored, &mut complaints, &mut warnings);
    let mut vocabulary = Vocabulary::new();
    if settings.dialect.ez.is_some() {
        // Its own verbs, beside those of WebDAV, are there whether a rule names them or says `*`.
        for verb in ["PUBLISH", "SWAP"] {
            let _ = vocabulary.name(verb);
        }
    }
    let realms = settings.realms();
    let roots = super::dialect::roots(&settings.dialect);
    let mut shop = Workshop { settings, realms, tree, vocabulary, complaints, warnings, roots };

    let mut routes = Vec::new();
    let mut declared = Table::default();
    shop.declare(draft.rules, &mut routes, &mut declared);
    let written = routes.len();
    let mut public = Table::default();
    let mut admin = Table::default();
    shop.add_own(&draft.own, &mut routes, &mut public, &mut admin);
    shop.find_overlaps(&routes, written);
    shop.find_laxer(&routes[..written]);
    shop.find_unbound(roles.values(), &routes[..written]);

    let guests = shop.guests(&roles);
    let dialects = {
        let names: Vec<&Name> = shop.realms.keys().collect();
        let place = |name: &Name| names.iter().position(|known| *known == name);
        let realm_id = |name: &Name| place(name).and_then(|place| u16::try_from(place).ok()).map(RealmId);
        super::dialect::compile(settings, &realm_id, &mut shop.complaints)
    };
    let mount = super::pattern::literal_path(&settings.mount).unwrap_or_default();
    let site = Site::compile(settings, &routes);
    shop.warnings.extend(super::siteaccess::doubt(settings, &site));
    let pairs = shop.realms.iter().zip(guests);
    let realms: Box<[Realm]> =
        pairs.map(|((name, realm), guest)| Realm::compile(name, realm, settings, &mount, guest)).collect();
    shop.complaints.unless_any(Policy {
        generation: draft.generation,
        cookies: Cookies::compile(settings, &realms),
        dialects,
        dialect_settings: settings.dialect.clone(),
        site,
        terms: Terms::compile(settings),
        routes: routes.into(),
        written,
        declared: declared.into(),
        public: public.into(),
        admin: admin.into(),
        vocabulary: shop.vocabulary,
        tree: shop.tree.into(),
        roles,
        realms,
        mount: mount.into(),
        warnings: shop.warnings,
        sets: papaya::HashMap::default(),
    })
}

impl Workshop<'_> {
    fn realm_id(&self, name: &Name) -> Option<RealmId> {
        let place = self.realms.keys().position(|known| known == name)?;
        u16::try_from(place).ok().map(RealmId)
    }

    /// Reads `GET,POST /orders/:id`.
    fn read_match(&mut self, text: &str) -> Result<Matched, (String, Cow<'static, str>)> {
        const FORM: &str = "write `GET /orders/:id`, `GET,POST /orders` or `* /files/*rest`";
        let slash = text.find('/').ok_or_else(|| (format!("`{text}` has no path"), FORM.into()))?;
        let (methods, path) = text.split_at(slash);
        if path.contains(['{', '}', '<', '>']) {
            return Err((
                format!("`{path}` has braces, which no request has as they stand"),
                "write `:id` for one segment, `*rest` for the rest".into(),
            ));
        }
        let pattern = Pattern::parse(path.trim_end()).map_err(|wrong| (wrong.to_string(), FORM.into()))?;
        let methods: Vec<&str> = methods.split(',').map(str::trim).collect();
        if methods == ["*"] {
            return Ok(Matched { asked: Asked::Every, pattern, methods: "*".into() });
        }
        let mut asked = Methods::default();
        for method in &methods {
            asked = asked.with(self.read_method(method)?);
        }
        if asked.meets(Methods::GET) {
            asked = asked.with(Methods::HEAD);
        }
        Ok(Matched { asked: Asked::Named(asked), pattern, methods: methods.join(",").into() })
    }

    fn read_method(&mut self, name: &str) -> Result<Methods, (String, Cow<'static, str>)> {
        const UPPER: &str = "methods are written in capitals: `GET`, `POST`, `PROPFIND`";
        if name == "*" {
            return Err(("`*` means all methods, and so stands alone".into(), "write `* /path`".into()));
        }
        if !is_method(name) {
            return Err((format!("`{name}` is no method"), UPPER.into()));
        }
        if is_never_allowed(name) {
            return Err((format!("{name} is never allowed"), "take it out".into()));
        }
        if let Some(meant) = mistyped(name) {
            return Err((format!("nobody knows a method `{name}`"), format!("did you mean `{meant}`?").into()));
        }
        let too_many =
            || ("more methods are named than can be told apart".into(), "64 at most, the common ones included".into());
        self.vocabulary.name(name).ok_or_else(too_many)
    }

    /// What guests of each realm may.
    fn guests(&mut self, roles: &BTreeMap<Name, Role>) -> Vec<Arc<Grants>> {
        let mut all = Vec::new();
        for (realm, settings) in &self.realms {
            let of_dialects = super::dialect::guest_roles(&self.settings.dialect, realm);
            for (place, name) in settings.guest_roles.iter().enumerate() {
                let source = self.settings.source(&format!("realm.{realm}.guest_roles.{place}"));
                if name.as_str() == role::ADMINISTRATOR {
                    let complaint = Complaint::new(source, "everybody would be an administrator");
                    self.complaints.push(complaint.fix("take `administrator` out"));
                } else if !roles.contains_key(name) {
                    let complaint = Complaint::new(source, format!("there is no role `{name}` yet: it grants nothing"));
                    let meant = nearest(name.as_str(), roles.keys().map(Name::as_str));
                    self.warnings.push(match meant {
                        Some(meant) => complaint.fix(format!("did you mean `{meant}`?")),
                        None => complaint.fix(format!("declare `[role.{name}]`")),
                    });
                }
            }
            let names: Vec<Name> = settings.guest_roles.iter().chain(of_dialects).cloned().collect();
            all.push(Arc::new(unite(&self.tree, roles, &names)));
        }
        all
    }
}

/// What roles grant together: what any of them allows, without what any of them denies. Unknown roles grant nothing.
pub(super) fn unite(tree: &Tree, roles: &BTreeMap<Name, Role>, names: &[Name]) -> Grants {
    let mut grants = Grants::none(tree.len());
    let known = || names.iter().filter_map(|name| roles.get(name));
    known().for_each(|role| grants.unite(&role.allowed));
    known().for_each(|role| grants.subtract(&role.denied));
    grants
}

/// Adds a route to a table. Hands back the first route of equal rank.
fn enter(table: &mut Table, routes: &mut Vec<Route>, asked: Asked, route: Route) -> Option<RouteId> {
    let id = RouteId(routes.len() as u32);
    let rivals = table.insert(route.host.as_deref(), &route.pattern, asked, id);
    routes.push(route);
    rivals.first().copied()
}

fn place(source: &Source) -> String {
    format!("{}:{}", source.file(), source.line())
}
