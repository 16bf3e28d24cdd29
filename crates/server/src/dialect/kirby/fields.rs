//! The body of a request: JSON, a form, or whatever reads as a query. Names have any case, and no type is asked for.

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::query::Query;

/// The members of a body, by their names in lower case.
pub(super) struct Fields(HashMap<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let says_json = says_json(request.headers());
        let body = crate::own::body(request).await?;
        Self::read(&body, says_json)
    }
}

impl Fields {
    fn read(body: &[u8], says_json: bool) -> Result<Self, Fault> {
        let body = body.trim_ascii();
        let looks_so = matches!(body.first(), Some(b'{' | b'['));
        let members: Vec<(String, Value)> = if body.is_empty() {
            Vec::new()
        } else if says_json || looks_so {
            let object: Result<Map<String, Value>, _> = serde_json::from_slice(body);
            object.map_err(|_| Fault::argument("The body is no JSON object"))?.into_iter().collect()
        } else {
            Query::read(body).into_pairs().map(formed).collect()
        };
        let mut fields = HashMap::with_capacity(members.len());
        for (name, value) in members {
            // Which of two is meant nobody knows.
            if fields.insert(name.to_ascii_lowercase(), value).is_some() {
                return Err(Fault::argument("A member of the body stands there twice"));
            }
        }
        Ok(Self(fields))
    }

    /// A member that is a text, or a number as one.
    ///
    /// # Errors
    /// 400 for anything that no text can be made of.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        match self.0.get(&name.to_ascii_lowercase()) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Fault::argument(&format!("`{name}` is no text"))),
        }
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// 400 where it is not.
    pub(super) fn needed(&self, name: &str) -> Result<String, Fault> {
        self.text(name)?.ok_or_else(|| Fault::argument(&format!("`{name}` is missing")))
    }

    /// What PHP takes for true; nothing is false.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.0.get(&name.to_ascii_lowercase()) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
            _ => false,
        }
    }

    /// A member that is an object.
    pub(super) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(&name.to_ascii_lowercase())?.as_object()
    }

    /// All of them, by their names in lower case.
    pub(super) fn into_members(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter()
    }

    /// A number of a list's part, where it is one.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.0.get(&name.to_ascii_lowercase())? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A number within an object.
    pub(super) fn number_in(&self, object: &str, name: &str) -> Option<u64> {
        self.0.get(object)?.get(name)?.as_u64()
    }
}

/// `a[b]=c` is a list to PHP, and here no value at all.
fn formed((name, value): (String, String)) -> (String, Value) {
    match name.split_once('[') {
        Some((name, _)) => (name.to_owned(), Value::Array(Vec::new())),
        None => (name, Value::String(value)),
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(kind).to_ascii_lowercase().contains("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, says_json: bool) -> Option<Fields> {
        Fields::read(body.as_bytes(), says_json).ok()
    }

    #[test]
    fn json_and_forms_are_read_alike_with_names_in_any_case() {
        for body in [r#"{"Email":"a@b","PASSWORD":"p","long":true}"#, "EMAIL=a%40b&Password=p&long=1"] {
            let fields = read(body, false).expect("fields");
            assert_eq!(fields.text("email").ok().flatten().as_deref(), Some("a@b"), "{body}");
            assert_eq!(fields.text("password").ok().flatten().as_deref(), Some("p"), "{body}");
            assert!(fields.flag("long"), "{body}");
        }
    }

    #[test]
    fn what_is_no_object_or_says_a_thing_twice_is_refused() {
        for (body, says_json) in [("[1]", false), ("{", false), ("email=a", true), (r#"{"a":1,"A":2}"#, false)] {
            assert!(read(body, says_json).is_none(), "{body}");
        }
        assert!(read("", true).is_some_and(|fields| !fields.flag("long")));
    }

    #[test]
    fn lists_are_no_texts_and_numbers_are() {
        for body in [r#"{"email":["a"]}"#, r#"{"email":{}}"#, "email[]=a", r#"{"email":true}"#] {
            assert!(read(body, false).expect("fields").text("email").is_err(), "{body}");
        }
        let fields = read(r#"{"email":null,"password":12345678,"long":0}"#, false).expect("fields");
        assert_eq!(fields.text("email").ok().flatten(), None);
        assert_eq!(fields.text("password").ok().flatten().as_deref(), Some("12345678"));
        assert!(!fields.flag("long"));
    }
}
