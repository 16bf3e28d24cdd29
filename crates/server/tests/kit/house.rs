//! A server with its engine, in memory.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doorward::client::Client as Caller;
use doorward::policy::{Draft, Policy, Profile, Settings};
use doorward::store::Store;
use doorward::{Actor, Engine, EngineParts, LogIn, MemoryStore, SystemClock, User, UserDraft, Visit};
use doorward_server::{Drained, HashThreads, Plan, Server, StartError};
use http::HeaderMap;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::client::Client;
use super::upstream::Upstream;

/// The password of everybody.
pub const PASSWORD: &str = "the heron waits at the weir";

/// A server, and what is needed to prepare it.
pub struct House {
    pub engine: Arc<Engine>,
    pub store: Arc<dyn Store>,
    pub folder: TempDir,
    server: Option<Server>,
    runtime: Runtime,
}

/// A session, as a browser holds it.
#[derive(Clone, Debug)]
pub struct Session {
    /// `Cookie: …`
    pub cookie: String,
    /// `X-CSRF: …`
    pub proof: String,
}

impl House {
    /// A house with these settings; without `listen`, at a port of this machine that is free. `{folder}` stands for its folder.
    pub fn open(text: &str) -> Self {
        Self::try_open(text, Arc::new(MemoryStore::new())).expect("starts")
    }

    /// A house in front of an upstream, with these rules, or settings and rules.
    pub fn before(upstream: &Upstream, rules: &str) -> Self {
        Self::open(&format!("upstream = \"{}\"\n{rules}", upstream.url()))
    }

    /// The same, on a store that the test holds.
    pub fn on(text: &str, store: Arc<dyn Store>) -> Self {
        Self::try_open(text, store).expect("starts")
    }

    /// The same, when it may fail.
    pub fn try_open(text: &str, store: Arc<dyn Store>) -> Result<Self, StartError> {
        let folder = tempfile::tempdir().expect("a folder");
        Self::try_open_in(folder, text, store)
    }

    /// The same, in a folder where files are already.
    pub fn try_open_in(folder: TempDir, text: &str, store: Arc<dyn Store>) -> Result<Self, StartError> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (settings, policy) = compile(text, folder.path());
        let parts = EngineParts {
            policy,
            store: store.clone(),
            hasher: Arc::new(HashThreads::start(1).expect("threads")),
            clock: Arc::new(SystemClock),
            passwords: Default::default(),
            sessions_in_memory: 10_000,
        };
        let engine = runtime.block_on(Engine::start(parts)).expect("an engine");
        let plan = Plan { settings, engine: engine.clone(), cores: 2, base: folder.path().to_owned() };
        let server = doorward_server::start(plan)?;
        Ok(Self { engine, store, folder, server: Some(server), runtime })
    }

    /// The server.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    /// Where it listens first.
    pub fn address(&self) -> SocketAddr {
        self.server().addresses()[0].socket().expect("a TCP listener")
    }

    /// Where it listens for those who administer.
    pub fn admin_address(&self) -> SocketAddr {
        self.server().admin_addresses()[0].socket().expect("a TCP listener")
    }

    /// A new connection.
    pub fn client(&self) -> Client {
        Client::tcp(self.address())
    }

    /// Takes other settings and rules, as a reload does.
    pub fn reload(&self, text: &str) -> Result<(), StartError> {
        let (settings, policy) = compile(text, self.folder.path());
        self.server().reload(&settings)?;
        self.block_on(self.engine.reload(policy, Default::default())).expect("reloads");
        Ok(())
    }

    /// Adds a user to the only realm.
    pub fn add_user(&self, login: &str, roles: &[&str]) -> User {
        let draft = UserDraft {
            realm: None,
            id: None,
            login: login.into(),
            name: login.into(),
            email: None,
            roles: roles.iter().map(|role| (*role).into()).collect(),
            attributes: Default::default(),
            password: Some(PASSWORD.as_bytes().to_vec().into()),
        };
        self.block_on(self.engine.create_user(&Actor::console(), draft))
            .map_err(|refusal| refusal.code())
            .expect("added")
    }

    /// Logs a user in.
    pub fn log_in(&self, login: &str) -> Session {
        let headers = HeaderMap::new();
        let client = Caller { address: "127.0.0.1".parse().expect("an address"), secure: false, by_proxy: false };
        let visit = Visit { client, headers: &headers, request_id: None, profile: &Profile::DOORWARD };
        let request = LogIn { realm: None, login, password: PASSWORD.as_bytes().to_vec().into(), remember: false };
        let done =
            self.block_on(self.engine.log_in(request, &visit)).map_err(|refusal| refusal.code()).expect("logged in");
        let cookie = done.cookies[0].to_str().expect("text").split(';').next().expect("a pair");
        Session { cookie: format!("Cookie: {cookie}"), proof: format!("X-CSRF: {}", done.csrf_token) }
    }

    /// A user who is logged in.
    pub fn somebody(&self) -> Session {
        self.add_user("ada", &[]);
        self.log_in("ada")
    }

    /// Ends all sessions of a user, as an administrator does.
    pub fn end_sessions_of(&self, login: &str) {
        let user = self.user(login);
        self.block_on(self.engine.end_sessions_of(&Actor::console(), &user))
            .map_err(|refusal| refusal.code())
            .expect("ended");
    }

    /// The user of this login.
    pub fn user(&self, login: &str) -> User {
        let realm = self.engine.policy().realms()[0].name().clone();
        let login = doorward::Login::parse(login).expect("a login");
        self.block_on(self.store.user_by_login(realm, login)).expect("the store answers").expect("there")
    }

    /// Ends it.
    pub fn drain(mut self, deadline: Duration) -> Drained {
        let server = self.server.take().expect("it runs");
        self.runtime.block_on(server.drain(deadline))
    }

    /// Ends it while somebody looks on.
    pub fn drain_beside<T>(mut self, deadline: Duration, beside: impl FnOnce() -> T + Send) -> (Drained, T)
    where
        T: Send,
    {
        let server = self.server.take().expect("it runs");
        let runtime = &self.runtime;
        std::thread::scope(|scope| {
            let draining = scope.spawn(move || runtime.block_on(server.drain(deadline)));
            let seen = beside();
            (draining.join().expect("drained"), seen)
        })
    }

    /// Waits for what the engine or the store answers.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

fn compile(text: &str, folder: &Path) -> (Settings, Policy) {
    let text = text.replace("{folder}", &folder.display().to_string());
    let listen = if text.contains("listen =") { "" } else { "listen = \"127.0.0.1:0\"\n" };
    let text = format!("{listen}{text}");
    let parsed = Settings::parse("doorward.toml", &text, &|_| None);
    let (settings, rules) = parsed.unwrap_or_else(|complaints| panic!("{complaints}"));
    let policy = Policy::compile(&Draft::new(&settings, &[rules]));
    (settings, policy.unwrap_or_else(|complaints| panic!("{complaints}")))
}
