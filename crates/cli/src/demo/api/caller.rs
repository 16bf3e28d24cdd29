//! Who Doorward says is calling.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use serde_json::{Value, json};

/// The caller, from the identity headers. Doorward drops those that a client sends.
pub struct Caller {
    pub login: Option<String>,
    pub user: Option<String>,
    pub realm: Option<String>,
    pub roles: Option<String>,
    pub method: Option<String>,
    /// A token for pages that call back.
    pub csrf: Option<String>,
    /// Whether a person is looking.
    pub reads_html: bool,
}

impl Caller {
    /// The caller as JSON.
    pub fn describe(&self) -> Value {
        json!({
            "method": self.method,
            "realm": self.realm,
            "id": self.user,
            "login": self.login,
            "roles": self.roles,
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Self {
            login: text("x-doorward-login"),
            user: text("x-doorward-user"),
            realm: text("x-doorward-realm"),
            roles: text("x-doorward-roles"),
            method: text("x-doorward-method"),
            csrf: text("x-doorward-csrf"),
            reads_html: text(ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html")),
        })
    }
}
