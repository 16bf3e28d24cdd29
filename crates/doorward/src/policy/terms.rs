//! What the settings say for all routes alike.

use http::HeaderName;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use super::Policy;
use super::profile::{Profile, Wording};
use super::realm::quoted;
use super::route::{RealmId, Route};
use super::settings::Settings;
use crate::fields::Fields;
use crate::name::Name;
use crate::password::Cost;

static NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
static SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
static NO_FRAMES: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'");

/// Settings that decisions need, in the form that they need.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    csrf_header: HeaderName,
    report_only: bool,
    audit_retention: u32,
    audits_refusals: bool,
    password_cost: Cost,
    admin_realm: Option<Name>,
    protects: bool,
    transport_security: HeaderValue,
}

impl Terms {
    pub(super) fn compile(settings: &Settings) -> Self {
        let header = HeaderName::from_bytes(settings.csrf.header.as_bytes());
        let memory_kib = settings.password.memory.0 / 1_024;
        Self {
            csrf_header: header.unwrap_or(HeaderName::from_static("x-csrf")),
            report_only: settings.csrf.report_only,
            audit_retention: settings.audit.retention.0,
            audits_refusals: settings.audit.refusals,
            password_cost: Cost {
                memory: u32::try_from(memory_kib).unwrap_or(u32::MAX),
                passes: settings.password.passes,
            },
            admin_realm: settings.admin_realm(),
            protects: settings.headers.protect,
            transport_security: HeaderValue::from_static(match settings.headers.hsts_preload {
                true => "max-age=63072000; includeSubDomains; preload",
                false => "max-age=63072000; includeSubDomains",
            }),
        }
    }
}

impl Policy {
    /// The header that carries a CSRF token.
    pub fn csrf_header(&self) -> &HeaderName {
        &self.terms.csrf_header
    }

    /// Whether forged requests to this route are only counted. Doorward's own resources are always protected.
    pub fn only_reports_csrf(&self, route: &Route) -> bool {
        self.terms.report_only && !route.is_own()
    }

    /// How many seconds audit events are kept.
    pub fn audit_retention(&self) -> u32 {
        self.terms.audit_retention
    }

    /// Whether refused requests are audited.
    pub fn audits_refusals(&self) -> bool {
        self.terms.audits_refusals
    }

    /// What a new hash costs.
    pub fn password_cost(&self) -> Cost {
        self.terms.password_cost
    }

    /// The realm of administrators.
    pub fn admin_realm(&self) -> Option<&Name> {
        self.terms.admin_realm.as_ref()
    }

    /// Adds the headers that protect browsers, each where the upstream sent none.
    pub(crate) fn protect(&self, secure: bool, fields: &mut impl Fields) {
        if !self.terms.protects {
            return;
        }
        let mut add = |name: &HeaderName, value: &HeaderValue| {
            if !fields.has(name) {
                fields.add(name, value);
            }
        };
        add(&X_CONTENT_TYPE_OPTIONS, &NO_SNIFFING);
        add(&REFERRER_POLICY, &SAME_ORIGIN);
        if secure {
            add(&STRICT_TRANSPORT_SECURITY, &self.terms.transport_security);
        }
        // An upstream that allows frames by the older header means it.
        if !fields.has(&X_FRAME_OPTIONS) && !fields.has(&CONTENT_SECURITY_POLICY) {
            fields.add(&CONTENT_SECURITY_POLICY, &NO_FRAMES);
        }
    }

    /// What a 401 says to somebody who is to log in to this realm.
    pub fn log_in_challenge(&self, realm: RealmId, secure: bool) -> HeaderValue {
        self.realm(realm).cookie_challenge(secure).clone()
    }

    /// What eZ Platform's dialect asks a browser for. Not over plain HTTP, where credentials would not be read.
    pub(crate) fn ez_challenge(&self, route: &Route, secure: bool) -> Option<HeaderValue> {
        let ez = self.dialect_settings.ez.as_ref()?;
        let realm = self.realm(*route.basic.first()?);
        let asks = route.profile.wording == Wording::ErrorMessage && (secure || realm.allows_insecure_basic());
        asks.then(|| HeaderValue::try_from(format!("Basic realm=\"{}\"", quoted(&ez.challenge))).ok()).flatten()
    }

    /// What a 401 says about how to authenticate on a route (RFC 9110, section 11.6.1). A script in a browser is never
    /// asked for Basic: that would open a dialogue in front of its user.
    pub(crate) fn challenge(&self, route: &Route, secure: bool, is_script: bool) -> Option<HeaderValue> {
        let Profile { challenges: true, .. } = route.profile else { return None };
        let basic = route.basic.iter().map(|id| self.realm(*id));
        let basic = basic.into_iter().find(|realm| secure || realm.allows_insecure_basic());
        if let Some(realm) = basic.filter(|_| !is_script) {
            return Some(realm.basic_challenge().clone());
        }
        let realm = route.realms.first()?;
        Some(self.realm(*realm).cookie_challenge(secure).clone())
    }
}
