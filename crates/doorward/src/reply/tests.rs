use std::sync::Arc;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, request::Parts};

use super::*;
use crate::name::Name;
use crate::policy::{CorsSettings, CrossOrigin, Door, Draft, Match, Policy, Settings};
use crate::session::{Session, SessionDigest};
use crate::user::{Login, User, UserId, UserNumber, UserState};
use crate::verdict::{Known, LiveSession};

mod requests;
mod responses;

const RULES: &str = r#"
public_url = "https://shop.example"
cors.origins = ["https://app.example"]

[[route]]
match = "GET /open"
access = "anonymous"
cors = false

[[route]]
match = "GET /maybe"
access = "anonymous"
identify = true
cors = false

[[route]]
match = "* /own/*rest"
access = "self"

[[route]]
match = "GET /keyed"
access = "anonymous"
headers.request = { set = { X-Api-Key = "k" }, remove = ["X-Debug"] }

[[route]]
match = "GET /page"
access = "self"
csrf_token = true
authorization = "pass"
cors = false
"#;

fn policy(more: &str) -> Arc<Policy> {
    let text = format!("{more}{RULES}");
    let (settings, rules) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
    Arc::new(Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy"))
}

/// A pass for `GET path`, as the engine would make one for this caller.
fn pass_under(policy: &Arc<Policy>, path: &str, caller: Caller) -> Pass {
    let route = match policy.find(Door::Public, &http::Method::GET, "shop.example", path) {
        Match::Route(found) => found.id,
        other => panic!("{other:?}"),
    };
    Pass {
        policy: Arc::clone(policy),
        route,
        caller,
        path: None,
        query: None,
        forced: None,
        bound: None,
        method: None,
        matched: None,
        csrf_token: None,
        guest: None,
        expired: Vec::new(),
        cors: None,
        secure: true,
    }
}

fn pass(path: &str, caller: Caller) -> Pass {
    pass_under(&policy(""), path, caller)
}

fn user() -> User {
    let name = |text| Name::parse(text).expect("a name");
    User {
        number: UserNumber(4),
        realm: name("default"),
        id: UserId::parse("7").expect("an id"),
        login: Login::parse("zo\u{eb}, 100%@example.com").expect("a login"),
        name: "Zo\u{eb}".into(),
        email: None,
        roles: vec![name("buyer"), name("support")],
        state: UserState::Active,
        attributes: serde_json::Map::new(),
        epoch: 0,
        password: None,
        failures: 0,
        created: 0,
        last_login: None,
        last_seen: None,
    }
}

fn known(method: Method) -> Caller {
    let digest = SessionDigest::of("token");
    let session = Session {
        user: UserNumber(4),
        epoch: 0,
        created: 0,
        last_seen: 0,
        idle_end: 9,
        absolute_end: 9,
        authenticated: 0,
        realm: 0,
        flags: 0,
    };
    let live = LiveSession { key: digest.key(), handle: digest.handle(), session };
    Caller::Known(Known {
        user: Arc::new(user().into()),
        method,
        session: Some(live).filter(|_| method == Method::Session),
    })
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
    };
    lines.iter().map(line).collect()
}

/// All values of a header, in order.
fn all<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect()
}

fn listed(origin: &str) -> CrossOrigin {
    let settings = CorsSettings { origins: vec![origin.parse().expect("an origin")], ..CorsSettings::default() };
    CrossOrigin::of(Some(origin), &Arc::new(settings)).expect("a listed origin")
}

fn request(target: &str, lines: &[(&'static str, &str)]) -> Parts {
    let (mut parts, ()) = Request::get(target).body(()).expect("a request").into_parts();
    parts.headers = headers(lines);
    parts
}
