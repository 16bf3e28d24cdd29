//! Why a request would be allowed or refused, step by step, without making it.

use std::borrow::Cow;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::builtin::Door;
use super::complaint::nearest;
use super::route::{Access, RealmId, Route};
use super::{Found, Match, Policy};
use crate::name::Name;
use crate::path::CanonicalPath;

/// A request that nobody makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The method.
    pub method: String,
    /// The path; a query is overlooked.
    pub path: String,
    /// The authority; that of the first own origin when absent.
    pub host: Option<String>,
    /// Whose user is calling. Absent: a guest.
    pub realm: Option<Name>,
    /// The roles of that user.
    #[serde(default)]
    pub roles: Vec<Name>,
    /// The id of that user, for parameters of the path.
    pub user_id: Option<String>,
    /// Whether the request comes by https. Absent: as the own origins say.
    pub secure: Option<bool>,
}

/// What became of a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The method.
    pub method: String,
    /// The path in its one spelling, or as it was asked where it has none.
    pub path: String,
    /// The route in one line.
    pub route: Option<String>,
    /// What the route asks for.
    pub access: Vec<String>,
    /// `guest`, or realm and roles.
    pub caller: String,
    /// The answer.
    pub verdict: Outcome,
    /// The status that the caller would see; 200 when the request goes on.
    pub status: u16,
    /// Why, in one sentence.
    pub reason: String,
    /// Each step, in the order in which they are taken.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// The answer to a [`Question`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The request would go on.
    Allow,
    /// It would be refused.
    Deny,
}

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is looked at.
    pub title: &'static str,
    /// What was found.
    pub text: String,
    /// Whether the decision goes on.
    pub passed: bool,
}

impl Policy {
    /// Explains what would become of a request at a door.
    ///
    /// ```
    /// use doorward::policy::{Outcome, Door, Draft, Policy, Question, Settings};
    /// let text = "[[route]]\nmatch = \"GET /orders\"\naccess = \"self\"\n";
    /// let (settings, rules) = Settings::parse("doorward.toml", text, &|_| None).unwrap();
    /// let policy = Policy::compile(&Draft::new(&settings, &[rules])).unwrap();
    /// let question = Question { method: "GET".into(), path: "/orders".into(), ..Question::default() };
    /// let explained = policy.explain(Door::Public, &question);
    /// assert_eq!((explained.verdict, explained.status), (Outcome::Deny, 401));
    /// ```
    pub fn explain(&self, door: Door, question: &Question) -> Explanation {
        let mut told = Told::new(question);
        match self.tell(door, question, &mut told) {
            Ok(reason) => told.ends(Outcome::Allow, StatusCode::OK, reason),
            Err((status, reason)) => told.ends(Outcome::Deny, status, reason),
        }
    }

    /// Whose user is meant where a question says a role or an id, and no realm: the only realm that there is, or else the
    /// only one that the route has. None when there is a choice.
    pub fn realm_of(&self, door: Door, question: &Question) -> Option<&Name> {
        if let [realm] = self.realms() {
            return Some(realm.name());
        }
        let path = CanonicalPath::parse(asked(question)).ok()?;
        let method = Method::from_bytes(question.method.as_bytes()).ok()?;
        let host = self.host_of(question)?;
        let Match::Route(found) = self.find(door, &method, &host, path.as_str()) else { return None };
        match &*found.route.realms {
            [realm] => Some(self.realm(*realm).name()),
            _ => None,
        }
    }

    /// What a question names that is not there: a realm or a role, and the one that was probably meant.
    pub fn misnamed(&self, question: &Question) -> Option<String> {
        let realm = question.realm.as_ref().filter(|name| self.realm_id(name.as_str()).is_none());
        if let Some(name) = realm {
            let known = self.realms().iter().map(|realm| realm.name().as_str());
            return Some(unknown("realm", name, known.collect()));
        }
        let role = question.roles.iter().find(|name| !self.has_role(name))?;
        Some(unknown("role", role, self.roles().keys().map(Name::as_str).collect()))
    }

