//! eZ Platform's siteaccesses: which one a request is for, what its session's cookie is called, and who may log in to it.

use http::HeaderMap;

use super::Policy;
use super::acl::ResourceId;
use super::binding::Bound;
use super::complaint::{Complaint, Complaints};
use super::profile::{Profile, Wording};
use super::settings::{EzSettings, Settings};
use super::site::Site;
use crate::clock::Time;
use crate::refusal::Reason;
use crate::user::User;

/// The resource that whoever logs in needs, and whoever is logged in: the policy `user/login`. Where the ACL does not have it,
/// nobody asks for it.
pub const LOGIN: &str = "Ez::user/login";
/// The header that names a siteaccess.
const HEADER: &str = "x-siteaccess";

/// Which session cookies a client knows: those of its profile, and of one siteaccess where each has its own.
#[derive(Clone, Copy, Debug)]
pub struct Jar<'p> {
    pub(super) profile: &'p Profile,
    pub(super) siteaccess: Option<&'p str>,
    /// When it is, where cookies that end say so.
    pub(super) now: Option<Time>,
}

impl Jar<'_> {
    /// The same at a time: eZ Platform's clients are told that a cookie has ended a year before.
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { now: Some(now), ..self }
    }
}

impl<'p> From<&'p Profile> for Jar<'p> {
    fn from(profile: &'p Profile) -> Self {
        Self { profile, siteaccess: None, now: None }
    }
}

impl Policy {
    /// The siteaccess that a request is for: that of the header, else the first one. None in other dialects.
    ///
    /// # Errors
    /// For a header that names none that the settings know, and for two headers.
    pub(crate) fn siteaccess(&self, profile: &Profile, headers: &HeaderMap) -> Result<Option<&str>, Reason> {
        let ez = self.dialect_settings().ez.as_ref().filter(|_| profile.wording == Wording::ErrorMessage);
        let Some(ez) = ez else { return Ok(None) };
        let mut lines = headers.get_all(HEADER).iter();
        let named = match (lines.next(), lines.next()) {
            (None, _) => return Ok(ez.siteaccesses().next()),
            (Some(only), None) => only.to_str().ok(),
            (Some(_), Some(_)) => None,
        };
        let known = named.and_then(|named| ez.siteaccesses().find(|known| *known == named));
        known.map(Some).ok_or(Reason::Malformed("X-Siteaccess names no siteaccess that is known here"))
    }

    /// The session cookies that the client of a request knows.
    pub fn jar<'p>(&'p self, profile: &'p Profile, headers: &HeaderMap) -> Jar<'p> {
        Jar { profile, siteaccess: self.siteaccess(profile, headers).ok().flatten(), now: None }
    }

    /// Whether a user may log in to the siteaccess that a request is for.
    pub(crate) fn may_log_in(&self, user: &User, profile: &Profile, headers: &HeaderMap) -> bool {
        let Ok(siteaccess) = self.siteaccess(profile, headers) else { return false };
        let (Some(siteaccess), Some(login)) = (siteaccess, self.log_in_resource()) else { return true };
        let grants = self.grants(&user.roles);
        grants.suffice(&[login], || Bound::siteaccess(siteaccess), Some(user.values())).is_ok()
    }

    fn log_in_resource(&self) -> Option<ResourceId> {
        self.resources().find(LOGIN)
    }
}

/// Complains about siteaccesses that no request could be for.
pub(super) fn check(settings: &Settings, complaints: &mut Complaints) {
    let Some(ez) = &settings.dialect.ez else { return };
    if ez.siteaccesses().next().is_none() || ez.siteaccesses().any(str::is_empty) {
        let complaint =
            settings.complaint("dialect.ez.siteaccess", "a siteaccess has a name, and there is one at least");
        complaints.push(complaint.fix("write `siteaccess = \"site\"`, or take it out"));
    }
}

/// A host that nobody reaches.
pub(super) fn doubt(settings: &Settings, site: &Site) -> Option<Complaint> {
    let host = &settings.dialect.ez.as_ref()?.basic_host;
    if host.is_empty() || site.hosts.contains(host.as_str()) {
        return None;
    }
    let text = format!("`{host}` is not served here: whoever asks for it gets 421");
    let fix = format!("name it in `public_url`, too: `https://{host}`");
    Some(settings.complaint("dialect.ez.basic_host", text).fix(fix))
}

impl EzSettings {
    /// The siteaccesses, the usual one first.
    pub fn siteaccesses(&self) -> impl Iterator<Item = &str> {
        self.siteaccess.iter().map(String::as_str)
    }
}
