//! What a route asks for: credential, CSRF, access, in this order; then what it forces.

use std::sync::Arc;

use http::Method;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};

use super::identify::Identity;
use super::preflight::cors;
use super::{Engine, dialect, navigation};
use crate::head::Head;
use crate::path::PathError;
use crate::policy::{
    Access, Bound, DialectHit, ForceError, Found, MethodOverride, Place, Policy, Profile, RealmId, Wording,
    names_method,
};
use crate::refusal::{Reason, Refusal, Terms};
use crate::verdict::{Caller, Known, Pass};

impl Engine {
    pub(super) async fn decide(
        &self,
        policy: &Arc<Policy>,
        found: &Found<'_>,
        head: &Head<'_>,
        hit: Option<DialectHit<'_>>,
    ) -> Result<Box<Pass>, Refusal> {
        let route = found.route;
        if head.path.has_encoded_slash() && !route.encoded_slash {
            return Err(Reason::Path(PathError::EncodedSlash).into());
        }
        if !route.is_own() && head.query.is_some_and(names_method) {
            return Err(Reason::Malformed(
                "`_method` in the query: an upstream could take it for another method than was judged",
            )
            .into());
        }
        // A route that is about more than a dialect's root is not in its words; whoever is behind the root reads forms all the same.
        let spoken = hit.map_or(route.profile, |hit| hit.dialect.profile);
        if !route.is_own() && may_override_method(head, spoken) {
            return Err(Reason::Malformed("a form: an upstream could read another method in it than was judged").into());
        }
        let now = self.clock.now();
        // Where guests are challenged nothing but Basic says who somebody is.
        let is_stateless = hit.is_some_and(|hit| hit.place.challenges_guests);
        let expected = dialect::expected_user(route.profile, head);
        let looks = !route.is_anonymous() || route.identify || route.hands_csrf_token() || expected.is_some();
        let identity = match (looks, is_stateless) {
            (_, true) => self.identify_by_header(policy, route, head, now).await?,
            (true, false) => self.identify(policy, route, head, now).await?,
            (false, false) => Identity::guest(),
        };
        if is_stateless && identity.caller.known().is_none() {
            let challenge = policy.ez_challenge(route, head.client.secure);
            return Err(Refusal::with(Reason::NotLoggedIn, Terms { challenge, ..Terms::default() }));
        }
        if expected.is_some_and(|expected| !expected.is(&identity.caller)) {
            let terms = Terms { expired: identity.expired, ..Terms::default() };
            return Err(Refusal::with(Reason::UnexpectedUser, terms).of(&identity.caller));
        }
        self.check_csrf(policy, found, head, &identity).map_err(|refusal| refusal.of(&identity.caller))?;
        let bound = match self.check_access(policy, found, head, &identity.caller) {
            Ok(bound) => bound,
            Err(reason) => return Err(refuse(policy, found, head, reason, identity.expired).of(&identity.caller)),
        };
        if route.secure && !head.client.secure {
            let terms = Terms { expired: identity.expired, ..Terms::default() };
            return Err(Refusal::with(Reason::HttpsRequired, terms).of(&identity.caller));
        }
        let handed = self.token_to_hand_out(route, &identity, head, now)?;
        let (csrf_token, guest) = handed.map_or((None, None), |handed| (Some(handed.token), handed.cookie));
        // A box, because it goes through many hands.
        let mut pass = Box::new(Pass {
            policy: policy.clone(),
            route: found.id,
            path: head.path.is_rewritten().then(|| head.path.as_str().to_owned()),
            query: None,
            forced: None,
            bound,
            method: None,
            matched: None,
            csrf_token,
            guest,
            expired: identity.expired,
            cors: cors(found, head),
            secure: head.client.secure,
            caller: identity.caller,
        });
        match self.force(policy, found, head, &mut pass) {
            Ok(()) => Ok(pass),
            Err(refusal) => Err(refusal.of(&pass.caller)),
        }
    }

