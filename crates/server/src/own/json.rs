//! JSON, in and out: one type, one encoding, no key twice, no deep nesting.

use std::collections::HashSet;
use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::refused::Refused;

/// A body of JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        check_type(request.headers(), "application/json")?;
        let bytes = super::form::body(request).await?;
        read(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], Bytes::from(bytes)).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                Refused::internal().into_response()
            }
        }
    }
}

/// Reads JSON.
///
/// # Errors
/// 400 for what is no JSON, has a key twice or nests too deep, and for what the type does not know.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    let no_json = |error: serde_json::Error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Refused::invalid("body", format!("no JSON that two readers would read alike, at {place}"))
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict { depth: 0 }.deserialize(&mut reader).and_then(|()| reader.end()).map_err(no_json)?;
    serde_json::from_slice(bytes).map_err(|error| Refused::invalid("body", misfit(&error.to_string())))
}

/// What does not fit, in our words. What a reader says of values it would repeat, and they may be somebody's secret.
pub(crate) fn misfit(error: &str) -> String {
    let message = error.split(" at line ").next().unwrap_or_default();
    let is_member = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte));
    match message.split_once(": ").filter(|(member, _)| is_member(member)) {
        Some((member, message)) => format!("{member}: {}", reworded(message)),
        None => reworded(message),
    }
}

fn reworded(message: &str) -> String {
    let named = |beginning: &str| message.strip_prefix(beginning)?.split('`').nth(1);
    let known = || {
        let names = message.split_once("expected").map_or("", |(_, names)| names);
        names.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
    };
    if let Some(name) = named("missing field ") {
        return format!("`{name}` is missing");
    }
    if let Some(name) = named("duplicate field ") {
        return format!("`{name}` comes twice");
    }
    if let Some(name) = named("unknown field ") {
        return format!("`{name}` is not known here; known are: {}", known());
    }
    if let Some(name) = named("unknown variant ") {
        return format!("`{name}` is none of: {}", known());
    }
    match message.rsplit_once(", expected ") {
        Some((_, wanted)) => format!("a value is of the wrong kind: here belongs {wanted}"),
        None => message.to_owned(),
    }
}

/// Refuses a body of another type, or in an encoding: what another reader would take for something else is not read.
///
/// # Errors
/// 415.
pub(super) fn check_type(headers: &HeaderMap, wanted: &'static str) -> Result<(), Refused> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let text = match (types.next().map(HeaderValue::to_str), types.next()) {
        (Some(Ok(text)), None) => text,
        _ => return Err(unsupported(wanted)),
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parameter = parameters.trim();
    let is_utf8 = parameter.is_empty()
        || parameter.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        });
    if essence.trim().eq_ignore_ascii_case(wanted) && is_utf8 && !headers.contains_key(header::CONTENT_ENCODING) {
        Ok(())
    } else {
        Err(unsupported(wanted))
    }
}

fn unsupported(wanted: &'static str) -> Refused {
    let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
    Refused::problem(status, code, "The body has the wrong type.", &format!("Send {wanted}, not encoded."))
}

/// Reads everything and keeps nothing: other readers of the same text must not come to another result.
#[derive(Clone, Copy)]
struct Strict {
    depth: u32,
}

/// How deep values may be nested.
const DEEPEST: u32 = 32;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEEPEST {
            return Err(E::custom(format_args!("nested deeper than {DEEPEST}")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value_seed(below)?;
            if !keys.insert(key) {
                return Err(A::Error::custom("a key comes twice"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while items.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn json_that_others_might_read_otherwise_is_refused() {
        for text in
            ["", "{", "{}{}", "\u{feff}{}", "{\"a\":1,\"a\":2}", "[{\"b\":{\"a\":1,\"\\u0061\":2}}]", "\"\\ud800\""]
        {
            assert!(read::<Value>(text.as_bytes()).is_err(), "{text}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read::<Value>(nested(32).as_bytes()).is_ok());
        assert!(read::<Value>(nested(33).as_bytes()).is_err());
        assert!(read::<Value>(b"\xff\xfe{\0}\0").is_err());
    }

    #[test]
    fn what_does_not_fit_is_told_without_repeating_values() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, reason = "it is only read")]
        struct Door {
            name: String,
            width: Option<u32>,
        }
        let told = |text: &str| misfit(&serde_json::from_str::<Door>(text).expect_err("it does not fit").to_string());
        assert_eq!(told("{}"), "`name` is missing");
        assert_eq!(told(r#"{"nam":1}"#), "`nam` is not known here; known are: name, width");
        assert_eq!(told(r#"{"name":"a","width":"secret"}"#), "a value is of the wrong kind: here belongs u32");
        assert_eq!(
            misfit("format: unknown variant `xml`, expected `csv` or `jsonl`"),
            "format: `xml` is none of: csv, jsonl"
        );
    }

    #[test]
    fn only_one_type_is_taken_and_nothing_encoded() {
        let check = |lines: &[(header::HeaderName, &'static str)]| {
            let headers = lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
            check_type(&headers, "application/json").is_ok()
        };
        assert!(check(&[(header::CONTENT_TYPE, "application/json")]));
        assert!(check(&[(header::CONTENT_TYPE, "Application/JSON; charset=UTF-8")]));
        assert!(!check(&[(header::CONTENT_TYPE, "application/json; charset=utf-16")]));
        assert!(!check(&[(header::CONTENT_TYPE, "text/plain")]));
        assert!(!check(&[(header::CONTENT_TYPE, "application/json"), (header::CONTENT_TYPE, "application/json")]));
        assert!(!check(&[(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")]));
        assert!(!check(&[]));
    }
}
