//! Why a request would be allowed or refused, step by step, without making it.

mod access;
mod asked;
mod caller;
mod limited;
mod proof;
mod told;

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::builtin::Door;
use super::complaint::nearest;
use super::profile::{Options, Profile};
use super::{Allow, Found, Match, Policy};
use crate::name::Name;
use crate::refusal::Reason;
use asked::Asked;
use told::{End, Told};

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
    /// How the caller says who they are. Absent: in whatever way counts.
    pub by: Option<Credential>,
    /// Headers that a decision looks at, by their names: `Origin`, `Sec-Fetch-Site`, a token, and those of dialects.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// How a caller says who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credential {
    /// By the cookie of a session.
    Session,
    /// By HTTP Basic.
    Basic,
    /// By a bearer token of a dialect.
    Token,
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
    /// What an allowed request must have besides, which the question does not say: without it, it would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
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
    /// Whether it goes on only with what the text says.
    pub needs: bool,
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
            Ok((status, reason)) => told.ends(Outcome::Allow, status, reason),
            Err((status, reason)) => told.ends(Outcome::Deny, status, reason),
        }
    }

    /// Whose user is meant where a question says a role or an id, and no realm: the only realm that there is, or else the
    /// only one that the route has. None when there is a choice.
    pub fn realm_of(&self, door: Door, question: &Question) -> Option<&Name> {
        if let [realm] = self.realms() {
            return Some(realm.name());
        }
        let asked = Asked::read(self, question, &mut Told::new(question)).ok()?;
        let Match::Route(found) = self.find(door, &asked.method, &asked.host, &asked.matched) else { return None };
        match &*found.route.realms {
            [realm] => Some(self.realm(*realm).name()),
            _ => None,
        }
    }

    /// What a question names that is not there: a realm or a role, and the one that was probably meant; or a header that is none.
    pub fn misnamed(&self, question: &Question) -> Option<String> {
        let realm = question.realm.as_ref().filter(|name| self.realm_id(name.as_str()).is_none());
        if let Some(name) = realm {
            let known = self.realms().iter().map(|realm| realm.name().as_str());
            return Some(unknown("realm", name, known.collect()));
        }
        if let Some(role) = question.roles.iter().find(|name| !self.has_role(name)) {
            return Some(unknown("role", role, self.roles().keys().map(Name::as_str).collect()));
        }
        asked::misnamed_header(&question.headers)
    }

    fn tell(&self, door: Door, question: &Question, told: &mut Told) -> Result<End, End> {
        if let Some(wrong) = self.misnamed(question) {
            return Err(told.stop("caller", StatusCode::BAD_REQUEST, wrong));
        }
        let asked = Asked::read(self, question, told)?;
        let found = match self.route_for(door, &asked, told)? {
            Ok(found) => found,
            Err(answer) => return Ok(answer),
        };
        if !self.serves(door, &asked.host, true) && !found.route.any_host {
            let text = format!("{} is not served here: it stands neither in public_url nor at a route", asked.host);
            return Err(told.stop("host", StatusCode::MISDIRECTED_REQUEST, text));
        }
        if asked.path.has_encoded_slash() && !found.route.encoded_slash {
            let text = "the path has an encoded slash, and the route does not take one".to_owned();
            return Err(told.stop("path", StatusCode::BAD_REQUEST, text));
        }
        let caller = self.tell_caller(question, &asked, found.route, told)?;
        self.tell_proof(&asked, &found, caller, told)?;
        self.tell_access(&asked, &found, caller, question, told)?;
        self.tell_secure(&asked, found.route, told)?;
        self.tell_force(&found, question, caller.realm.is_some(), told)?;
        let reason = match (found.route.is_own(), found.route.about) {
            (true, "") => "answered by Doorward itself".to_owned(),
            (true, about) => format!("answered by Doorward itself: {about}"),
            (false, _) => told.last_reason(),
        };
        Ok((StatusCode::OK, reason))
    }

    /// The route, or what is answered without one.
    fn route_for<'p>(
        &'p self,
        door: Door,
        asked: &'p Asked<'p>,
        told: &mut Told,
    ) -> Result<Result<Found<'p>, End>, End> {
        let method = &asked.method;
        let refused = |reason: &Reason| asked.profile().status(reason);
        match self.find(door, method, &asked.host, &asked.matched) {
            Match::Route(found) => {
                told.explanation.route = Some(found.route.to_string());
                told.explanation.access = found.route.asks.split(", ").map(str::to_owned).collect();
                told.pass("route", found.route.describe());
                Ok(Ok(found))
            }
            Match::MethodNotAllowed(allow) if *method == Method::OPTIONS => match asked.profile().options {
                Options::Refused => {
                    Err(told.stop("route", refused(&Reason::MethodNotAllowed), missing(method, &allow)))
                }
                options => {
                    let status = if options == Options::Listed { StatusCode::OK } else { StatusCode::NO_CONTENT };
                    told.pass("route", format!("no route has OPTIONS, and nobody is asked who they are: {allow}"));
                    Ok(Err((status, format!("answered by Doorward itself: which methods there are, {allow}"))))
                }
            },
            Match::MethodNotAllowed(allow) => {
                Err(told.stop("route", refused(&Reason::MethodNotAllowed), missing(method, &allow)))
            }
            Match::UnknownMethod => Err(self.unknown_method(door, asked, told)),
            Match::NotFound => {
                let text = "no route has this path: what is not declared is denied, and the upstream is not asked";
                Err(told.stop("route", refused(&Reason::NotFound), text.to_owned()))
            }
        }
    }

    fn unknown_method(&self, door: Door, asked: &Asked<'_>, told: &mut Told) -> End {
        let method = &asked.method;
        if asked.hit.is_some() {
            // In a dialect a method that nobody knows is one that the path does not have.
            let (reason, text) = match self.allowed(door, &asked.host, &asked.matched) {
                Some(allow) => (Reason::MethodNotAllowed, missing(method, &allow)),
                None => (Reason::NotFound, "no route has this path".to_owned()),
            };
            return told.stop("route", asked.profile().status(&reason), text);
        }
        let capitals = method.as_str().to_ascii_uppercase();
        let text = match capitals == method.as_str() {
            true => format!("nobody knows the method {method}; a route that names it would make it known"),
            false => format!("nobody knows the method {method}: methods are written in capitals, {capitals}"),
        };
        told.stop("route", Profile::DOORWARD.status(&Reason::UnknownMethod), text)
    }
}

fn missing(method: &Method, allow: &Allow) -> String {
    format!("the path has routes, but none for {method}: only {allow}")
}

fn unknown(what: &str, name: &Name, known: Vec<&str>) -> String {
    match nearest(name.as_str(), known.iter().copied()) {
        Some(meant) => format!("there is no {what} `{name}`; did you mean `{meant}`?"),
        None => format!("there is no {what} `{name}`; there is {}", known.join(", ")),
    }
}
