//! The cookies that Doorward gives, by realm and scheme.

use http::header::HeaderValue;

use super::Policy;
use super::realm::{Realm, RealmCookie};
use super::route::RealmId;
use super::settings::{Listener, SameSite, Settings};
use super::siteaccess::Jar;
use super::words::Origin;
use crate::clock::Time;
use crate::cookie::SetCookie;

/// What the cookies of devices and guests are called, and whether plain HTTP gets any.
#[derive(Clone, Debug)]
pub(super) struct Cookies {
    /// Whether cookies are given over plain HTTP.
    plain: bool,
    /// Names without a prefix, in lower case.
    names: Box<[Box<str>]>,
}

const DEVICE: [&str; 2] = ["doorward-device", "__Host-doorward-device"];
const GUEST: [&str; 2] = ["doorward-guest", "__Host-doorward-guest"];
const YEAR: u32 = 365 * 86_400;

impl Cookies {
    pub(super) fn compile(settings: &Settings, realms: &[Realm]) -> Self {
        let cookies = realms.iter().flat_map(|realm| &realm.cookies);
        let realms = cookies.map(|cookie| cookie.plain.to_ascii_lowercase().into_boxed_str());
        let others = [DEVICE[0], GUEST[0]].map(Box::from);
        Self { plain: settings.allow_plain_http || is_plain_at_home(settings), names: realms.chain(others).collect() }
    }

    fn is_own(&self, name: &str) -> bool {
        let bare = name.strip_prefix("__host-").or_else(|| name.strip_prefix("__secure-")).unwrap_or(name);
        bare.starts_with("doorward-") || self.names.iter().any(|own| **own == *bare)
    }
}

/// Whether plain HTTP is meant, and only this machine can speak it. An origin on this machine is no word about a listener that
/// others can connect to.
fn is_plain_at_home(settings: &Settings) -> bool {
    let is_meant = match &settings.public_url[..] {
        [] => settings.tls.is_none(),
        origins => origins.iter().any(|origin: &Origin| !origin.is_secure() && origin.is_loopback()),
    };
    // What sends everybody to https gives no cookies.
    let speaks_plain = |listener: &&Listener| (settings.tls.is_none() || listener.plain) && !listener.redirect_to_https;
    is_meant
        && settings.listen.iter().chain(settings.admin_listen.iter()).filter(speaks_plain).all(Listener::is_at_home)
}

impl Policy {
    /// What the session cookie of a realm is called. None over plain HTTP, where none is given.
    pub fn cookie_name(&self, realm: RealmId, secure: bool) -> Option<&str> {
        let cookie = self.realm(realm).cookies.first()?;
        match (secure, self.cookies.plain) {
            (true, _) => Some(&cookie.secure),
            (false, true) => Some(&cookie.plain),
            (false, false) => None,
        }
    }

    /// The names under which a client shows its session: a dialect's own where it is one, and else all that the
    /// realm has. Empty over plain HTTP, where none is given.
    pub fn cookie_names<'p>(
        &'p self,
        realm: RealmId,
        secure: bool,
        jar: impl Into<Jar<'p>>,
    ) -> impl Iterator<Item = &'p str> + 'p {
        let given = secure || self.cookies.plain;
        let cookies = self.realm(realm).cookies_for(jar.into()).filter(move |_| given);
        cookies.map(move |cookie| if secure { &*cookie.secure } else { &*cookie.plain })
    }

    /// What they are called over https, whatever the request came by.
    pub(crate) fn secure_cookie_names(&self, realm: RealmId) -> impl Iterator<Item = &str> {
        self.realm(realm).cookies.iter().map(|cookie| &*cookie.secure)
    }

    /// The session's cookies with a token. They last as long as the browser runs, or `max_age` seconds. None over plain HTTP,
    /// where none is given.
    pub(crate) fn session_cookies<'p>(
        &'p self,
        realm: RealmId,
        secure: bool,
        jar: impl Into<Jar<'p>>,
        token: &str,
        max_age: Option<u32>,
    ) -> Vec<HeaderValue> {
        if !secure && !self.cookies.plain {
            return Vec::new();
        }
        let cookies = self.realm(realm).cookies_for(jar.into());
        cookies.map(|cookie| realm_cookie(cookie, secure).value(token).max_age(max_age).header()).collect()
    }

    /// The session's cookies, ended.
    pub fn expired_cookies<'p>(&'p self, realm: RealmId, secure: bool, jar: impl Into<Jar<'p>>) -> Vec<HeaderValue> {
        let jar = jar.into();
        self.realm(realm).cookies_for(jar).map(|cookie| ended(cookie, secure, jar.now)).collect()
    }

    /// One of the session's cookies, ended.
    pub(crate) fn expired_cookie(&self, realm: RealmId, secure: bool, name: &str, now: Time) -> Option<HeaderValue> {
        let is_named = |cookie: &&RealmCookie| name == if secure { &*cookie.secure } else { &*cookie.plain };
        let cookie = self.realm(realm).cookies.iter().find(is_named)?;
        Some(ended(cookie, secure, Some(now)))
    }

    pub(crate) fn device_cookie(&self, secure: bool) -> &'static str {
        DEVICE[usize::from(secure)]
    }

    pub(crate) fn device_set_cookie(&self, secure: bool, text: &str) -> HeaderValue {
        let cookie = SetCookie::new(self.device_cookie(secure)).secure(secure).same_site(SameSite::Strict);
        cookie.value(text).max_age(Some(YEAR)).header()
    }

    /// The cookie that a guest's CSRF token is bound to. None over plain HTTP, where none is given.
    pub(crate) fn guest_cookie(&self, secure: bool) -> Option<&'static str> {
        (secure || self.cookies.plain).then_some(GUEST[usize::from(secure)])
    }

    pub(crate) fn guest_set_cookie(&self, secure: bool, text: &str) -> Option<HeaderValue> {
        let name = self.guest_cookie(secure)?;
        Some(SetCookie::new(name).secure(secure).same_site(SameSite::Strict).value(text).header())
    }

    /// Whether a cookie of this name, in lower case, is Doorward's own. No upstream gets or sets one.
    pub fn is_own_cookie(&self, name: &str) -> bool {
        self.cookies.is_own(name)
    }
}

/// A cookie that ends. Where a dialect gives it a value, it is also told when it has ended, as there: a year ago.
fn ended(cookie: &RealmCookie, secure: bool, now: Option<Time>) -> HeaderValue {
    let value = cookie.profile.expired_cookie;
    let expires = now.filter(|_| !value.is_empty()).map(|now| now.saturating_sub(YEAR));
    realm_cookie(cookie, secure).value(value).max_age(Some(0)).expires(expires).header()
}

fn realm_cookie(cookie: &RealmCookie, secure: bool) -> SetCookie<'_> {
    let name = if secure { &cookie.secure } else { &cookie.plain };
    let domain = if secure { cookie.domain.as_deref() } else { None };
    // Browsers take `SameSite=None` over https only.
    let same_site = if secure || cookie.same_site != SameSite::None { cookie.same_site } else { SameSite::Lax };
    SetCookie::new(name).secure(secure).domain(domain).same_site(same_site)
}
