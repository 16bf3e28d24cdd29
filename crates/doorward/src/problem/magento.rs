//! Magento's errors.

use http::HeaderValue;
use serde_json::{Value, json};

use super::dialect::{Said, php_json, xml_text};
use crate::policy::ForceError;
use crate::refusal::Reason;
use crate::speech::{Format, Speech};

/// An error as Magento words it: a template, and apart from it what belongs into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MagentoError {
    /// The template.
    pub message: String,
    /// Several errors under this one.
    pub errors: Vec<MagentoError>,
    /// What belongs into the template.
    pub parameters: Parameters,
}

/// What belongs into a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Parameters {
    /// Nothing.
    #[default]
    None,
    /// A value by its name: `%resources`.
    Named(&'static str, String),
    /// Values by their place: `%1`.
    Placed(Vec<String>),
}

impl MagentoError {
    /// An error without parameters.
    pub fn plain(message: &str) -> Self {
        Self { message: message.to_owned(), ..Self::default() }
    }

    /// An error with one named parameter.
    pub fn named(message: &str, name: &'static str, value: &str) -> Self {
        Self { parameters: Parameters::Named(name, value.to_owned()), ..Self::plain(message) }
    }

    /// An error with one parameter without a name.
    pub fn placed(message: &str, value: &str) -> Self {
        Self { parameters: Parameters::Placed(vec![value.to_owned()]), ..Self::plain(message) }
    }

    /// These fields are empty or missing; there is one at least.
    pub fn required(fields: &[impl AsRef<str>]) -> Self {
        const REQUIRED: &str = "\"%fieldName\" is required. Enter and try again.";
        let one = |field: &_| Self::named(REQUIRED, "fieldName", AsRef::<str>::as_ref(field));
        match fields {
            [only] => one(only),
            all => Self {
                errors: all.iter().map(one).collect(),
                ..Self::plain("One or more input exceptions have occurred.")
            },
        }
    }

    /// What is wrong with the type that a body is said to have; nothing, where it is JSON in UTF-8.
    pub fn of_type<'h>(lines: impl IntoIterator<Item = &'h HeaderValue>) -> Option<Self> {
        const INVALID: &str = "Content-Type header is invalid.";
        let mut lines = lines.into_iter();
        let text = match (lines.next().map(|line| line.to_str()), lines.next()) {
            (None, _) | (Some(Ok("")), None) => return Some(Self::plain("Content-Type header is empty.")),
            (Some(Ok(text)), None) => text,
            _ => return Some(Self::plain(INVALID)),
        };
        let (kind, parameter) = text.split_once(';').unwrap_or((text, ""));
        let kind = kind.trim();
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"/-+.".contains(&byte);
        if kind.is_empty() || !kind.bytes().all(is_letter) {
            return Some(Self::plain(INVALID));
        }
        if let Some((name, charset)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("charset")
            && !charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        {
            return Some(Self::plain("UTF-8 is the only supported charset."));
        }
        (!kind.eq_ignore_ascii_case("application/json")).then(|| Self::not_understood(kind))
    }

    /// A body of this type is not read.
    pub fn not_understood(kind: &str) -> Self {
        Self::placed("Server cannot understand Content-Type HTTP header media type %1", kind)
    }

    /// Media type and body.
    pub fn body(&self, format: Format) -> (&'static str, String) {
        match format {
            Format::Json => ("application/json; charset=utf-8", self.json()),
            Format::Xml => {
                let mut text = "<?xml version=\"1.0\"?>\n<response>\n".to_owned();
                self.xml(1, &mut text);
                text.push_str("</response>\n");
                ("application/xml; charset=utf-8", text)
            }
        }
    }

    /// Keys stand in Magento's order, and are absent when there is nothing to say.
    fn json(&self) -> String {
        let mut text = format!("{{\"message\":{}", php_json(&json!(self.message)));
        if !self.errors.is_empty() {
            let errors: Vec<String> = self.errors.iter().map(Self::json).collect();
            text.push_str(&format!(",\"errors\":[{}]", errors.join(",")));
        }
        let parameters = match &self.parameters {
            Parameters::None => None,
            Parameters::Named(name, value) => Some(json!({ *name: value })),
            Parameters::Placed(values) => Some(Value::from(values.clone())),
        };
        if let Some(parameters) = parameters {
            text.push_str(&format!(",\"parameters\":{}", php_json(&parameters)));
        }
        text.push('}');
        text
    }

    fn xml(&self, depth: usize, text: &mut String) {
        let indent = "  ".repeat(depth);
        text.push_str(&format!("{indent}<message>{}</message>\n", xml_text(&self.message)));
        if !self.errors.is_empty() {
            text.push_str(&format!("{indent}<errors>\n"));
            for error in &self.errors {
                text.push_str(&format!("{indent}  <item>\n"));
                error.xml(depth + 2, text);
                text.push_str(&format!("{indent}  </item>\n"));
            }
            text.push_str(&format!("{indent}</errors>\n"));
        }
        let values: Vec<(&str, &String)> = match &self.parameters {
            Parameters::None => return,
            Parameters::Named(name, value) => vec![(name, value)],
            Parameters::Placed(values) => values.iter().map(|value| ("item", value)).collect(),
        };
        text.push_str(&format!("{indent}<parameters>\n"));
        for (name, value) in values {
            text.push_str(&format!("{indent}  <{name}>{}</{name}>\n", xml_text(value)));
        }
        text.push_str(&format!("{indent}</parameters>\n"));
    }
}

