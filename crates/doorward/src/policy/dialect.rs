//! The dialects that the settings speak: where, with whom, and under which cookie.

use std::fmt::Write as _;
use std::sync::Arc;

use http::HeaderMap;
use md5::{Digest as _, Md5};

use super::Policy;
use super::complaint::{Complaints, nearest};
use super::kirby;
use super::magento;
use super::pattern::{Pattern, literal_path};
use super::profile::{Profile, Wording};
use super::route::{RealmId, Route};
use super::settings::{CorsSettings, Dialects, EzSettings, EzVendor, MagentoCompat, Settings};
use crate::head::canonical_host;
use crate::name::Name;
use crate::speech::Speech;
use crate::store::{SessionLimit, WhenFull};
use crate::throttle::Lockout;

/// A dialect, as these settings speak it.
#[derive(Clone, Debug)]
pub struct SpokenDialect {
    /// How it reads requests and words refusals.
    pub profile: &'static Profile,
    /// Who logs in by it, the first one first.
    pub realms: Box<[RealmId]>,
    /// What scripts of other origins may do below its root, where its own settings say so.
    pub cors: Option<Arc<CorsSettings>>,
    places: Box<[DialectPlace]>,
}

/// Where a dialect is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialectPlace {
    /// The path below which it is spoken, without a slash at its end.
    pub root: Box<str>,
    /// The only host where it is; any, when absent.
    pub host: Option<Box<str>>,
    /// Whether whoever is not logged in is asked for Basic credentials.
    pub challenges_guests: bool,
}

/// A place where a dialect is spoken, and which one.
#[derive(Clone, Copy, Debug)]
pub struct DialectHit<'p> {
    /// The dialect.
    pub dialect: &'p SpokenDialect,
    /// The place.
    pub place: &'p DialectPlace,
}

impl DialectHit<'_> {
    /// Whether this is another root than the usual one: what is found below the one is found below the other.
    pub(crate) fn is_elsewhere(&self) -> bool {
        *self.place.root != *self.dialect.root()
    }
}

impl DialectPlace {
    fn has(&self, host: &str, path: &str) -> bool {
        self.covers(path) && self.host.as_deref().is_none_or(|own| own == host)
    }

    /// Whether a path is its root or below it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&*self.root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl SpokenDialect {
    /// Where it is spoken; the first place is the usual one.
    pub fn places(&self) -> &[DialectPlace] {
        &self.places
    }

    /// The path below which it is spoken usually.
    pub fn root(&self) -> &str {
        self.places.first().map_or("", |place| &place.root)
    }
}

impl Policy {
    /// The dialect that is spoken below a path, and the place: that of a host before that of any, a longer root before a
    /// shorter one.
    pub fn dialect_at(&self, host: &str, path: &str) -> Option<DialectHit<'_>> {
        let places = self.dialects.iter().flat_map(|dialect| {
            let hit = move |place| DialectHit { dialect, place };
            dialect.places.iter().map(hit)
        });
        let here = places.filter(|hit| hit.place.has(host, path));
        here.max_by_key(|hit| (hit.place.host.is_some(), hit.place.root.len()))
    }

    /// How whoever asks for a path wants to be answered by Doorward itself; nothing special where no dialect is spoken.
    pub fn speech(&self, host: &str, path: &str, headers: &HeaderMap) -> Option<Speech> {
        Speech::read(self, self.dialect_at(host, path)?.dialect.profile, headers)
    }

    /// Whether a dialect's own settings let scripts of this origin act for whoever is logged in.
    pub(crate) fn dialect_lists(&self, route: &Route, origin: &str) -> bool {
        let dialect = self.dialect(route.profile).filter(|dialect| dialect.cors.is_some());
        let cors = dialect.and(route.cors.as_ref()).filter(|cors| cors.credentials);
        cors.is_some_and(|cors| cors.lists(origin))
    }

    /// The dialect with this profile, where it is spoken.
    pub fn dialect(&self, profile: &Profile) -> Option<&SpokenDialect> {
        self.dialects.iter().find(|dialect| dialect.profile.name == profile.name)
    }

    /// Whether Basic is accepted over plain HTTP from users of a realm, on routes with a profile.
    pub(crate) fn allows_insecure_basic(&self, profile: &Profile, realm: RealmId) -> bool {
        match (profile.wording, &self.dialect_settings.kirby) {
            (Wording::Kirby, Some(kirby)) => kirby.allow_insecure,
            _ => self.realm(realm).allows_insecure_basic(),
        }
    }

    /// How many failures of an account are borne from one network, where a dialect says it.
    pub(crate) fn lockout(&self, realm: RealmId) -> Option<Lockout> {
        let magento = self.dialect_settings.magento.as_ref()?;
        match self.realm(realm).name() {
            name if *name == magento.customers => Some(Lockout { failures: magento.lockout_failures, wait: 600 }),
            name if *name == magento.admins => Some(Lockout { failures: 6, wait: 1_800 }),
            _ => None,
        }
    }

    /// What the settings say about dialects.
    pub fn dialect_settings(&self) -> &Dialects {
        &self.dialect_settings
    }
}

