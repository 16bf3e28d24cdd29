//! A house with two doors, one of them encrypted, and a clock that stands still until it is moved.

mod browser;
mod service;
mod store;

pub use browser::{Browser, Reply};
pub use store::Breakable;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use doorward::client::Peer;
use doorward::password::{Hasher, PasswordPolicy};
use doorward::policy::{Draft, Policy, Settings};
use doorward::runtime::BlockingHasher;
use doorward::{Actor, Engine, EngineParts, Layer, ManualClock, User, UserDraft};

/// Everybody's password.
pub const PASSWORD: &str = "seven grey herons at noon";
/// Another one.
pub const OTHER: &str = "late trains of the valley";
/// When the clock begins.
pub const BEGINNING: u32 = 1_700_000_000;

/// One realm, and a route of each kind.
pub const SHOP: &str = r#"
[realm.default]
session = { idle = "30m", remember = "30d" }

[basic]
enabled = true

[[route]]
match = "GET /countries"
access = "anonymous"

[[route]]
match = "GET /welcome"
access = "anonymous"
identify = true

[[route]]
match = "GET,POST /orders"
access = "self"

[[route]]
match = "GET /reports"
access = "Shop::reports"

[[route]]
match = "GET /stream"
access = "self"

[[route]]
match = "GET /open-stream"
access = "anonymous"

[[route]]
match = "GET /page"
access = "anonymous"
identify = true
csrf_token = true

[[route]]
match = "GET /socket"
access = "self"
websocket = true

[[route]]
match = "POST /upload"
access = "anonymous"
limits = { body = "1KiB" }

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::reports" }, { id = "Shop::prices" }]

[role.analyst]
allow = ["Shop::reports"]

[role.trader]
allow = ["Shop::all"]
deny = ["Shop::prices"]
"#;

/// A running service.
pub struct House {
    pub engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    pub store: Arc<Breakable>,
    encrypted: SocketAddr,
    plain: SocketAddr,
}

impl House {
    /// Opens a house with these rules.
    pub async fn open(rules: &str) -> Self {
        Self::open_with(rules, Arc::new(BlockingHasher::new())).await
    }

    /// Opens a house with these rules, where this one computes passwords.
    pub async fn open_with(rules: &str, hasher: Arc<dyn Hasher>) -> Self {
        let (settings, rules) = Settings::parse("doorward.toml", rules, &|_| None).expect("the rules can be read");
        let rules = [rules];
        let draft = Draft { own: doorward::axum::own_routes(), ..Draft::new(&settings, &rules) };
        let policy = Policy::compile(&draft).unwrap_or_else(|complaints| panic!("{complaints}"));
        let (clock, store) = (Arc::new(ManualClock::at(BEGINNING)), Arc::new(Breakable::default()));
        let parts = EngineParts {
            clock: clock.clone(),
            passwords: PasswordPolicy::default(),
            ..EngineParts::new(policy, store.clone(), hasher)
        };
        let engine = Engine::start(parts).await.expect("the engine starts");
        let encrypted = serve(engine.clone(), true).await;
        let plain = serve(engine.clone(), false).await;
        Self { engine, clock, store, encrypted, plain }
    }

    /// A house with one realm, and Anna in it.
    pub async fn with_anna() -> Self {
        let house = Self::open(SHOP).await;
        house.add("default", "anna", &[]).await;
        house
    }

    /// Adds a user with the usual password.
    pub async fn add(&self, realm: &str, login: &str, roles: &[&str]) -> User {
        let draft = UserDraft {
            realm: Some(realm.into()),
            name: format!("{login} of {realm}"),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            password: Some(PASSWORD.as_bytes().to_vec().into()),
            ..UserDraft::new(login)
        };
        self.engine.create_user(&Actor::console(), draft).await.expect("the user is added")
    }

    /// A browser that comes by https.
    pub fn browser(&self) -> Browser {
        Browser::new(self.encrypted)
    }

    /// A browser that comes by plain HTTP.
    pub fn plain_browser(&self) -> Browser {
        Browser::new(self.plain)
    }
}

async fn serve(engine: Arc<Engine>, secure: bool) -> SocketAddr {
    let peer = Peer { address: Some(Ipv4Addr::LOCALHOST.into()), secure };
    listen(doorward::axum::protect(service::router(), Layer::new(engine).peer(peer))).await
}

/// Serves a router on a port of its own.
pub async fn listen(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
