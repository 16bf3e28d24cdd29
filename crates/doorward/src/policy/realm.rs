//! A realm, compiled: how long its sessions last, what its guests may, what its cookie is called.

use std::sync::Arc;

use http::header::HeaderValue;

use super::acl::Grants;
use super::dialect;
use super::profile::Profile;
use super::settings::{RealmSettings, SameSite, Settings};
use super::siteaccess::Jar;
use crate::name::Name;
use crate::store::SessionLimit;

/// A realm of a policy.
#[derive(Clone, Debug)]
pub struct Realm {
    pub(super) name: Name,
    idle: u32,
    absolute: u32,
    remember: Option<u32>,
    limit: SessionLimit,
    basic_insecure: bool,
    /// Its session cookies: one of Doorward's own, or one for each dialect that is spoken to its users.
    pub(super) cookies: Box<[RealmCookie]>,
    /// `Basic realm="…", charset="UTF-8"` (RFC 7617, section 2.1).
    basic_challenge: HeaderValue,
    /// What a 401 says where Basic is of no use: where to log in, over https and over plain HTTP.
    cookie_challenges: [HeaderValue; 2],
    pub(super) guest_roles: Vec<Name>,
    /// What callers may whom no method authenticates.
    pub(super) guest: Arc<Grants>,
}

/// The session cookie of a realm.
#[derive(Clone, Debug)]
pub(super) struct RealmCookie {
    /// Whose clients know it by this name.
    pub(super) profile: &'static Profile,
    /// The siteaccess that it is for, where each has its own.
    siteaccess: Option<Box<str>>,
    /// Over https: with `__Host-`, or with `__Secure-` where several hosts share it.
    pub(super) secure: Box<str>,
    /// Over plain HTTP.
    pub(super) plain: Box<str>,
    pub(super) domain: Option<Box<str>>,
    pub(super) same_site: SameSite,
}

impl Realm {
    pub(super) fn compile(
        name: &Name,
        realm: &RealmSettings,
        settings: &Settings,
        mount: &str,
        guest: Arc<Grants>,
    ) -> Self {
        let administrators = settings.admin_realm().as_ref() == Some(name);
        let cookies = RealmCookie::all(name, realm, settings);
        let cookie = &cookies[0];
        let basic = settings.basic_in(name);
        let shown = basic.challenge.clone().unwrap_or_else(|| name.to_string());
        let basic_challenge = value(&format!("Basic realm=\"{}\", charset=\"UTF-8\"", quoted(&shown)));
        let of_dialect = || dialect::idle(&settings.dialect, name);
        let limit = SessionLimit { greatest: realm.sessions.max, when_full: realm.sessions.policy.into() };
        let log_in = |cookie: &str| {
            let text = format!("Cookie realm=\"{name}\", form-action=\"{mount}/login\", cookie-name=\"{cookie}\"");
            value(&text)
        };
        Self {
            name: name.clone(),
            idle: realm
                .session
                .idle
                .map(|idle| idle.0)
                .or_else(of_dialect)
                .unwrap_or(realm.session.idle(administrators).0),
            absolute: realm.session.absolute().0,
            remember: realm.session.remember.map(|period| period.0),
            limit: dialect::session_limit(&settings.dialect, name).unwrap_or(limit),
            basic_insecure: basic.allows_insecure(),
            cookie_challenges: [log_in(&cookie.plain), log_in(&cookie.secure)],
            basic_challenge,
            cookies,
            guest_roles: realm
                .guest_roles
                .iter()
                .chain(dialect::guest_roles(&settings.dialect, name))
                .cloned()
                .collect(),
            guest,
        }
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// A session ends when it was not used for so many seconds.
    pub fn idle(&self) -> u32 {
        self.idle
    }

    /// A session ends so many seconds after log-in, used or not.
    pub fn absolute(&self) -> u32 {
        self.absolute
    }

    /// How many seconds a session lasts when the person asks to stay logged in. None: asking has no effect.
    pub fn remember(&self) -> Option<u32> {
        self.remember
    }

    /// How many sessions a user may have.
    pub fn session_limit(&self) -> SessionLimit {
        self.limit
    }

    /// Whether Basic is accepted over plain HTTP.
    pub fn allows_insecure_basic(&self) -> bool {
        self.basic_insecure
    }

    /// The cookies that a client knows: a dialect's own, and else all.
    pub(super) fn cookies_for<'r>(&'r self, jar: Jar<'r>) -> impl Iterator<Item = &'r RealmCookie> {
        let name = jar.profile.name;
        let has = self.cookies.iter().any(|cookie| cookie.profile.name == name);
        let own = self.cookies.iter().filter(move |cookie| !has || cookie.profile.name == name);
        own.filter(move |cookie| match (&cookie.siteaccess, jar.siteaccess) {
            (Some(its), Some(meant)) => **its == *meant,
            _ => true,
        })
    }

    pub(super) fn basic_challenge(&self) -> &HeaderValue {
        &self.basic_challenge
    }

    pub(super) fn cookie_challenge(&self, secure: bool) -> &HeaderValue {
        &self.cookie_challenges[usize::from(secure)]
    }
}

impl RealmCookie {
    /// Clients of other systems know a cookie by the name that it has there, whatever the scheme.
    fn all(name: &Name, realm: &RealmSettings, settings: &Settings) -> Box<[Self]> {
        let own = Self::new(name, realm);
        let foreign = dialect::cookies_of(&settings.dialect, name);
        let all: Vec<Self> = foreign
            .into_iter()
            .map(|cookie| {
                let name: Box<str> = cookie.name.into();
                let siteaccess = cookie.siteaccess.map(Into::into);
                Self { profile: cookie.profile, siteaccess, secure: name.clone(), plain: name, ..own.clone() }
            })
            .collect();
        if all.is_empty() { [own].into() } else { all.into() }
    }

    fn new(name: &Name, realm: &RealmSettings) -> Self {
        let plain = match &realm.cookie.name {
            Some(name) => name.to_string(),
            None => format!("doorward-{name}"),
        };
        let prefix = if realm.cookie.domain.is_some() { "__Secure-" } else { "__Host-" };
        Self {
            profile: &Profile::DOORWARD,
            siteaccess: None,
            secure: format!("{prefix}{plain}").into(),
            plain: plain.into(),
            domain: realm.cookie.domain.as_deref().map(Into::into),
            same_site: realm.cookie.same_site,
        }
    }
}

/// The text for a quoted string (RFC 9110, section 5.6.4). What no header may have is left out.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).unwrap_or_else(|_| HeaderValue::from_static("Basic"))
}
