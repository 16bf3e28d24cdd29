//! A site of eZ Platform's kind, and how its clients speak.

use doorward::User;
use serde_json::Value;

use crate::kit::{Answer, House, PASSWORD, Upstream};

/// The path below which it is spoken.
pub const ROOT: &str = "/api/ezp/v2";
/// What the session's cookie is called for the siteaccess `site`.
pub const COOKIE: &str = "eZSESSID98defd6ee70dfb1dea416cecdf391f58";
pub const SENDS_JSON: &str = "Content-Type: application/vnd.ez.api.SessionInput+json";
pub const SENDS_XML: &str = "Content-Type: application/vnd.ez.api.SessionInput+xml";
pub const WANTS_JSON: &str = "Accept: application/vnd.ez.api.Session+json";
pub const WANTS_XML: &str = "Accept: application/vnd.ez.api.Session+xml";

const RULES: &str = r#"
[basic]
allow_insecure = true
[dialect.ez]
basic_root = "/basic"
[[acl]]
id = "content"
children = [{ id = "content/read" }, { id = "content/edit" }]
[role.anonymous]
allow = ["content/read"]
[role.editor]
allow = ["content"]
[[route]]
match = "GET /api/ezp/v2/content/objects/:id"
access = "content/read"
[[route]]
match = "PATCH,PUBLISH,DELETE /api/ezp/v2/content/objects/:id"
access = "content/edit"
[[route]]
match = "GET,SWAP /api/ezp/v2/content/locations/*rest"
access = "content/edit"
[[route]]
match = "HEAD,GET,POST /api/ezp/v2/user/users"
access = "anonymous"
[[route]]
match = "GET,POST /api/ezp/v2/content/sections"
access = "content/read"
"#;

/// A site, its upstream, and two users.
pub struct Site {
    pub house: House,
    pub upstream: Upstream,
    pub ada: User,
}

/// A session, as a client remembers it.
pub struct Session {
    pub id: String,
    pub href: String,
    pub token: String,
    pub cookie: String,
    pub proof: String,
}

impl Site {
    /// Ada is an editor, Bob may read like everybody.
    pub fn open() -> Self {
        Self::with("")
    }

    /// The same with more settings before.
    pub fn with(settings: &str) -> Self {
        Self::built(&format!("{settings}{RULES}"))
    }

    /// The same with more settings of the dialect, and more rules.
    pub fn with_more(settings: &str, rules: &str) -> Self {
        let settings = format!("[dialect.ez]\n{settings}");
        Self::built(&format!("{}{rules}", RULES.replace("[dialect.ez]\n", &settings)))
    }

    fn built(text: &str) -> Self {
        let upstream = Upstream::echo();
        let house = House::before(&upstream, text);
        let ada = house.add_user("ada", &["editor"]);
        house.add_user("bob", &[]);
        Self { house, upstream, ada }
    }

    /// One request over a connection of its own; the path is below the root.
    pub fn ask(&self, method: &str, path: &str, lines: &[&str]) -> Answer {
        let mut client = self.house.client();
        let client = client.request(method, &format!("{ROOT}{path}"), lines);
        if method == "HEAD" { client.answer_to_head() } else { client.answer() }
    }

    /// The same with a body.
    pub fn send(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Answer {
        self.house.client().request_with(method, &format!("{ROOT}{path}"), lines, body).answer()
    }

    /// Asks for a session in JSON.
    pub fn try_log_in(&self, login: &str, password: &str, lines: &[&str]) -> Answer {
        let lines: Vec<&str> = lines.iter().copied().chain([SENDS_JSON, WANTS_JSON]).collect();
        self.send("POST", "/user/sessions", &lines, &input(login, password))
    }

    /// A session.
    pub fn log_in(&self, login: &str) -> Session {
        let answer = self.try_log_in(login, PASSWORD, &[]);
        assert_eq!(answer.status, 201, "{}", answer.text());
        Session::of(&answer)
    }

    /// Whether somebody is still logged in.
    pub fn is_alive(&self, session: &Session) -> bool {
        self.ask("GET", "/user/sessions/current", &[&session.cookie, WANTS_JSON]).status == 200
    }
}

impl Session {
    /// What a client remembers of an answer in JSON.
    pub fn of(answer: &Answer) -> Self {
        let json = json(answer);
        let session = &json["Session"];
        let text = |name: &str| session[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned();
        let (id, href, token) = (text("identifier"), text("_href"), text("csrfToken"));
        let cookie = format!("Cookie: {}={id}", text("name"));
        let proof = format!("X-CSRF-Token: {token}");
        Self { id, href, token, cookie, proof }
    }

    /// Its address below the root.
    pub fn path(&self) -> &str {
        self.href.strip_prefix(ROOT).expect("below the root")
    }
}

pub fn input(login: &str, password: &str) -> String {
    format!("{{\"SessionInput\":{{\"login\":\"{login}\",\"password\":\"{password}\"}}}}")
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// The cookie that an answer sets first, without what is said of it.
pub fn first_cookie(answer: &Answer) -> Option<String> {
    answer.all("set-cookie").next().and_then(|line| line.split(';').next()).map(str::to_owned)
}

/// Checks that an answer is an `ErrorMessage` in JSON with this status.
pub fn is_error(answer: &Answer, status: u16, phrase: &str) -> bool {
    let body = json(answer);
    let message = &body["ErrorMessage"];
    answer.status == status
        && answer.header("content-type") == Some("application/vnd.ez.api.ErrorMessage+json")
        && message["errorCode"] == status
        && message["errorMessage"] == phrase
        && message["errorDescription"].as_str().is_some_and(|text| !text.is_empty())
}

/// Whether an answer says all by its status.
pub fn is_empty(answer: &Answer, status: u16) -> bool {
    answer.status == status
        && answer.body.is_empty()
        && (status == 204 || answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")))
}
