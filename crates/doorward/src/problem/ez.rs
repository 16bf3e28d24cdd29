//! eZ Platform's `ErrorMessage`.

use serde_json::json;

use super::dialect::{Said, php_json, xml_text};
use crate::policy::EzVendor;
use crate::refusal::Reason;
use crate::speech::{Format, Speech};

/// Above 499 it says the same of everything.
const FAILED: &str = "An error has occurred. Please try again later or contact your Administrator.";

pub(super) fn body(speech: &Speech, said: Said<'_>) -> (String, String) {
    let vendor = match speech.vendor {
        EzVendor::Ez => "ez",
        EzVendor::Ibexa => "ibexa",
    };
    let code = said.status.as_u16();
    let phrase = said.status.canonical_reason().unwrap_or("Error");
    let description = if code >= 500 { FAILED.to_owned() } else { description(speech, said) };
    match speech.format {
        Format::Json => {
            let kind = format!("application/vnd.{vendor}.api.ErrorMessage+json");
            let message = json!({"ErrorMessage": {
                "_media-type": kind, "errorCode": code, "errorMessage": phrase, "errorDescription": description,
            }});
            (kind, php_json(&message))
        }
        Format::Xml => {
            let kind = format!("application/vnd.{vendor}.api.ErrorMessage+xml");
            let description = xml_text(&description);
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorMessage media-type=\"{kind}\"><errorCode>{code}</errorCode>\
                 <errorMessage>{phrase}</errorMessage><errorDescription>{description}</errorDescription></ErrorMessage>\n"
            );
            (kind, text)
        }
    }
}

/// Clients go by the status; the words are for people.
fn description(speech: &Speech, said: Said<'_>) -> String {
    let request = &speech.request;
    let lacks = |what: &str| format!("The User does not have the '{request}' '{what}' permission");
    match said.reason {
        Some(Reason::Csrf(_)) => lacks("Missing or invalid CSRF token"),
        Some(Reason::BadCredentials | Reason::Throttled) => lacks("Invalid login or password"),
        Some(Reason::NotLoggedIn | Reason::Forbidden(_) | Reason::Undecided) if !speech.asks.is_empty() => {
            lacks(&speech.asks)
        }
        Some(Reason::NotFound) => format!("No route found for \"{request}\""),
        Some(Reason::MethodNotAllowed | Reason::UnknownMethod) => {
            format!("No route found for \"{request}\": Method Not Allowed")
        }
        _ => said.detail.to_owned(),
    }
}