/// The dialects of these settings. Realms that are not there are complained about.
pub(super) fn compile(
    settings: &Settings,
    realm_id: &dyn Fn(&Name) -> Option<RealmId>,
    complaints: &mut Complaints,
) -> Box<[SpokenDialect]> {
    magento::check(settings, complaints);
    let spoken = stated(&settings.dialect);
    let dialects = spoken.into_iter().map(|stated| {
        let Stated { profile, realms, places, .. } = stated;
        let found = realms.iter().filter_map(|(_, realm)| realm_id(realm)).collect();
        for (key, realm) in realms.iter().filter(|(_, realm)| realm_id(realm).is_none()) {
            let path = format!("dialect.{}.{key}", profile.name);
            let complaint = settings.complaint(&path, format!("there is no realm `{realm}`"));
            let known = settings.realms();
            complaints.push(match nearest(realm.as_str(), known.keys().map(Name::as_str)) {
                Some(meant) => complaint.fix(format!("did you mean `{meant}`?")),
                None => complaint.fix(format!("declare `[realm.{realm}]`, or name another one: `{key} = \"…\"`")),
            });
        }
        let mut read = Vec::new();
        for (key, root, host, challenges_guests) in places {
            let path = format!("dialect.{}.{key}", profile.name);
            match literal_path(&root) {
                Ok(root) => {
                    let host =
                        host.map(|host| canonical_host(&host, true).map_or_else(|| host.clone(), Into::into).into());
                    read.push(DialectPlace { root: root.into(), host, challenges_guests });
                }
                Err(wrong) => {
                    let complaint = settings.complaint(&path, format!("`{root}` is no path: {wrong}"));
                    complaints.push(complaint.fix(format!("write `{}`, or take it out", profile.prefix)));
                }
            }
        }
        let is_kirby = profile.wording == Wording::Kirby;
        let cors = settings.dialect.kirby.as_ref().filter(|_| is_kirby).and_then(|kirby| match kirby::cors(kirby) {
            Ok(cors) => cors.map(Arc::new),
            Err((text, fix)) => {
                complaints.push(settings.complaint("dialect.kirby.cors", text).fix(fix));
                None
            }
        });
        SpokenDialect { profile, realms: found, cors, places: read.into() }
    });
    dialects.collect()
}

/// Where which dialect is spoken, for the routes of files.
pub(super) fn roots(dialects: &Dialects) -> Vec<(&'static Profile, Pattern)> {
    let places = stated(dialects).into_iter().flat_map(|stated| {
        let profile = stated.profile;
        stated.places.into_iter().filter_map(move |(_, root, ..)| Some((profile, Pattern::parse(&root).ok()?)))
    });
    places.collect()
}

/// A session cookie that a dialect gives a name to.
pub(super) struct DialectCookie {
    pub(super) profile: &'static Profile,
    /// The siteaccess that it is for, where each has its own.
    pub(super) siteaccess: Option<String>,
    pub(super) name: String,
}

/// The session cookies of a realm that dialects give names to.
pub(super) fn cookies_of(dialects: &Dialects, realm: &Name) -> Vec<DialectCookie> {
    let mut found = Vec::new();
    for stated in stated(dialects) {
        let own = stated.realms.iter().zip(&stated.cookies).filter(|((_, named), _)| *named == realm);
        let cookie = |(siteaccess, name): &(Option<String>, String)| DialectCookie {
            profile: stated.profile,
            siteaccess: siteaccess.clone(),
            name: name.clone(),
        };
        found.extend(own.flat_map(|(_, cookies)| cookies.iter().map(cookie)));
    }
    found
}

/// How long a session of a realm may be unused, where a dialect says it.
pub(super) fn idle(dialects: &Dialects, realm: &Name) -> Option<u32> {
    let magento = dialects.magento.as_ref()?;
    match realm {
        name if *name == magento.customers => Some(magento.session_lifetime.0),
        name if *name == magento.admins => Some(900),
        _ => None,
    }
}

/// How many sessions a user of a realm may have, where a dialect says it.
pub(super) fn session_limit(dialects: &Dialects, realm: &Name) -> Option<SessionLimit> {
    let magento =
        dialects.magento.as_ref().filter(|magento| magento.admins == *realm && magento.customers != *realm)?;
    let alone = SessionLimit { greatest: 1, when_full: WhenFull::EvictOldest };
    (!magento.admin_account_sharing).then_some(alone)
}

/// Roles that dialects give to whoever is not logged in.
pub(super) fn guest_roles<'s>(dialects: &'s Dialects, realm: &Name) -> &'s [Name] {
    match &dialects.ez {
        Some(ez) if ez.users == *realm => &ez.anonymous_roles,
        _ => &[],
    }
}

/// The realm of a dialect that has only one: below its root nobody else is meant.
pub(super) fn only_realm<'s>(dialects: &'s Dialects, profile: &Profile) -> Option<&'s Name> {
    let stated = stated(dialects).into_iter().find(|stated| stated.profile.name == profile.name)?;
    match stated.realms[..] {
        [(_, realm)] => Some(realm),
        _ => None,
    }
}

