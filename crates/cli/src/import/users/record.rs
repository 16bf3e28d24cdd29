//! A user as a file has them.

use std::sync::Arc;

use serde_json::{Map, Value};

/// What one line says. `None` says nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The file, where it is not the one that was named.
    pub file: Option<Arc<str>>,
    /// Where it stands, from 1.
    pub line: usize,
    pub login: String,
    pub realm: Option<String>,
    pub id: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub roles: Option<Vec<String>>,
    pub state: Option<String>,
    pub hash: Option<String>,
    pub scheme: Option<String>,
    pub salt: Option<String>,
    pub site: Option<String>,
    pub attributes: Option<Map<String, Value>>,
}

/// What is wrong on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The file, where it is not the one that was named.
    pub file: Option<Arc<str>>,
    pub line: usize,
    pub text: String,
}

impl Wrong {
    pub fn new(line: usize, text: impl Into<String>) -> Self {
        Self { file: None, line, text: text.into() }
    }

    /// The same in another file.
    pub fn within(self, file: Option<Arc<str>>) -> Self {
        Self { file, ..self }
    }
}

impl Record {
    /// The columns that a file may have.
    pub const COLUMNS: [&'static str; 12] =
        ["login", "realm", "id", "email", "name", "roles", "state", "hash", "scheme", "salt", "site", "attributes"];

    /// Takes a text from the column of this name, which is one of [`COLUMNS`](Self::COLUMNS).
    pub fn take(&mut self, column: &str, text: &str) -> Result<(), String> {
        if text.contains('\0') {
            return Err(format!("{column}: a NUL is no text"));
        }
        // An empty field of a table says nothing.
        if text.is_empty() {
            return Ok(());
        }
        match column {
            "roles" => {
                let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
                self.roles = Some(names.map(str::to_owned).collect());
            }
            "attributes" => {
                let attributes = serde_json::from_str(text).map_err(|_| "attributes: not a JSON object")?;
                self.attributes = Some(attributes);
            }
            "login" => self.login = text.to_owned(),
            _ => {
                if let Some(field) = self.text(column) {
                    *field = Some(text.to_owned());
                }
            }
        }
        Ok(())
    }

    /// Takes a JSON value from the member of this name.
    pub fn take_json(&mut self, member: &str, value: Value) -> Result<(), String> {
        match (member, value) {
            (_, Value::Null) => Ok(()),
            ("roles", Value::Array(names)) => {
                let names = names.into_iter().map(|name| match name {
                    Value::String(name) if !name.contains('\0') => Ok(name),
                    _ => Err("roles: a list of names".to_owned()),
                });
                self.roles = Some(names.collect::<Result<_, _>>()?);
                Ok(())
            }
            ("roles", _) => Err("roles: a list of names".into()),
            ("attributes", Value::Object(attributes)) => {
                self.attributes = Some(attributes);
                Ok(())
            }
            ("attributes", _) => Err("attributes: an object".into()),
            // Databases number what is text here.
            ("id", Value::Number(number)) => self.take(member, &number.to_string()),
            (_, Value::String(text)) => self.take(member, &text),
            _ => Err(format!("{member}: a text")),
        }
    }

    fn text(&mut self, column: &str) -> Option<&mut Option<String>> {
        Some(match column {
            "realm" => &mut self.realm,
            "id" => &mut self.id,
            "email" => &mut self.email,
            "name" => &mut self.name,
            "state" => &mut self.state,
            "hash" => &mut self.hash,
            "scheme" => &mut self.scheme,
            "salt" => &mut self.salt,
            "site" => &mut self.site,
            _ => return None,
        })
    }
}
