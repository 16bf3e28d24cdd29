//! One decision: path, route, credential, CSRF, access, in this order.

use std::sync::Arc;

use http::header::{ALLOW, CONTENT_LENGTH, HeaderMap, HeaderValue, ORIGIN, TRANSFER_ENCODING, UPGRADE};
use http::{Method, StatusCode};

use super::identify::Identity;
use super::preflight::{cors, is_preflight, preflight};
use super::proof::{Sent, sent_token};
use super::{Engine, dialect, magento, navigation};
use crate::csrf::{self, Check, CsrfRefusal, Evidence, TokenState};
use crate::head::Head;
use crate::path::PathError;
use crate::policy::{
    Access, Allow, CrossOrigin, Csrf, DialectHit, ForceError, Found, Match, Options, Place, Policy, Values,
};
use crate::refusal::{Reason, Refusal, Terms};
use crate::verdict::{Answer, Caller, Known, Method as Sign, Pass, Verdict};

impl Engine {
    /// Decides about one request. With a session that is known it asks nobody: two tables, in memory.
    ///
    /// ```no_run
    /// # async fn example(engine: &doorward::Engine, head: doorward::Head<'_>) {
    /// use doorward::Verdict;
    /// match engine.judge(&head).await {
    ///     Verdict::Allow(pass) => println!("{}", pass.route()),
    ///     Verdict::Deny(refusal) => println!("{}", refusal.code()),
    ///     Verdict::Answer(_) => println!("a preflight"),
    /// }
    /// # }
    /// ```
    pub async fn judge(&self, head: &Head<'_>) -> Verdict {
        let policy = self.policy.load_full();
        let Some(hit) = policy.dialect_at(&head.host, head.path.as_str()) else {
            return self.judge_as(&policy, head, head.path.as_str(), None).await;
        };
        let profile = hit.dialect.profile;
        let refused = |reason: Reason| {
            let speech = dialect::speech(&policy, profile, "", head);
            Verdict::Deny(Refusal::with(reason, Terms { speech, secure: head.client.secure, ..Terms::default() }))
        };
        let method = match dialect::meant_method(profile, head) {
            Ok(method) => method,
            Err(reason) => return refused(reason),
        };
        let meant = Head { method: method.as_ref().unwrap_or(head.method), ..head.clone() };
        let path = match dialect::matched_path(&policy, hit, meant.method, meant.path.as_str()) {
            Ok(path) => path,
            Err(reason) => return refused(reason),
        };
        let verdict = self.judge_as(&policy, &meant, &path, Some(hit)).await;
        verdict.meant(method.clone(), head.path.as_str(), &path)
    }

    /// Judges a request that is meant as `head` says, and whose route is found by `path`.
    async fn judge_as(
        &self,
        policy: &Arc<Policy>,
        head: &Head<'_>,
        path: &str,
        hit: Option<DialectHit<'_>>,
    ) -> Verdict {
        let spoken = |verdict: Verdict| match (verdict, hit) {
            (Verdict::Deny(mut refusal), Some(hit)) => {
                let terms = refusal.terms_mut();
                terms.speech = dialect::speech(policy, hit.dialect.profile, "", head);
                terms.cors = hit.dialect.cors.as_ref().and_then(|cors| CrossOrigin::of(head.header(ORIGIN), cors));
                Verdict::Deny(refusal)
            }
            (verdict, _) => verdict,
        };
        let found = match policy.find(head.door, head.method, &head.host, path) {
            Match::Route(found) => found,
            Match::MethodNotAllowed(allow) => return spoken(missing_method(policy, head, &allow, hit)),
            // In a dialect a method that nobody knows is one that the path does not have.
            Match::UnknownMethod if hit.is_some() => match policy.allowed(head.door, &head.host, path) {
                Some(allow) => return spoken(missing_method(policy, head, &allow, hit)),
                None => return spoken(undeclared(policy, head, Reason::NotFound)),
            },
            Match::UnknownMethod => return spoken(undeclared(policy, head, Reason::UnknownMethod)),
            Match::NotFound => return spoken(undeclared(policy, head, Reason::NotFound)),
        };
        if !serves(policy, head) && !found.route.any_host {
            return Verdict::Deny(Reason::Misdirected.into());
        }
        if *head.method == Method::OPTIONS
            && is_preflight(head)
            && let Some(answer) = preflight(policy, head, hit)
        {
            return Verdict::Answer(answer);
        }
        match self.decide(policy, &found, head, hit).await {
            Ok(pass) => Verdict::Allow(pass),
            Err(mut refusal) => {
                let terms = refusal.terms_mut();
                terms.secure = head.client.secure;
                terms.route = Some(found.id);
                terms.cors = cors(&found, head);
                terms.speech = dialect::speech(policy, found.route.profile, &found.route.asks, head);
                Verdict::Deny(refusal)
            }
        }
    }

