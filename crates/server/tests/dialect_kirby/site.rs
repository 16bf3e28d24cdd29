//! A site as Kirby's clients know it: an API below `/api`, and a browser that keeps cookies.

use std::collections::BTreeMap;

use doorward::{Actor, User, UserDraft};
use serde_json::Value;

use crate::kit::{Answer, House, PASSWORD, Upstream};

/// The dialect as it is without options, before an upstream with pages that ask for permissions.
pub const PLAIN: &str = "[dialect.kirby]\n";

pub const RULES: &str = r#"
[realm.default]
session = { remember = "14d" }

[[route]]
match = "GET /api/site"
access = "self"

[[route]]
match = "* /api/pages/:id"
access = "Kirby::pages.update"

[[route]]
match = "GET /"
access = "anonymous"
csrf_token = true

[[acl]]
id = "Kirby::all"
children = [
    { id = "Kirby::access.panel" },
    { id = "Kirby::pages.read" },
    { id = "Kirby::pages.update" },
    { id = "Kirby::user.access" },
    { id = "Kirby::user.changeEmail" },
    { id = "Kirby::users.access" },
    { id = "Kirby::users.changeEmail" },
    { id = "Kirby::users.changeName" },
    { id = "Kirby::users.changePassword" },
    { id = "Kirby::users.changeRole" },
    { id = "Kirby::users.create" },
    { id = "Kirby::users.delete" },
    { id = "Kirby::users.list" },
]

[role.admin]
title = "Admin"
allow = ["Kirby::all"]

[role.editor]
title = "Editor"
allow = ["Kirby::access.panel", "Kirby::pages.read", "Kirby::user.access"]

[role.nopanel]
allow = ["Kirby::pages.update"]

[role.panelonly]
allow = ["Kirby::access.panel"]
"#;

/// What every client has in front of it.
pub struct Site {
    pub house: House,
    pub upstream: Upstream,
}

/// A browser: it keeps cookies, and sends the token that it was told last.
pub struct Browser<'s> {
    site: &'s Site,
    cookies: BTreeMap<String, String>,
    pub token: Option<String>,
}

impl Site {
    /// With these settings of the dialect, and [`RULES`].
    pub fn open(dialect: &str) -> Self {
        Self::with(&format!("{dialect}{RULES}"))
    }

    /// With these settings and rules alone.
    pub fn with(text: &str) -> Self {
        let upstream = Upstream::echo();
        let house = House::before(&upstream, text);
        Self { house, upstream }
    }

    /// Adds somebody.
    pub fn add(&self, id: &str, email: &str, roles: &[&str]) -> User {
        let draft = UserDraft {
            id: Some(id.into()),
            name: "Ada".into(),
            email: Some(email.into()),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            password: Some(PASSWORD.as_bytes().to_vec().into()),
            ..UserDraft::new(email)
        };
        let added = self.house.block_on(self.house.engine.create_user(&Actor::console(), draft));
        added.map_err(|refusal| refusal.code()).expect("added")
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: BTreeMap::new(), token: None }
    }

    /// Somebody who is logged in.
    pub fn logged_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.fetch_token();
        let answer = browser.log_in(email, PASSWORD);
        assert_eq!(answer.status, 200, "{}", answer.text());
        browser
    }

    /// A request with these header lines alone.
    pub fn send(&self, method: &str, target: &str, lines: &[&str], body: &str) -> Answer {
        self.house.client().request_with(method, target, lines, body).answer()
    }
}

impl Browser<'_> {
    /// Fetches a token, as a page does before somebody logs in.
    pub fn fetch_token(&mut self) {
        let answer = self.send("GET", "/user/csrf", &[], "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.token = Some(json(&answer)["csrf_token"].as_str().expect("a token").to_owned());
    }

    pub fn log_in(&mut self, email: &str, password: &str) -> Answer {
        let body = serde_json::json!({"email": email, "password": password, "long": false}).to_string();
        self.post("/api/auth/login", &body)
    }

    pub fn get(&mut self, target: &str) -> Answer {
        self.with_token("GET", target, "")
    }

    pub fn post(&mut self, target: &str, body: &str) -> Answer {
        self.with_token("POST", target, body)
    }

    pub fn patch(&mut self, target: &str, body: &str) -> Answer {
        self.with_token("PATCH", target, body)
    }

    pub fn with_token(&mut self, method: &str, target: &str, body: &str) -> Answer {
        let token = self.token.as_ref().map(|token| format!("X-CSRF: {token}"));
        let lines: Vec<&str> = token.iter().map(String::as_str).collect();
        self.send(method, target, &lines, body)
    }

    /// With these header lines and the cookies that it has.
    pub fn send(&mut self, method: &str, target: &str, lines: &[&str], body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = format!("Cookie: {}", cookies.join("; "));
        let sent = (!self.cookies.is_empty()).then_some(cookies.as_str());
        let lines: Vec<&str> = lines.iter().copied().chain(sent).collect();
        let mut client = self.site.house.client();
        let answer = if body.is_empty() {
            client.request(method, target, &lines)
        } else {
            client.request_with(method, target, &lines, body)
        }
        .answer();
        for line in answer.all("set-cookie") {
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            match line.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        if let Some(token) = answer.header("x-csrf") {
            self.token = Some(token.to_owned());
        }
        answer
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Status and key, by which clients go.
pub fn said(answer: &Answer) -> (u16, String) {
    let key = json(answer)["key"].as_str().unwrap_or("null").to_owned();
    (answer.status, key)
}

pub const UNAUTHENTICATED: &str =
    r#"{"status":"error","message":"Unauthenticated","code":401,"key":"error.auth","details":[]}"#;
pub const DONE: &str = r#"{"status":"ok","message":"ok","code":200}"#;