    /// Whether the caller may, and what of the request that depends on.
    fn check_access(
        &self,
        policy: &Policy,
        found: &Found<'_>,
        head: &Head<'_>,
        caller: &Caller,
    ) -> Result<Option<Bound>, Reason> {
        let siteaccess = || policy.siteaccess(found.route.profile, head.headers).ok().flatten();
        let bound = || found.route.limitations.read(found, head.query, siteaccess());
        match (&found.route.access, caller) {
            (Access::Anonymous, _) => Ok(None),
            (Access::SelfOnly, Caller::Known(known)) => {
                let user = &known.user;
                let attributes = Some(&user.attributes);
                match policy.may_self(found.route, head.path.as_str(), &user.realm, &user.roles, attributes) {
                    true => Ok(None),
                    false => Err(Reason::Forbidden("self".to_owned())),
                }
            }
            (Access::SelfOnly, Caller::Guest) => Err(Reason::NotLoggedIn),
            (Access::Deny, Caller::Known(_)) => Err(Reason::Undecided),
            (Access::Deny, Caller::Guest) => Err(Reason::NotLoggedIn),
            (Access::Resources(needed), Caller::Known(known)) => {
                if !policy.may_have_resources(found.route, &known.user.realm) {
                    return Err(Reason::Forbidden(found.route.asks.to_string()));
                }
                let suffice = policy.grants(&known.user.roles).suffice(needed, bound, Some(known.user.values()));
                suffice.map_err(|missing| Reason::Forbidden(policy.resources().name(missing).to_owned()))
            }
            (Access::Resources(needed), Caller::Guest) => {
                let may = |realm: &RealmId| policy.guest_grants(*realm).suffice(needed, bound, None).ok();
                let realms = found.route.realms.iter();
                let mut realms =
                    realms.filter(|realm| policy.may_have_resources(found.route, policy.realm(**realm).name()));
                realms.find_map(may).ok_or(Reason::NotLoggedIn)
            }
        }
    }

    /// Forces path, query and, for the door to apply, body.
    fn force(&self, policy: &Policy, found: &Found<'_>, head: &Head<'_>, pass: &mut Pass) -> Result<(), Refusal> {
        let Some(force) = &found.route.force else { return Ok(()) };
        let forced = match pass.caller.known() {
            Some(Known { user, .. }) if policy.is_no_customer(found.route, &user.realm) => force.resolve_without_user(),
            Some(Known { user, .. }) => force.resolve(user.values()).map_err(|error| match error {
                ForceError::MissingAttribute if policy.lacks_cart(found.route, user) => ForceError::NoCart,
                error => error,
            }),
            // On a route that guests may use, what would be theirs is dropped and nothing is set.
            None => Ok(force.resolve_for_guest()),
        };
        let forced = forced.map_err(Reason::Force)?;
        if !forced.path_matches(|name| found.decoded(name)) {
            return Err(Reason::NotFound.into());
        }
        match Place::of(head.method) {
            Place::Query if has_body(head.headers) => {
                return Err(Reason::Force(ForceError::UnsupportedMediaType).into());
            }
            Place::Query => pass.query = Some(forced.query(head.query).map_err(Reason::Force)?),
            // Magento's API reads no forms.
            Place::Body if found.route.profile.wording == Wording::Magento && sends_form(head) => {
                return Err(Reason::Force(ForceError::UnsupportedMediaType).into());
            }
            Place::Body => {
                pass.query = Some(forced.drop_from_query(head.query).map_err(Reason::Force)?);
                pass.forced = Some(forced);
            }
        }
        Ok(())
    }
}

impl Refusal {
    /// The same refusal, of this caller.
    fn of(mut self, caller: &Caller) -> Self {
        self.terms_mut().caller = caller.known().map(|known| known.user.shared());
        self
    }
}

/// A refusal with the terms that go with it.
pub(super) fn refuse(
    policy: &Policy,
    found: &Found<'_>,
    head: &Head<'_>,
    reason: Reason,
    expired: Vec<HeaderValue>,
) -> Refusal {
    let asks = reason.status() == http::StatusCode::UNAUTHORIZED;
    let challenge = asks.then(|| policy.challenge(found.route, head.client.secure, is_script(head))).flatten();
    let log_in = match reason {
        Reason::NotLoggedIn => navigation::log_in_page(policy, found, head),
        _ => None,
    };
    Refusal::with(reason, Terms { challenge, log_in, expired, ..Terms::default() })
}

/// Whether a form may name another method: nobody reads it here before the route is chosen. A dialect that has no forms answers
/// one so in any case.
fn may_override_method(head: &Head<'_>, profile: &Profile) -> bool {
    profile.overrides_method == MethodOverride::Post && *head.method == Method::POST && sends_form(head)
}

/// Whether the body is said to be a form.
fn sends_form(head: &Head<'_>) -> bool {
    let forms = ["application/x-www-form-urlencoded", "multipart/form-data"];
    let is_form = |value: &HeaderValue| {
        let kind = value.as_bytes().split(|byte| matches!(byte, b';' | b',')).next().unwrap_or_default().trim_ascii();
        forms.iter().any(|form| kind.eq_ignore_ascii_case(form.as_bytes()))
    };
    head.headers.get_all(CONTENT_TYPE).iter().any(is_form)
}

/// Whether a body follows the head, as far as HTTP/1.1 says so there. HTTP/2 need not: the door looks again.
fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    length || headers.contains_key(TRANSFER_ENCODING)
}

/// A script in a browser: a Basic challenge would open a dialogue in front of its user.
pub(super) fn is_script(head: &Head<'_>) -> bool {
    let mode = head.headers.get("sec-fetch-mode");
    head.headers.contains_key("x-requested-with") || mode.is_some_and(|mode| mode != "navigate")
}
