//! Whether a request proves that no other site made it, and the CSRF token that came with it, wherever its profile lets it
//! stand.

use std::borrow::Cow;

use http::Method;
use http::header::{HeaderMap, ORIGIN, UPGRADE};

use super::Engine;
use super::identify::Identity;
use crate::csrf::{self, Check, CsrfRefusal, Evidence, TokenState};
use crate::head::{Head, query_values};
use crate::policy::{Found, Policy, Profile};
use crate::refusal::{Reason, Refusal, Terms};
use crate::session::SessionToken;
use crate::verdict::Method as Sign;

impl Engine {
    pub(super) fn check_csrf(
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
        let check = match opens_socket && (by_session || by_basic) {
            true => Check::OriginOnly,
            false => match found.route.check(is_safe, by_session || by_dead_session, by_basic) {
                Some(check) => check,
                None => return Ok(()),
            },
        };
        let evidence = Evidence::read(head.headers, policy.loopback(&head.host), head.client.secure);
        let evidence =
            evidence.listed(head.header(ORIGIN).is_some_and(|origin| policy.dialect_lists(found.route, origin)));
        let token = match (identity.token, sent_token(head.headers, head.query, policy, found.route.profile)) {
            (_, Sent::Nothing) | (None, _) => TokenState::Absent,
            (Some(text), Sent::Once(sent)) if is_right(found.route.profile, text, &sent) => TokenState::Right,
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
}

/// Whether a CSRF token is one of the session with this token: one that was made for it, or, where a dialect's clients keep
/// theirs, the one with which it began.
pub(super) fn is_right(profile: &Profile, session: &str, sent: &[u8]) -> bool {
    csrf::verify(session, sent) || (profile.keeps_csrf_token && SessionToken::knows(session, sent))
}

/// The token, if there is one.
pub(super) enum Sent<'h> {
    Nothing,
    Once(Cow<'h, [u8]>),
    Twice,
}

/// The token in the header, which wins even when it is empty, and else in the query.
pub(super) fn sent_token<'h>(
    headers: &'h HeaderMap,
    query: Option<&'h str>,
    policy: &Policy,
    profile: &Profile,
) -> Sent<'h> {
    let usual = policy.csrf_header();
    let others = profile.csrf_headers.iter().filter(|name| **name != usual.as_str());
    let others = others.flat_map(|name| headers.get_all(*name));
    let mut values = headers.get_all(usual).iter().chain(others);
    match (values.next(), values.next()) {
        (None, _) => profile.csrf_query.map_or(Sent::Nothing, |name| in_query(query, name)),
        (Some(one), None) => Sent::Once(Cow::Borrowed(one.as_bytes())),
        (Some(_), Some(_)) => Sent::Twice,
    }
}

/// A token in the query, where a dialect takes it there.
fn in_query<'h>(query: Option<&'h str>, name: &str) -> Sent<'h> {
    let mut values = query_values(query, name);
    match (values.next(), values.next()) {
        (None, _) => Sent::Nothing,
        (Some(one), None) => Sent::Once(one),
        (Some(_), Some(_)) => Sent::Twice,
    }
}