    async fn decide(
        &self,
        policy: &Arc<Policy>,
        found: &Found<'_>,
        head: &Head<'_>,
        hit: Option<DialectHit<'_>>,
    ) -> Result<Pass, Refusal> {
        let route = found.route;
        if head.path.has_encoded_slash() && !route.encoded_slash {
            return Err(Reason::Path(PathError::EncodedSlash).into());
        }
        if !route.is_own() && overrides_method(head.query) {
            return Err(Reason::Malformed(
                "`_method` in the query: an upstream could take it for another method than was judged",
            )
            .into());
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
        let access = self.check_access(policy, found, head, &identity.caller);
        if let Err(reason) = access {
            return Err(refuse(policy, found, head, reason, identity.expired).of(&identity.caller));
        }
        if route.secure && !head.client.secure {
            let terms = Terms { expired: identity.expired, ..Terms::default() };
            return Err(Refusal::with(Reason::HttpsRequired, terms).of(&identity.caller));
        }
        let handed = self.token_to_hand_out(route, &identity, head, now)?;
        let (csrf_token, guest) = handed.map_or((None, None), |handed| (Some(handed.token), handed.cookie));
        let mut pass = Pass {
            policy: policy.clone(),
            route: found.id,
            path: head.path.is_rewritten().then(|| head.path.as_str().to_owned()),
            query: None,
            forced: None,
            method: None,
            matched: None,
            csrf_token,
            guest,
            expired: identity.expired,
            cors: cors(found, head),
            secure: head.client.secure,
            caller: identity.caller,
        };
        match self.force(found, head, &mut pass) {
            Ok(()) => Ok(pass),
            Err(refusal) => Err(refusal.of(&pass.caller)),
        }
    }

    fn check_csrf(
        &self,
        policy: &Policy,
        found: &Found<'_>,
        head: &Head<'_>,
        identity: &Identity<'_>,
    ) -> Result<(), Refusal> {
        let is_safe = matches!(*head.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let by_session = identity.token.is_some();
        // No browser sends a bearer token by itself.
        let by_basic = identity.caller.known().is_some_and(|known| known.method == Sign::Basic);
        // A client that shows a dead session takes itself for somebody: what it does is not done in a guest's name instead.
        let by_dead_session = found.route.profile.identifies && !identity.expired.is_empty();
        // Any page may open a socket: browsers send cookies and Basic along, and no CORS protects what comes back.
        let opens_socket = found.route.websocket && head.headers.contains_key(UPGRADE);
        let check = match found.route.csrf {
            _ if opens_socket && (by_session || by_basic) => Check::OriginOnly,
            Csrf::Unsafe | Csrf::OriginOnly if is_safe => return Ok(()),
            Csrf::OriginOnly => Check::OriginOnly,
            Csrf::Unsafe | Csrf::All if by_session || by_dead_session => match found.route.profile.session_needs {
                // No page of another site can send that header unasked: it is proof already.
                Some(_) => Check::OriginOnly,
                None => Check::Full { proof: found.route.proof.into() },
            },
            Csrf::Unsafe | Csrf::All if by_basic && !is_safe => Check::OriginOnly,
            Csrf::Unsafe | Csrf::All => return Ok(()),
        };
        let evidence = Evidence::read(head.headers, policy.loopback(&head.host), head.client.secure);
        let evidence = evidence.listed(dialect::lists_origin(policy, found.route, head));
        let token = match (identity.token, sent_token(head.headers, head.query, policy, found.route.profile)) {
            (_, Sent::Nothing) | (None, _) => TokenState::Absent,
            (Some(text), Sent::Once(sent)) if csrf::verify(text, &sent) => TokenState::Right,
            (Some(_), _) => TokenState::Wrong,
        };
        let judged = match csrf::judge(&evidence, policy.origins(), check, token) {
            // Browsers always say who opens a socket.
            Ok(()) if opens_socket && by_session && !head.headers.contains_key(ORIGIN) => {
                Err(CsrfRefusal::ForeignOrigin)
            }
            judged => judged,
        };
        let Err(refusal) = judged else { return Ok(()) };
        self.notes.count_csrf(found.id, refusal);
        if policy.only_reports_csrf(found.route) {
            tracing::warn!(route = %found.route, code = refusal.code(), "csrf: would be refused, but report_only is set");
            return Ok(());
        }
        let expired = if by_dead_session { identity.expired.clone() } else { Vec::new() };
        Err(Refusal::with(Reason::Csrf(refusal), Terms { expired, ..Terms::default() }))
    }

    fn check_access(&self, policy: &Policy, found: &Found<'_>, head: &Head<'_>, caller: &Caller) -> Result<(), Reason> {
        match (&found.route.access, caller) {
            (Access::Anonymous, _) => Ok(()),
            (Access::SelfOnly, Caller::Known(known)) => match magento::may_self(policy, found.route, head, &known.user)
            {
                true => Ok(()),
                false => Err(Reason::Forbidden("self".to_owned())),
            },
            (Access::SelfOnly, Caller::Guest) => Err(Reason::NotLoggedIn),
            (Access::Deny, Caller::Known(_)) => Err(Reason::Undecided),
            (Access::Deny, Caller::Guest) => Err(Reason::NotLoggedIn),
            (Access::Resources(needed), Caller::Known(known)) => {
                match policy.grants(&known.user.roles).missing(needed) {
                    None => Ok(()),
                    Some(missing) => Err(Reason::Forbidden(policy.resources().name(missing).to_owned())),
                }
            }
            (Access::Resources(needed), Caller::Guest) => {
                let may = |realm| policy.guest_grants(realm).missing(needed).is_none();
                if found.route.realms.iter().any(|realm| may(*realm)) { Ok(()) } else { Err(Reason::NotLoggedIn) }
            }
        }
    }

    /// Forces path, query and, for the door to apply, body.
    fn force(&self, found: &Found<'_>, head: &Head<'_>, pass: &mut Pass) -> Result<(), Refusal> {
        let Some(force) = &found.route.force else { return Ok(()) };
        let forced = match pass.caller.known() {
            Some(Known { user, .. }) => force.resolve(Values {
                user_id: user.id.as_str(),
                user_login: user.login.as_str(),
                attributes: &user.attributes,
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
            Place::Body => {
                pass.query = Some(forced.drop_from_query(head.query).map_err(Reason::Force)?);
                pass.forced = Some(forced);
            }
        }
        Ok(())
    }

    /// Whether a request that was allowed would be allowed still: for open streams, asked every second.
    /// An outage is not a no.
    pub async fn is_still_allowed(&self, pass: &Pass) -> bool {
        let policy = self.policy.load_full();
        let Some(known) = pass.caller.known() else { return true };
        let now = self.clock.now();
        let user = match self.users.load(known.user.number, &*self.store).await {
            Ok(Some(user)) => user,
            Ok(None) => return false,
            Err(_) => return true,
        };
        if user.state != crate::user::UserState::Active || user.epoch != known.user.epoch {
            return false;
        }
        if let Some(live) = &known.session {
            match self.load_session(&policy, live.key, now).await {
                Ok(Some(session)) if session.is_live(now) => {}
                Ok(_) => return false,
                Err(_) => return true,
            }
        }
        let Some(route) = policy.same_route(pass.route()) else { return false };
        match &route.access {
            Access::Anonymous | Access::SelfOnly => true,
            Access::Deny => false,
            Access::Resources(needed) => policy.grants(&user.roles).missing(needed).is_none(),
        }
    }
}

impl Refusal {
    /// The same refusal, of this caller.
    fn of(mut self, caller: &Caller) -> Self {
        self.terms_mut().caller = caller.known().map(|known| known.user.clone());
        self
    }
}

impl Verdict {
    /// The same, about a request whose client meant another method, and whose route was found by another path.
    fn meant(mut self, method: Option<Method>, sent: &str, path: &str) -> Self {
        if let Self::Allow(pass) = &mut self {
            pass.method = method;
            pass.matched = (sent != path).then(|| path.to_owned());
        }
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

/// Whether a parameter of the query asks some frameworks to take the request for one with another method.
fn overrides_method(query: Option<&str>) -> bool {
    query.unwrap_or_default().split(['&', ';']).filter(|pair| pair.len() >= 7).any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        decoded.trim().trim_end_matches(['[', ']']).eq_ignore_ascii_case("_method")
    })
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

fn serves(policy: &Policy, head: &Head<'_>) -> bool {
    policy.serves(head.door, &head.host, head.is_home)
}

fn undeclared(policy: &Policy, head: &Head<'_>, reason: Reason) -> Verdict {
    let reason = if serves(policy, head) { reason } else { Reason::Misdirected };
    Verdict::Deny(Refusal::with(reason, Terms { secure: head.client.secure, ..Terms::default() }))
}

fn missing_method(policy: &Policy, head: &Head<'_>, allow: &Allow, hit: Option<DialectHit<'_>>) -> Verdict {
    if !serves(policy, head) {
        return Verdict::Deny(Reason::Misdirected.into());
    }
    if *head.method == Method::OPTIONS {
        if let Some(answer) = is_preflight(head).then(|| preflight(policy, head, hit)).flatten() {
            return Verdict::Answer(answer);
        }
        match hit.map(|hit| hit.dialect.profile.options) {
            None | Some(Options::NoContent) => {
                let headers = allow.header().map(|value| (ALLOW, value)).into_iter().collect();
                return Verdict::Answer(Answer { status: StatusCode::NO_CONTENT, headers });
            }
            Some(Options::Listed) => {
                let headers = policy.listed(head, allow).map(|value| (ALLOW, value)).into_iter().collect();
                return Verdict::Answer(Answer { status: StatusCode::OK, headers });
            }
            Some(Options::Refused) => {}
        }
    }
    let listed = hit.filter(|hit| hit.dialect.profile.options == Options::Listed);
    let listed = listed.and_then(|_| policy.listed(head, allow));
    let allow = listed.or_else(|| allow.header()).filter(|_| hit.is_none_or(|hit| hit.dialect.profile.tells_methods));
    let terms = Terms { allow, secure: head.client.secure, ..Terms::default() };
    Verdict::Deny(Refusal::with(Reason::MethodNotAllowed, terms))
}
