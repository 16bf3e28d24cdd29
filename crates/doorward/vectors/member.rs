//! Who calls.

use serde::Deserialize;

/// A user of the cast.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// What vectors call them.
    pub name: String,
    /// Where they log in.
    pub realm: String,
    /// Their id.
    pub id: String,
    /// Their login, as they type it.
    pub login: String,
    /// Their password; none for somebody who has not redeemed a code yet.
    pub password: Option<String>,
    /// Their roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Their attributes.
    #[serde(default)]
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Whether they may not log in.
    #[serde(default)]
    pub disabled: bool,
}

impl Member {
    /// Their login as services see it: in lower case, what is not ASCII percent-encoded.
    pub fn login_header(&self) -> String {
        let mut text = String::new();
        for byte in self.login.to_lowercase().bytes() {
            match byte {
                0x21..=0x7e if byte != b'%' => text.push(char::from(byte)),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
        text
    }

    /// Their roles as services see them.
    pub fn roles_header(&self) -> String {
        let mut roles = self.roles.clone();
        roles.sort();
        roles.join(",")
    }

    /// What follows `Basic `.
    pub fn basic(&self) -> String {
        let password = self.password.as_deref().unwrap_or_default();
        super::send::base64(format!("{}:{password}", self.login).as_bytes())
    }
}
