//! A policy of a thousand routes, a user who is logged in, and the requests of their browser.

use std::sync::Arc;

use doorward::client::{Client, Peer, TrustedProxies};
use doorward::password::{Busy, HashJob, HashOutcome, Hasher};
use doorward::policy::{Door, Draft, Policy, Profile, Settings};
use doorward::{Actor, Engine, EngineParts, Head, LogIn, MemoryStore, PasswordHash, UserDraft, Visit};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{COOKIE, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request};

/// The host of every request.
pub const HOST_NAME: &str = "shop.example";

/// What a decision is made of.
pub struct World {
    /// The engine: it knows the user and the session.
    pub engine: Arc<Engine>,
    /// `name=token` of the session.
    pub cookie: String,
    /// A token for the session.
    pub csrf: String,
}

/// Takes every password for right: what a password costs is measured elsewhere.
struct Trusting;

impl Hasher for Trusting {
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>> {
        let outcome = match job {
            HashJob::Verify { .. } => HashOutcome::Right { outdated: false },
            HashJob::Hash { .. } => HashOutcome::Hashed(PasswordHash::new("none".into())),
        };
        Box::pin(async { Ok(outcome) })
    }
}

/// The policy: a thousand routes.
pub fn policy() -> Policy {
    policy_of(250)
}

/// So many collections with four routes each.
pub fn policy_of(collections: u32) -> Policy {
    let mut text = format!(
        "public_url = \"https://{HOST_NAME}\"\n[role.clerk]\nallow = [\"Shop::all\"]\n[[acl]]\nid = \"Shop::all\"\nchildren = [\n"
    );
    for number in 0..collections {
        text.push_str(&format!("  {{ id = \"Shop::c{number}\" }},\n"));
    }
    text.push_str("]\n");
    for number in 0..collections {
        for route in [
            "GET,POST /rest/V1/cN",
            "GET /rest/V1/cN/:id",
            "PUT,DELETE /rest/V1/cN/:id",
            "GET /rest/V1/cN/:id/items/*rest",
        ] {
            let route = route.replace('N', &number.to_string());
            text.push_str(&format!("[[route]]\nmatch = \"{route}\"\naccess = \"Shop::c{number}\"\n"));
        }
    }
    let (settings, rules) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
    Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy")
}

impl World {
    /// A world in which the user has just logged in and made one request, so that everything is in memory.
    pub fn new() -> Self {
        ready(async {
            let parts = EngineParts::new(policy(), Arc::new(MemoryStore::new()), Arc::new(Trusting));
            let engine = Engine::start(parts).await.expect("an engine");
            let password = || "seven grey herons at noon".as_bytes().to_vec().into();
            let draft = UserDraft { roles: vec!["clerk".into()], password: Some(password()), ..UserDraft::new("anna") };
            engine.create_user(&Actor::console(), draft).await.expect("a user");
            let client = Client { address: [192, 0, 2, 1].into(), secure: true, by_proxy: false };
            let visit = Visit { client, headers: &HeaderMap::new(), request_id: None, profile: &Profile::DOORWARD };
            let request = LogIn { realm: None, login: "anna", password: password(), remember: false };
            let logged_in = engine.log_in(request, &visit).await.expect("a session");
            let set = logged_in.cookies[0].to_str().expect("text");
            let cookie = set.split(';').next().expect("a pair").to_owned();
            let world = Self { engine, cookie, csrf: logged_in.csrf_token };
            let parts = world.request("GET", "/rest/V1/c125/7");
            assert!(world.allows(&parts));
            world
        })
    }

    /// A request as a browser makes it: the cookie of the session among others, and a dozen headers more.
    pub fn request(&self, method: &str, target: &str) -> Parts {
        let (mut parts, ()) = Request::builder().method(method).uri(target).body(()).expect("a request").into_parts();
        for (name, value) in [
            ("accept", "application/json, text/plain, */*"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
            ("cache-control", "no-cache"),
            ("origin", "https://shop.example"),
            ("referer", "https://shop.example/orders"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-site", "same-origin"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
            ),
            ("x-requested-with", "XMLHttpRequest"),
        ] {
            parts.headers.insert(name, HeaderValue::from_static(value));
        }
        parts.headers.insert(HOST, HeaderValue::from_static(HOST_NAME));
        parts.headers.insert("x-csrf", HeaderValue::from_str(&self.csrf).expect("a value"));
        let cookies = format!("theme=dark; consent=all; {}; cart=9f2c8a71-44d0", self.cookie);
        parts.headers.insert(COOKIE, HeaderValue::from_str(&cookies).expect("a value"));
        parts
    }

    /// Whether a request is allowed.
    pub fn allows(&self, parts: &Parts) -> bool {
        let head = head(parts);
        matches!(ready(self.engine.judge(&head)), doorward::Verdict::Allow(_))
    }
}

/// The head of a request that came over TLS.
pub fn head(parts: &Parts) -> Head<'_> {
    let peer = Peer { address: Some([192, 0, 2, 1].into()), secure: true };
    match Head::read(parts, &peer, &TrustedProxies::default(), Door::Public) {
        Ok(head) => head,
        Err(refusal) => panic!("{}", refusal.code()),
    }
}

/// What a future says that never waits: in this world everything is in memory.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing here waits")
}