    fn tell(&self, door: Door, question: &Question, told: &mut Told) -> Result<String, (StatusCode, String)> {
        if let Some(wrong) = self.misnamed(question) {
            return Err(told.stop("caller", StatusCode::BAD_REQUEST, wrong));
        }
        let path = CanonicalPath::parse(asked(question))
            .map_err(|error| told.stop("path", StatusCode::BAD_REQUEST, error.to_string()))?;
        told.explanation.path = path.as_str().to_owned();
        told.pass("path", format!("{} is canonical", path.as_str()));
        let method = Method::from_bytes(question.method.as_bytes())
            .map_err(|_| told.stop("route", StatusCode::BAD_REQUEST, format!("{:?} is no method", question.method)))?;
        let host = self.host_of(question).ok_or_else(|| {
            let host = question.host.as_deref().unwrap_or_default();
            told.stop("host", StatusCode::BAD_REQUEST, format!("{host:?} is no host"))
        })?;
        let found = self.route_for(door, &method, &host, path.as_str(), told)?;
        if !self.serves(door, &host, true) && !found.route.any_host {
            let text = format!("{host} is not served here: it stands neither in public_url nor at a route");
            return Err(told.stop("host", StatusCode::MISDIRECTED_REQUEST, text));
        }
        if path.has_encoded_slash() && !found.route.encoded_slash {
            let text = "the path has an encoded slash, and the route does not take one".to_owned();
            return Err(told.stop("path", StatusCode::BAD_REQUEST, text));
        }
        let caller = self.caller_for(question, found.route, told);
        self.tell_csrf(&method, found.route, caller.is_some(), told);
        self.tell_access(found.route, caller, &question.roles, told)?;
        self.tell_force(&found, question, caller.is_some(), told)?;
        Ok(match found.route.is_own() {
            true => "answered by Doorward itself".to_owned(),
            false => told.last_reason(),
        })
    }

    fn route_for<'p>(
        &'p self,
        door: Door,
        method: &Method,
        host: &str,
        path: &'p str,
        told: &mut Told,
    ) -> Result<Found<'p>, (StatusCode, String)>
    where
        Self: 'p,
    {
        match self.find(door, method, host, path) {
            Match::Route(found) => {
                told.explanation.route = Some(found.route.to_string());
                told.explanation.access = found.route.asks.split(", ").map(str::to_owned).collect();
                told.pass("route", found.route.describe());
                Ok(found)
            }
            Match::MethodNotAllowed(allow) => {
                let text = format!("the path has routes, but none for {method}: only {allow}");
                Err(told.stop("route", StatusCode::METHOD_NOT_ALLOWED, text))
            }
            Match::UnknownMethod => {
                let capitals = method.as_str().to_ascii_uppercase();
                let text = match capitals == method.as_str() {
                    true => format!("nobody knows the method {method}; a route that names it would make it known"),
                    false => format!("nobody knows the method {method}: methods are written in capitals, {capitals}"),
                };
                Err(told.stop("route", StatusCode::NOT_IMPLEMENTED, text))
            }
            Match::NotFound => {
                let text = "no route has this path: what is not declared is denied, and the upstream is not asked";
                Err(told.stop("route", StatusCode::NOT_FOUND, text.to_owned()))
            }
        }
    }

    /// The realm of the caller, if its sessions count on the route. None for a guest.
    fn caller_for(&self, question: &Question, route: &Route, told: &mut Told) -> Option<RealmId> {
        let Some((name, realm)) = question.realm.as_ref().and_then(|name| Some((name, self.realm_id(name.as_str())?)))
        else {
            told.pass("caller", "a guest".to_owned());
            return None;
        };
        if route.is_anonymous() && !route.identify {
            told.pass("caller", "nobody is asked for: the route is anonymous".to_owned());
            return None;
        }
        if !route.realms.contains(&realm) {
            told.pass("caller", format!("a user of {name}, whose sessions do not count here: as a guest"));
            return None;
        }
        told.pass("caller", format!("a user of {name}"));
        Some(realm)
    }

    fn tell_csrf(&self, method: &Method, route: &Route, known: bool, told: &mut Told) {
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let text = match route.csrf {
            super::Csrf::OriginOnly if is_safe => "not asked for",
            super::Csrf::OriginOnly => "a foreign Origin would be refused; no token is asked for",
            super::Csrf::Unsafe if is_safe => "not asked for: the method is safe",
            _ if !known => "not asked for: a guest has no session to ride",
            _ if route.proof == super::ProofKind::Token => "a session needs the token",
            _ => "a session needs the token, or an Origin that the browser vouches for",
        };
        told.pass("csrf", text.to_owned());
    }

    fn tell_access(
        &self,
        route: &Route,
        caller: Option<RealmId>,
        roles: &[Name],
        told: &mut Told,
    ) -> Result<(), (StatusCode, String)> {
        let not_logged_in = |told: &mut Told| {
            told.stop(
                "access",
                StatusCode::UNAUTHORIZED,
                format!("it asks for {}, and nobody is logged in", route.asks),
            )
        };
        match (&route.access, caller) {
            (Access::Anonymous, _) => told.pass("access", "it asks for nothing".to_owned()),
            (Access::SelfOnly, Some(_)) => told.pass("access", "it asks for a user, on their own data".to_owned()),
            (Access::SelfOnly, None) | (Access::Deny, None) => return Err(not_logged_in(told)),
            (Access::Deny, Some(_)) => {
                let text = "access = \"deny\": nobody has decided yet".to_owned();
                return Err(told.stop("access", StatusCode::FORBIDDEN, text));
            }
            (Access::Resources(needed), Some(_)) => match self.grants(roles).missing(needed) {
                None => told.pass("access", format!("the roles grant {}", route.asks)),
                Some(missing) => {
                    let text = format!("the roles do not grant {}", self.resources().name(missing));
                    return Err(told.stop("access", StatusCode::FORBIDDEN, text));
                }
            },
            (Access::Resources(needed), None) => {
                let may = |realm: &RealmId| self.guest_grants(*realm).missing(needed).is_none();
                match route.realms.iter().find(|realm| may(realm)) {
                    Some(realm) => {
                        let text = format!("guests of {} have {}", self.realm(*realm).name(), route.asks);
                        told.pass("access", text);
                    }
                    None => return Err(not_logged_in(told)),
                }
            }
        }
        Ok(())
    }

    fn tell_force(
        &self,
        found: &Found<'_>,
        question: &Question,
        known: bool,
        told: &mut Told,
    ) -> Result<(), (StatusCode, String)> {
        let Some(force) = &found.route.force else { return Ok(()) };
        if let Some(id) = question.user_id.as_deref().filter(|_| known)
            && !force.path_may_match(id, |name| found.decoded(name))
        {
            let text = format!("a parameter of the path is not the caller's own ({id})");
            return Err(told.stop("force", StatusCode::NOT_FOUND, text));
        }
        told.pass("force", format!("parameters are set, whatever the client sent: {}", force.describe()));
        Ok(())
    }

    /// The host of a question in its one spelling. None when it is none.
    fn host_of<'a>(&'a self, question: &'a Question) -> Option<Cow<'a, str>> {
        let usual = self.site.usual.as_ref();
        let secure = question.secure.unwrap_or_else(|| usual.is_some_and(super::Origin::is_secure));
        match &question.host {
            Some(host) => crate::head::canonical_host(host, secure),
            None => Some(Cow::Borrowed(usual.map_or("localhost", super::Origin::authority))),
        }
    }
}

