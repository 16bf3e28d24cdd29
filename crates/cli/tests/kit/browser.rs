//! Somebody with a cookie jar.

use std::sync::Arc;

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::{Value, json};

/// A client that keeps its cookies, and follows no redirect.
pub struct Browser {
    client: Client,
    jar: Arc<Jar>,
    /// Where it is: the origin of its pages.
    pub base: String,
    /// The CSRF token of the session.
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// What the problem is called.
    #[track_caller]
    pub fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().expect("a problem").to_owned();
        kind.strip_prefix("urn:doorward:problem:").expect("one of ours").to_owned()
    }
}

impl Browser {
    pub fn at(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client =
            Client::builder().cookie_provider(jar.clone()).redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self { client: client.build().expect("a client"), jar, base: base.to_owned(), token: String::new() }
    }

    /// The same person, at an address that has changed: cookies know no port.
    pub fn moved_to(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    /// The header `Cookie`, as it would be sent.
    pub fn cookies(&self) -> String {
        let url: Url = self.base.parse().expect("an address");
        self.jar.cookies(&url).map_or_else(String::new, |value| value.to_str().expect("text").to_owned())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.expect("a body") }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// With JSON and the session's token.
    pub async fn change(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(self.request(method, path).header("X-CSRF", &self.token).json(&body)).await
    }

    /// Tries to log in.
    pub async fn log_in(&mut self, realm: Option<&str>, login: &str, password: &str) -> Answer {
        let body = json!({ "realm": realm, "login": login, "password": password });
        let answer = self.send(self.request(Method::POST, "/user/sessions").json(&body)).await;
        if answer.status == 201 {
            self.token = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
        }
        answer
    }
}
