//! A browser with a cookie jar that can be looked into.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// A browser at one of the doors. It keeps every cookie, and sends the token of its last log-in where it is told to.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    pub token: Option<String>,
    headers: HeaderMap,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { client, address, cookies: BTreeMap::new(), token: None, headers: HeaderMap::new() }
    }

    /// The beginning of every address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same browser, with one more header in every request.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        self
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn delete(&mut self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Sends a request, with the token if there is one, and keeps the cookies of the answer.
    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let response = self.open(method, path, body).await;
        self.read(response).await
    }

    /// As [`send`](Self::send), but does not wait for the body.
    pub async fn open(&mut self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request =
            self.client.request(method, format!("http://{}{path}", self.address)).headers(self.headers.clone());
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        if let Some(token) = &self.token {
            request = request.header("x-csrf", token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().expect("text");
            let (name, rest) = line.split_once('=').expect("name and value");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), rest.split(';').next().unwrap_or_default().into());
            }
        }
        response
    }

    async fn read(&mut self, response: Response) -> Reply {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, text: response.text().await.expect("a body") }
    }

    /// Logs in with the usual password where there is one realm, and keeps the token.
    pub async fn log_in(&mut self, login: &str) -> Reply {
        self.claim(json!({ "login": login, "password": super::PASSWORD })).await
    }

    /// Logs in with this body, and keeps the token.
    pub async fn claim(&mut self, body: Value) -> Reply {
        let reply = self.post("/user/sessions", body).await;
        if reply.status == 201 {
            self.token = reply.json()["csrf_token"].as_str().map(str::to_owned);
        }
        reply
    }

    /// The session cookie's value, of the realm `default`.
    pub fn session(&self) -> Option<&str> {
        let names = ["__Host-doorward-default", "doorward-default"];
        names.iter().find_map(|name| self.cookies.get(*name)).map(String::as_str)
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    /// The code of the problem.
    pub fn code(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.strip_prefix("urn:doorward:problem:").unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text")).collect()
    }

    /// Status and problem code at once.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.code())
    }
}