/// The path of a question, without a query.
fn asked(question: &Question) -> &str {
    question.path.split(['?', '#']).next().unwrap_or_default()
}

fn unknown(what: &str, name: &Name, known: Vec<&str>) -> String {
    match nearest(name.as_str(), known.iter().copied()) {
        Some(meant) => format!("there is no {what} `{name}`; did you mean `{meant}`?"),
        None => format!("there is no {what} `{name}`; there is {}", known.join(", ")),
    }
}

/// An explanation while it is told.
struct Told {
    explanation: Explanation,
}

impl Told {
    fn new(question: &Question) -> Self {
        let caller = match &question.realm {
            None => "guest".to_owned(),
            Some(realm) => {
                let roles: Vec<&str> = question.roles.iter().map(Name::as_str).collect();
                let roles = if roles.is_empty() { String::new() } else { format!(" with {}", roles.join(", ")) };
                let id = question.user_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
                format!("user of {realm}{id}{roles}")
            }
        };
        Self {
            explanation: Explanation {
                method: question.method.clone(),
                path: question.path.clone(),
                route: None,
                access: Vec::new(),
                caller,
                verdict: Outcome::Deny,
                status: 0,
                reason: String::new(),
                steps: Vec::new(),
            },
        }
    }

    fn pass(&mut self, title: &'static str, text: String) {
        self.explanation.steps.push(Step { title, text, passed: true });
    }

    fn stop(&mut self, title: &'static str, status: StatusCode, text: String) -> (StatusCode, String) {
        self.explanation.steps.push(Step { title, text: text.clone(), passed: false });
        (status, text)
    }

    /// What the access step found: the reason for letting in.
    fn last_reason(&self) -> String {
        let access = self.explanation.steps.iter().rev().find(|step| step.title == "access");
        access.map(|step| step.text.clone()).unwrap_or_default()
    }

    fn ends(mut self, verdict: Outcome, status: StatusCode, reason: String) -> Explanation {
        self.explanation.verdict = verdict;
        self.explanation.status = status.as_u16();
        self.explanation.reason = reason;
        self.explanation
    }
}
