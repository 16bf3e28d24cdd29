//! A shop of Magento's kind, with a clock that the test moves.

use std::net::SocketAddr;
use std::sync::Arc;

use doorward::policy::{Draft, Policy, Settings};
use doorward::store::Store;
use doorward::{Actor, Engine, EngineParts, ManualClock, MemoryStore, User, UserDraft};
use doorward_server::{HashThreads, Plan, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::kit::{Answer, Client, PASSWORD, Upstream, ok};

/// What a script of the shop says of itself.
pub const SCRIPT: &str = "X-Requested-With: XMLHttpRequest";
pub const JSON: &str = "Content-Type: application/json";
/// What is answered to everybody who may not.
pub const UNAUTHORIZED: &str = "The consumer isn't authorized to access %resources.";
/// What is answered to every wrong pair at the token endpoints.
pub const INCORRECT: &str =
    "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.";

const RULES: &str = r#"
listen = "127.0.0.1:0"
allow_plain_http = true
[realm.customer]
[realm.admin]
[[acl]]
id = "Magento_Backend::all"
[[acl]]
id = "Magento_Backend::admin"
children = [
  { id = "Magento_Customer::customer", children = [{ id = "Magento_Customer::manage" }, { id = "Magento_Customer::delete" }] },
  { id = "Magento_Sales::sales" },
]
[[acl]]
id = "Acme_Far::thing"
[role.everything]
allow = ["Magento_Backend::all", "Magento_Backend::admin", "Acme_Far::thing"]
[role.owner]
allow = ["Magento_Backend::all"]
[role.support]
allow = ["Magento_Customer::manage"]
[[route]]
match = "GET /rest/V1/directory/countries"
access = "anonymous"
[[route]]
match = "POST /rest/V1/guest-carts"
access = "anonymous"
[[route]]
match = "GET /rest/V1/customers/me"
access = "self"
realm = ["customer", "admin"]
force = { customerId = "%user_id%" }
[[route]]
match = "PUT /rest/V1/customers/me"
access = "self"
realm = "customer"
force = { customer = { id = "%user_id%", website_id = "%attribute.customer_website_id%" } }
[[route]]
match = "GET /rest/V1/far/thing"
access = "Acme_Far::thing"
realm = "admin"
[[route]]
match = "GET /rest/V1/customers/me/newsletter"
access = "self"
realm = ["customer", "admin"]
[[route]]
match = "PUT,POST /rest/V1/carts/mine"
access = "self"
realm = "customer"
[[route]]
match = "GET /rest/V1/carts/mine/totals"
access = "self"
realm = "customer"
force = { cartId = "%attribute.cart_id%" }
[[route]]
match = "GET /rest/V1/carts/mine/group"
access = "self"
realm = "customer"
force = { groupId = "%attribute.customer_group_id%" }
[[route]]
match = "PUT /rest/V1/carts/mine/group"
access = "self"
realm = "customer"
force = { groupId = "%attribute.customer_group_id%", websiteId = "%attribute.customer_website_id%" }
[[route]]
match = "GET /rest/V1/customers/:id"
access = "Magento_Customer::manage"
realm = "admin"
[[route]]
match = "PUT /rest/V1/customers/:id"
access = ["Magento_Customer::manage", "Magento_Customer::delete"]
realm = "admin"
[[route]]
match = "POST /rest/V1/payments"
access = "self"
realm = "customer"
secure = true
"#;

/// The shop, what stands behind it, two customers and three administrators.
pub struct Shop {
    pub engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    pub ada: User,
    _upstream: Upstream,
    server: Server,
    runtime: Runtime,
    _folder: TempDir,
}

impl Shop {
    pub fn open() -> Self {
        Self::with("[dialect.magento]\n")
    }

    /// With these settings of the dialect, and perhaps routes after them.
    pub fn with(dialect: &str) -> Self {
        Self::with_rules(dialect, &str::to_owned)
    }

    /// The same with other rules before them.
    pub fn with_rules(dialect: &str, alter: &dyn Fn(&str) -> String) -> Self {
        let upstream = Upstream::answering(|seen| ok(&format!("{}\n{}", seen.target, seen.text())));
        let text = format!("upstream = \"{}\"\n{}\n{dialect}", upstream.url(), alter(RULES));
        let folder = tempfile::tempdir().expect("a folder");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (settings, rules) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
        let policy = Policy::compile(&Draft::new(&settings, &[rules])).unwrap_or_else(|wrong| panic!("{wrong}"));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Arc::new(ManualClock::at(1_750_000_000));
        let parts = EngineParts {
            policy,
            store,
            hasher: Arc::new(HashThreads::start(2).expect("threads")),
            clock: clock.clone(),
            passwords: Default::default(),
            sessions_in_memory: 10_000,
        };
        let engine = runtime.block_on(Engine::start(parts)).expect("an engine");
        let plan = Plan { settings, engine: engine.clone(), cores: 1, base: folder.path().to_owned() };
        let server = doorward_server::start(plan).expect("starts");
        let plain = json!({});
        let ada = json!({ "customer_website_id": 1, "cart_id": 7 });
        let all = [
            ("customer", "ada", "Ada Lovelace", &[][..], &ada),
            ("customer", "bob", "Bob", &[], &plain),
            ("admin", "boss", "Boss", &["everything"], &plain),
            ("admin", "help", "Help", &["support"], &plain),
            ("admin", "owner", "Owner", &["owner"], &plain),
        ];
        let added = all.map(|(realm, login, name, roles, attributes)| {
            runtime.block_on(add(&engine, realm, login, name, roles, attributes))
        });
        let [ada, ..] = added;
        Self { engine, clock, ada, _upstream: upstream, server, runtime, _folder: folder }
    }

    /// One user more.
    pub fn add(&self, realm: &str, login: &str, roles: &[&str]) -> User {
        self.block_on(add(&self.engine, realm, login, login, roles, &json!({})))
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn address(&self) -> SocketAddr {
        self.server.addresses()[0].socket().expect("a TCP listener")
    }

    /// One request over a connection of its own.
    pub fn ask(&self, method: &str, path: &str, lines: &[&str]) -> Answer {
        let mut client = Client::tcp(self.address());
        let client = client.request(method, path, lines);
        if method == "HEAD" { client.answer_to_head() } else { client.answer() }
    }

    /// The same with a body.
    pub fn send(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Answer {
        Client::tcp(self.address()).request_with(method, path, lines, body).answer()
    }

    /// Logs a customer in as a script of the shop does.
    pub fn try_log_in(&self, login: &str, password: &str) -> Answer {
        self.send("POST", "/customer/ajax/login", &[SCRIPT, JSON], &credentials(login, password))
    }

    /// The session of a customer: the line that a browser sends.
    pub fn log_in(&self, login: &str) -> String {
        let answer = self.try_log_in(login, PASSWORD);
        assert_eq!(answer.status, 200);
        cookie(&answer, "PHPSESSID").expect("a session")
    }

    /// The session of an administrator, by Doorward's own resource.
    pub fn log_in_administrator(&self, login: &str) -> String {
        let body = json!({ "realm": "admin", "login": login, "password": PASSWORD }).to_string();
        let answer = self.send("POST", "/user/sessions", &[JSON], &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        cookie(&answer, "admin").expect("a session")
    }

    /// A new password for a customer, by a code that somebody was sent.
    pub fn reset_password(&self, password: &str) {
        let issued = self.block_on(self.engine.issue_code(&Actor::console(), &self.ada));
        let code = issued.map_err(|refusal| refusal.code()).expect("a code").code;
        let body = json!({ "code": code.as_str(), "password": password }).to_string();
        let answer = self.send("POST", "/user/password-reset", &[JSON], &body);
        assert_eq!(answer.status, 204, "{}", answer.text());
    }

    /// Asks for a token.
    pub fn try_token(&self, whose: &str, login: &str, password: &str) -> Answer {
        let path = format!("/rest/V1/integration/{whose}/token");
        self.send("POST", &path, &[JSON], &credentials(login, password))
    }

    /// The header with a token.
    pub fn token(&self, whose: &str, login: &str) -> String {
        let answer = self.try_token(whose, login, PASSWORD);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token: String = serde_json::from_slice(&answer.body).expect("a JSON string");
        format!("Authorization: Bearer {token}")
    }

    /// The status of what only a customer may.
    pub fn me(&self, lines: &[&str]) -> u16 {
        self.ask("GET", "/rest/V1/customers/me", lines).status
    }
}

async fn add(engine: &Engine, realm: &str, login: &str, name: &str, roles: &[&str], attributes: &Value) -> User {
    let draft = UserDraft {
        realm: Some(realm.into()),
        id: None,
        login: login.into(),
        name: name.into(),
        email: None,
        roles: roles.iter().map(|role| (*role).into()).collect(),
        attributes: attributes.as_object().cloned().unwrap_or_default(),
        password: Some(PASSWORD.as_bytes().to_vec().into()),
    };
    engine.create_user(&Actor::console(), draft).await.map_err(|refusal| refusal.code()).expect("added")
}

pub fn credentials(login: &str, password: &str) -> String {
    json!({ "username": login, "password": password }).to_string()
}

/// `Cookie: name=value` of a cookie that an answer sets.
pub fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let pairs = answer.all("set-cookie").filter_map(|line| line.split(';').next());
    pairs.filter(|pair| pair.split('=').next() == Some(name)).last().map(|pair| format!("Cookie: {pair}"))
}

/// The body of a refusal for want of these resources.
pub fn unauthorized(resources: &str) -> String {
    format!("{{\"message\":\"{UNAUTHORIZED}\",\"parameters\":{{\"resources\":\"{resources}\"}}}}")
}

/// The body of a refusal for want of this parameter.
pub fn required(field: &str) -> String {
    format!(
        r#"{{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{{"fieldName":"{field}"}}}}"#
    )
}

pub fn message(text: &str) -> String {
    format!("{{\"message\":\"{text}\"}}")
}