pub(super) fn body(speech: &Speech, said: Said<'_>) -> (String, String) {
    let (kind, body) = words(speech, said).body(speech.format);
    (kind.to_owned(), body)
}

fn words(speech: &Speech, said: Said<'_>) -> MagentoError {
    let plain = MagentoError::plain;
    match said.reason {
        Some(Reason::NotLoggedIn | Reason::Forbidden(_) | Reason::Undecided | Reason::Csrf(_)) => {
            let message = "The consumer isn't authorized to access %resources.";
            MagentoError::named(message, "resources", &speech.asks)
        }
        Some(Reason::BadCredentials | Reason::Throttled) => plain(
            "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.",
        ),
        Some(Reason::NotFound | Reason::MethodNotAllowed) => plain("Request does not match any route."),
        Some(Reason::UnknownMethod) => {
            let method = speech.request.split(' ').next().unwrap_or_default();
            MagentoError::placed("The %1 HTTP method is not supported.", method)
        }
        Some(Reason::HttpsRequired) => plain("Operation allowed only in HTTPS"),
        Some(Reason::RateLimited) => plain("Too Many Requests"),
        Some(Reason::Force(ForceError::Malformed | ForceError::DuplicateKey)) => plain("Decoding error."),
        Some(Reason::Force(ForceError::UnsupportedMediaType)) => {
            MagentoError::of_type(&speech.sent).unwrap_or_else(|| plain(said.detail))
        }
        Some(Reason::Force(ForceError::NoCart)) => plain("Current customer does not have an active cart."),
        Some(Reason::Force(ForceError::MissingAttribute)) if !speech.missing.is_empty() => {
            MagentoError::required(&speech.missing)
        }
        Some(Reason::Malformed(why)) => plain(why),
        _ if said.status.is_server_error() => plain("Internal Error. Details are available in Doorward's log."),
        _ => plain(said.detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_missing_fields_are_two_errors_under_one() {
        let error = MagentoError::required(&["username", "password"]);
        assert_eq!(
            error.body(Format::Json).1,
            r#"{"message":"One or more input exceptions have occurred.","errors":[{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"username"}},{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"password"}}]}"#
        );
        let one = MagentoError::required(&["password"]);
        assert_eq!(
            one.body(Format::Json).1,
            r#"{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{"fieldName":"password"}}"#
        );
    }

    #[test]
    fn values_by_place_are_items_in_xml() {
        let error = MagentoError::placed("The %1 HTTP method is not supported.", "PATCH");
        let expected = "<?xml version=\"1.0\"?>\n<response>\n  <message>The %1 HTTP method is not supported.</message>\n  \
                        <parameters>\n    <item>PATCH</item>\n  </parameters>\n</response>\n";
        assert_eq!(error.body(Format::Xml).1, expected);
        assert_eq!(
            error.body(Format::Json).1,
            r#"{"message":"The %1 HTTP method is not supported.","parameters":["PATCH"]}"#
        );
    }
}
