//! Magento's errors.

use serde_json::{Map, Value, json};

use super::dialect::{Said, php_json, xml_text};
use crate::refusal::Reason;
use crate::speech::{Format, Speech};

pub(super) fn body(speech: &Speech, said: Said<'_>) -> (String, String) {
    let (message, parameters) = words(speech, said);
    match speech.format {
        Format::Json => {
            let mut body = Map::new();
            body.insert("message".into(), json!(message));
            if !parameters.is_empty() {
                body.insert("parameters".into(), Value::Object(parameters));
            }
            ("application/json; charset=utf-8".to_owned(), php_json(&Value::Object(body)))
        }
        Format::Xml => {
            let mut text =
                format!("<?xml version=\"1.0\"?>\n<response>\n  <message>{}</message>\n", xml_text(&message));
            if !parameters.is_empty() {
                text.push_str("  <parameters>\n");
                for (name, value) in &parameters {
                    let value = value.as_str().unwrap_or_default();
                    text.push_str(&format!("    <{name}>{}</{name}>\n", xml_text(value)));
                }
                text.push_str("  </parameters>\n");
            }
            text.push_str("</response>\n");
            ("application/xml; charset=utf-8".to_owned(), text)
        }
    }
}

/// The message as a template, and what belongs into it.
fn words(speech: &Speech, said: Said<'_>) -> (String, Map<String, Value>) {
    let plain = |text: &str| (text.to_owned(), Map::new());
    match said.reason {
        Some(Reason::NotLoggedIn | Reason::Forbidden(_) | Reason::Undecided | Reason::Csrf(_)) => {
            let parameters = [("resources".to_owned(), json!(speech.asks))].into_iter().collect();
            ("The consumer isn't authorized to access %resources.".to_owned(), parameters)
        }
        Some(Reason::BadCredentials | Reason::Throttled) => plain(
            "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.",
        ),
        Some(Reason::NotFound | Reason::MethodNotAllowed) => plain("Request does not match any route."),
        Some(Reason::UnknownMethod) => plain("The %1 HTTP method is not supported."),
        Some(Reason::HttpsRequired) => plain("Operation allowed only in HTTPS"),
        Some(Reason::RateLimited) => plain("Too Many Requests"),
        _ if said.status.is_server_error() => plain("Internal Error. Details are available in Doorward's log."),
        _ => plain(said.detail),
    }
}
