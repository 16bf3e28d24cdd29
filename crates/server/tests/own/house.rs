//! A server with two realms, two listeners, and a clock that the test moves.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use doorward::password::PasswordPolicy;
use doorward::policy::{Draft, Policy, Settings};
use doorward::store::Store;
use doorward::{Actor, Clock as _, Engine, EngineParts, ManualClock, MemoryStore, User, UserDraft};
use doorward_server::{HashThreads, Plan, Server, StartError};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::answer::{self, Answer};

/// The password of everybody.
pub const PASSWORD: &str = "the heron waits at the weir";

pub const RULES: &str = r#"
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
upstream = "http://127.0.0.1:1"

[realm.admin]
[realm.customer]
session = { remember = "30d" }

[admin]
realm = "admin"

[[route]]
match = "GET /rest/orders/:id"
access = "Shop::orders"
realm = "admin"

[[route]]
match = "GET /rest/me"
access = "self"
realm = "customer"

[[acl]]
id = "Shop::all"
title = "Shop"
children = [{ id = "Shop::orders", title = "Orders", children = [{ id = "Shop::refund" }] }, { id = "Shop::delete" }]

[role.support]
allow = ["Doorward::users", "Doorward::sessions"]

[role.auditor]
title = "Auditor"
allow = ["Doorward::audit"]

[role.keeper]
allow = ["Doorward::roles", "Doorward::users", "Shop::orders"]

[role.clerk]
allow = ["Shop::orders"]

[role.careful]
deny = ["Shop::delete"]

[role.boss]
allow = ["Shop::all"]
"#;

/// The server, and what is needed to prepare it.
pub struct House {
    pub engine: Arc<Engine>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    server: Server,
    runtime: Runtime,
    folder: TempDir,
}

/// A session, as a browser holds it.
#[derive(Clone, Debug)]
pub struct Session {
    pub cookie: String,
    pub proof: String,
    /// The handle.
    pub id: String,
}

/// Which listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Public,
    Admin,
}

impl House {
    /// A house with [`RULES`].
    pub fn open() -> Self {
        Self::with(RULES)
    }

    /// A house with these settings.
    pub fn with(text: &str) -> Self {
        Self::on(text, Arc::new(MemoryStore::new()))
    }

    /// A house with these settings, on a store that the test holds.
    pub fn on(text: &str, store: Arc<dyn Store>) -> Self {
        Self::at(tempfile::tempdir().expect("a folder"), text, store)
    }

