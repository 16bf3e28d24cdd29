//! A refusal in the words of another system.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Response, StatusCode};
use serde::Serialize as _;

use super::{ez, kirby, magento};
use crate::policy::Wording;
use crate::refusal::Reason;
use crate::speech::Speech;

/// What is to be said.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The status.
    pub status: StatusCode,
    /// Why, where the engine refused.
    pub reason: Option<&'a Reason>,
    /// A sentence about it, where the other system has no words of its own.
    pub detail: &'a str,
}

const PROTECTION: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store, private")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

impl Speech {
    /// The response that says it.
    pub fn response(&self, said: Said<'_>) -> Response<Bytes> {
        let (kind, body) = match self.profile.wording {
            Wording::ErrorMessage => ez::body(self, said),
            Wording::Kirby => kirby::body(said),
            Wording::Magento | Wording::Problem => magento::body(self, said),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = said.status;
        let headers = response.headers_mut();
        headers.extend(PROTECTION);
        if let Ok(kind) = HeaderValue::try_from(kind) {
            headers.insert(CONTENT_TYPE, kind);
        }
        response
    }
}

/// JSON as PHP writes it: `\/`, and nothing beyond ASCII.
pub fn php_json(value: &serde_json::Value) -> String {
    php_escaped(&value.to_string())
}

/// The same for people: each member on a line of its own, four spaces deeper.
pub fn php_json_pretty(value: &serde_json::Value) -> String {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter));
    match (written, String::from_utf8(text)) {
        (Ok(()), Ok(text)) => php_escaped(&text),
        // Values are always written.
        _ => php_json(value),
    }
}

fn php_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            character if character.is_ascii() => escaped.push(character),
            character => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

/// Text in XML.
pub fn xml_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // What no XML may hold (XML 1.0, section 2.2) is left out.
            '\t' | '\n' | '\r' => escaped.push(character),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {}
            character => escaped.push(character),
        }
    }
    escaped
}
