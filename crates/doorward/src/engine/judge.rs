//! One decision: the dialect, the method that is meant, the route. What the route asks for is decided next door.

use std::sync::Arc;

use http::header::{ALLOW, ORIGIN};
use http::{Method, StatusCode};

use super::preflight::{cors, is_preflight, preflight};
use super::{Engine, dialect};
use crate::head::Head;
use crate::policy::{
    Access, Allow, CrossOrigin, DialectHit, Match, MethodOverride, Options, Policy, names_method, without_method,
};
use crate::refusal::{Reason, Refusal, Terms};
use crate::user::{User, UserState};
use crate::verdict::{Answer, Pass, Verdict};

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
        if let Err(reason) = policy.siteaccess(profile, head.headers) {
            return refused(reason);
        }
        let method = match profile.meant_method(head.method, head.headers, head.query) {
            Ok(method) => method,
            Err(reason) => return refused(reason),
        };
        // What names the method in a query has done so: nobody else shall read it in another way.
        let named = method.is_some() && profile.overrides_method == MethodOverride::Post;
        let query = head.query.filter(|query| named && names_method(query)).map(without_method);
        let query_of_route = query.as_deref().or(head.query);
        let meant = Head { method: method.as_ref().unwrap_or(head.method), query: query_of_route, ..head.clone() };
        let path = match policy.matched_path(hit, meant.method, meant.path.as_str()) {
            Ok(path) => path,
            Err(reason) => return refused(reason),
        };
        let verdict = self.judge_as(&policy, &meant, &path, Some(hit)).await;
        verdict
            .meant(Meant { method: method.clone(), query: query.clone(), path: &path, moves: hit.is_elsewhere() }, head)
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
            Match::MethodNotAllowed(allow) => return spoken(missing_method(policy, head, path, &allow, hit)),
            // In a dialect a method that nobody knows is one that the path does not have.
            Match::UnknownMethod if hit.is_some() => match policy.allowed(head.door, &head.host, path) {
                Some(allow) => return spoken(missing_method(policy, head, path, &allow, hit)),
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
            && let Some(answer) = preflight(policy, head, path, hit)
        {
            return spoken(answered(answer, head));
        }
        match self.decide(policy, &found, head, hit).await {
            Ok(pass) => Verdict::Allow(pass),
            Err(mut refusal) => {
                let terms = refusal.terms_mut();
                terms.secure = head.client.secure;
                terms.route = Some(found.id);
                terms.cors = cors(&found, head);
                terms.speech = dialect::speech(policy, found.route.profile, &found.route.asks, head);
                dialect::name_missing(policy, found.route, &mut refusal);
                Verdict::Deny(refusal)
            }
        }
    }

    /// Whether a request that was allowed would be allowed still: for open streams, asked every second.
    /// An outage is not a no.
    pub async fn is_still_allowed(&self, pass: &Pass) -> bool {
        self.still(pass, |_| true).await
    }

    /// The same, and whether its caller has the very roles that were judged: for acts that weigh what the caller may against what
    /// they give.
    pub async fn is_still_as_judged(&self, pass: &Pass) -> bool {
        self.still(pass, |user| pass.caller.known().is_some_and(|known| known.user.roles == user.roles)).await
    }

    async fn still(&self, pass: &Pass, is_the_same: impl Fn(&User) -> bool) -> bool {
        let policy = self.policy.load_full();
        let Some(known) = pass.caller.known() else { return true };
        let now = self.clock.now();
        let user = match self.users.load(known.user.number, &*self.store).await {
            Ok(Some(user)) => user,
            Ok(None) => return false,
            Err(_) => return true,
        };
        if user.state != UserState::Active || user.epoch != known.user.epoch || !is_the_same(&user) {
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
            Access::Resources(needed) => {
                let grants = policy.grants(&user.roles);
                // What a limitation was met by is known of the same route alone.
                let bound = pass.bound.as_ref().filter(|_| route.limitations == pass.route().limitations);
                grants.suffice(needed, || bound.cloned().unwrap_or_default(), Some(user.values())).is_ok()
            }
        }
    }
}

/// What a dialect makes of a request.
struct Meant<'p> {
    method: Option<Method>,
    query: Option<String>,
    path: &'p str,
    /// Whether whoever serves it gets the path that the route was found by.
    moves: bool,
}

impl Verdict {
    /// The same, about a request that its client means so.
    fn meant(mut self, meant: Meant<'_>, head: &Head<'_>) -> Self {
        if let Self::Allow(pass) = &mut self {
            let is_other = head.path.as_str() != meant.path;
            pass.method = meant.method;
            pass.query = pass.query.take().or(meant.query);
            pass.matched = is_other.then(|| meant.path.to_owned());
            if meant.moves && is_other {
                pass.path = Some(meant.path.to_owned());
            }
        }
        self
    }
}

fn serves(policy: &Policy, head: &Head<'_>) -> bool {
    policy.serves(head.door, &head.host, head.is_home)
}

fn undeclared(policy: &Policy, head: &Head<'_>, reason: Reason) -> Verdict {
    let reason = if serves(policy, head) { reason } else { Reason::Misdirected };
    Verdict::Deny(Refusal::with(reason, Terms { secure: head.client.secure, ..Terms::default() }))
}

fn answered(answer: Result<Answer, Reason>, head: &Head<'_>) -> Verdict {
    match answer {
        Ok(answer) => Verdict::Answer(answer),
        Err(reason) => Verdict::Deny(Refusal::with(reason, Terms { secure: head.client.secure, ..Terms::default() })),
    }
}

fn missing_method(policy: &Policy, head: &Head<'_>, path: &str, allow: &Allow, hit: Option<DialectHit<'_>>) -> Verdict {
    if !serves(policy, head) {
        return Verdict::Deny(Reason::Misdirected.into());
    }
    if *head.method == Method::OPTIONS {
        if let Some(answer) = is_preflight(head).then(|| preflight(policy, head, path, hit)).flatten() {
            return answered(answer, head);
        }
        match hit.map(|hit| hit.dialect.profile.options) {
            None | Some(Options::NoContent) => {
                let headers = allow.header().map(|value| (ALLOW, value)).into_iter().collect();
                return Verdict::Answer(Answer { status: StatusCode::NO_CONTENT, headers });
            }
            Some(Options::Listed) => {
                let headers = policy.listed(head, path, allow).map(|value| (ALLOW, value)).into_iter().collect();
                return Verdict::Answer(Answer { status: StatusCode::OK, headers });
            }
            Some(Options::Refused) => {}
        }
    }
    let listed = hit.filter(|hit| hit.dialect.profile.options == Options::Listed);
    let listed = listed.and_then(|_| policy.listed(head, path, allow));
    let allow = listed.or_else(|| allow.header()).filter(|_| hit.is_none_or(|hit| hit.dialect.profile.tells_methods));
    let terms = Terms { allow, secure: head.client.secure, ..Terms::default() };
    Verdict::Deny(Refusal::with(Reason::MethodNotAllowed, terms))
}