/// What the settings of a dialect say, in one form for all.
struct Stated<'s> {
    profile: &'static Profile,
    /// Keys, and the realms that they name.
    realms: Vec<(&'static str, &'s Name)>,
    /// The cookies of each: for which siteaccess, and what it is called.
    cookies: Vec<Vec<(Option<String>, String)>>,
    /// Keys, roots, hosts, and whether guests are challenged.
    places: Vec<(&'static str, String, Option<String>, bool)>,
}

fn stated(dialects: &Dialects) -> Vec<Stated<'_>> {
    let mut all = Vec::new();
    if let Some(ez) = &dialects.ez {
        let mut places = vec![("root", ez.root().to_owned(), None, false)];
        if !ez.basic_root.is_empty() {
            places.push(("basic_root", ez.basic_root.clone(), None, ez.basic));
        }
        if !ez.basic_host.is_empty() {
            places.push(("root", ez.root().to_owned(), Some(ez.basic_host.clone()), ez.basic));
        }
        let (realms, cookies) = (vec![("users", &ez.users)], vec![ez.cookies()]);
        all.push(Stated { profile: &Profile::EZ, realms, cookies, places });
    }
    if let Some(kirby) = &dialects.kirby {
        let places = vec![("root", kirby.root.clone(), None, false)];
        let (realms, cookies) = (vec![("users", &kirby.users)], vec![vec![(None, "kirby_session".to_owned())]]);
        all.push(Stated { profile: &Profile::KIRBY, realms, cookies, places });
    }
    if let Some(magento) = &dialects.magento {
        let places = vec![("root", magento.root.clone(), None, false)];
        let realms = vec![("customers", &magento.customers), ("admins", &magento.admins)];
        let cookies = vec![vec![(None, "PHPSESSID".to_owned())], vec![(None, "admin".to_owned())]];
        let profile = match magento.compat {
            MagentoCompat::Strict => &Profile::MAGENTO,
            MagentoCompat::Exact => &Profile::MAGENTO_EXACT,
        };
        all.push(Stated { profile, realms, cookies, places });
    }
    all
}

impl EzSettings {
    /// What the cookie of each siteaccess is called, or of all, where the name does not tell them apart.
    fn cookies(&self) -> Vec<(Option<String>, String)> {
        let mut all: Vec<_> = self.siteaccesses().map(|site| (Some(site.to_owned()), self.cookie(site))).collect();
        all.dedup_by(|two, one| two.1 == one.1);
        if let [(siteaccess, _)] = &mut all[..] {
            *siteaccess = None;
        }
        all
    }

    /// What the session's cookie is called for a siteaccess: as there, a name without the usual beginning gets it, and where the name says
    /// so, or is the usual one, the MD5 of the siteaccess stands in it. Nothing is protected by that MD5.
    pub fn cookie(&self, siteaccess: &str) -> String {
        const MARKER: &str = "{siteaccess_hash}";
        let usual = match self.vendor {
            EzVendor::Ez => "eZSESSID",
            EzVendor::Ibexa => "IBX_SESSION_ID",
        };
        let mut name = match self.session_name.as_str() {
            // Whoever says nothing about the name gets the vendor's own.
            "" | "eZSESSID" | "IBX_SESSION_ID" => format!("{usual}{MARKER}"),
            name if name.starts_with(usual) => name.to_owned(),
            name => format!("{usual}_{name}"),
        };
        let mut hash = String::with_capacity(32);
        for byte in Md5::digest(siteaccess.as_bytes()) {
            let _ = write!(hash, "{byte:02x}");
        }
        name = name.replace(MARKER, &hash);
        // What no name of a cookie may have (RFC 9110, section 5.6.2) would make it another one, or none.
        name.retain(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_of_ez_is_named_after_the_siteaccess() {
        assert_eq!(EzSettings::default().cookie("site"), "eZSESSID98defd6ee70dfb1dea416cecdf391f58");
        let ibexa = EzSettings { vendor: EzVendor::Ibexa, ..EzSettings::default() };
        assert_eq!(ibexa.cookie("site"), "IBX_SESSION_ID98defd6ee70dfb1dea416cecdf391f58");
        let named = |name: &str| EzSettings { session_name: name.into(), ..EzSettings::default() }.cookie("site");
        assert_eq!(named("shop"), "eZSESSID_shop");
        assert_eq!(named("eZSESSID_shop{siteaccess_hash}"), "eZSESSID_shop98defd6ee70dfb1dea416cecdf391f58");
    }

    #[test]
    fn a_dialect_is_spoken_below_its_root_and_nowhere_else() {
        let place = DialectPlace { root: "/api".into(), host: None, challenges_guests: false };
        assert!(place.has("a", "/api") && place.has("a", "/api/site"));
        assert!(!place.has("a", "/apis") && !place.has("a", "/"));
        let place = DialectPlace { host: Some("api.example".into()), ..place };
        assert!(place.has("api.example", "/api") && !place.has("a", "/api"));
    }
}