    /// A house with these settings, which name these files.
    pub fn with_files(text: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).expect("written");
        }
        Self::at(folder, text, Arc::new(MemoryStore::new()))
    }

    fn at(folder: TempDir, text: &str, store: Arc<dyn Store>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (settings, rules) = Settings::parse("doorward.toml", text, &|_| None).expect("settings");
        let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy");
        let clock = Arc::new(ManualClock::at(1_750_000_000));
        let parts = EngineParts {
            policy,
            store: store.clone(),
            hasher: Arc::new(HashThreads::start(2).expect("threads")),
            clock: clock.clone(),
            passwords: PasswordPolicy::default(),
            sessions_in_memory: 10_000,
        };
        let engine = runtime.block_on(Engine::start(parts)).expect("an engine");
        let plan = Plan { settings, engine: engine.clone(), cores: 1, base: folder.path().to_owned() };
        let server = doorward_server::start(plan).expect("starts");
        Self { engine, store, clock, server, runtime, folder }
    }

    /// Replaces a file that the settings name.
    pub fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.folder.path().join(name), content).expect("written");
    }

    /// Lets the server read settings again.
    pub fn reload(&self, text: &str) -> Result<(), StartError> {
        let (settings, _) = Settings::parse("doorward.toml", text, &|_| None).expect("settings");
        self.server.reload(&settings)
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Adds a user, as somebody at the machine itself does.
    pub fn add(&self, realm: &str, login: &str, roles: &[&str]) -> User {
        self.add_named(realm, login, login, roles)
    }

    /// Adds users one after the other, a minute between them.
    pub fn add_minute_by_minute(&self, realm: &str, logins: &[&str]) {
        for login in logins {
            self.clock.advance(60);
            self.add(realm, login, &[]);
        }
    }

    /// Adds a user with a name.
    pub fn add_named(&self, realm: &str, login: &str, name: &str, roles: &[&str]) -> User {
        let draft = UserDraft {
            realm: Some(realm.into()),
            id: None,
            login: login.into(),
            name: name.into(),
            email: None,
            roles: roles.iter().map(|role| (*role).into()).collect(),
            attributes: Default::default(),
            password: Some(PASSWORD.as_bytes().to_vec().into()),
        };
        let created = self.block_on(self.engine.create_user(&Actor::console(), draft));
        created.map_err(|refusal| refusal.code()).expect("added")
    }

    /// The user as the store has them now.
    pub fn stored(&self, user: &User) -> User {
        self.block_on(self.store.user(user.number)).expect("the store answers").expect("there is such a user")
    }

    /// Logs a user in, through the door.
    pub fn log_in(&self, realm: &str, login: &str) -> Session {
        let body = json!({ "realm": realm, "login": login, "password": PASSWORD });
        let answer = self.call(Door::Public, "POST", "/user/sessions", None, Some(&body));
        assert_eq!(answer.status, 201, "{}", answer.text());
        Session::of(&answer, &format!("doorward-{realm}"))
    }

    /// An administrator who has just logged in.
    pub fn root(&self) -> Session {
        self.add("admin", "root", &["administrator"]);
        self.log_in("admin", "root")
    }

    /// Somebody of the administrators' realm with these roles, who has just logged in.
    pub fn with_roles(&self, login: &str, roles: &[&str]) -> Session {
        self.add("admin", login, roles);
        self.log_in("admin", login)
    }

    /// A call with JSON, with the session's cookie and token.
    pub fn call(
        &self,
        door: Door,
        method: &str,
        target: &str,
        session: Option<&Session>,
        body: Option<&Value>,
    ) -> Answer {
        let mut lines = Vec::new();
        if let Some(session) = session {
            lines.push(format!("Cookie: {}", session.cookie));
            lines.push(format!("X-CSRF: {}", session.proof));
        }
        let body = body.map(ToString::to_string);
        if body.is_some() {
            lines.push("Content-Type: application/json".to_owned());
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        self.send(door, method, target, &lines, body.as_deref())
    }

    /// A call of administration.
    pub fn admin(&self, session: &Session, method: &str, target: &str, body: Option<&Value>) -> Answer {
        self.call(Door::Admin, method, target, Some(session), body)
    }

    /// What an administrator reads.
    pub fn read(&self, session: &Session, target: &str) -> Value {
        let answer = self.admin(session, "GET", target, None);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.json()
    }

    /// A request with these lines.
    pub fn send(&self, door: Door, method: &str, target: &str, lines: &[&str], body: Option<&str>) -> Answer {
        let (mut stream, text) = self.begin(door, method, target, lines, body);
        stream.write_all(text.as_bytes()).expect("sent");
        answer::read(&mut stream, &mut Vec::new(), method != "HEAD").expect("an answer")
    }

    /// The head of an answer that does not end, and the connection.
    pub fn watch(&self, target: &str, session: &Session) -> (Answer, Stream) {
        let cookie = format!("Cookie: {}", session.cookie);
        let (mut stream, text) = self.begin(Door::Admin, "GET", target, &[&cookie], None);
        stream.write_all(text.as_bytes()).expect("sent");
        let mut buffer = Vec::new();
        let head = answer::read_head(&mut stream, &mut buffer).expect("a head");
        (head, Stream { stream, buffer })
    }

    fn begin(&self, door: Door, method: &str, target: &str, lines: &[&str], body: Option<&str>) -> (TcpStream, String) {
        let address = self.address(door);
        let stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for line in lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        if let Some(body) = body {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body.unwrap_or_default());
        (stream, text)
    }

    /// Where a listener is.
    pub fn address(&self, door: Door) -> SocketAddr {
        let addresses = match door {
            Door::Public => self.server.addresses(),
            Door::Admin => self.server.admin_addresses(),
        };
        addresses[0].socket().expect("a TCP listener")
    }

    /// The origin of the public listener's pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address(Door::Public))
    }

    /// Writes down what is to be written, and brings the counters to the store.
    pub fn settle(&self) {
        self.clock.advance(11);
        self.block_on(self.engine.maintain()).expect("the store answers");
    }

    pub fn now(&self) -> u32 {
        self.clock.now()
    }
}

/// An answer that goes on.
pub struct Stream {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Stream {
    /// The next line with text in it; none when the answer ended.
    pub fn line(&mut self) -> Option<String> {
        loop {
            match answer::find(&self.buffer, b"\n") {
                Some(end) => {
                    let line: Vec<u8> = self.buffer.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line).trim().to_owned();
                    if !line.is_empty() {
                        return Some(line);
                    }
                }
                None => match answer::fill(&mut self.stream, &mut self.buffer) {
                    Ok(read) if read > 0 => {}
                    _ => return None,
                },
            }
        }
    }
}

impl Session {
    /// The session that an answer has just begun.
    pub fn of(answer: &Answer, cookie: &str) -> Self {
        let json = answer.json();
        Self {
            cookie: set_cookie(answer, cookie).expect("a cookie"),
            proof: json["csrf_token"].as_str().expect("a token").to_owned(),
            id: json["session"]["id"].as_str().expect("a handle").to_owned(),
        }
    }
}

/// `name=value` of a cookie that an answer sets.
pub fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let pairs = answer.all("set-cookie").filter_map(|line| line.split(';').next());
    pairs.filter(|pair| pair.split('=').next() == Some(name)).last().map(str::to_owned)
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
