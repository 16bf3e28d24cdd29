//! eZ Platform's `ErrorMessage`.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use super::dialect::Said;
use crate::refusal::Reason;
use crate::speech::{EzElement, Speech};

/// Above 499 it says the same of everything.
const FAILED: &str = "An error has occurred. Please try again later or contact your Administrator.";

pub(super) fn body(speech: &Speech, said: Said<'_>) -> (String, String) {
    let code = said.status.as_u16();
    let phrase = said.status.canonical_reason().unwrap_or("Error");
    let description = if code >= 500 { FAILED.to_owned() } else { description(speech, said) };
    let message = EzElement::new("ErrorMessage").kind("ErrorMessage").number("errorCode", code);
    message.text("errorMessage", phrase).text("errorDescription", description).represent(speech)
}

/// What a browser is asked for by its own dialogue has no body: nobody would read it.
pub(super) fn challenge(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().extend(super::PROTECTION);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    response
}

/// Clients go by the status; the words are for people.
fn description(speech: &Speech, said: Said<'_>) -> String {
    let request = &speech.request;
    let lacks = |what: &str| format!("The User does not have the '{request}' '{what}' permission");
    match said.reason {
        Some(Reason::Csrf(_)) => lacks("Missing or invalid CSRF token"),
        Some(Reason::BadCredentials | Reason::Throttled) => lacks("Invalid login or password"),
        // These are no permissions that somebody could have.
        Some(Reason::NotLoggedIn) if matches!(&*speech.asks, "" | "anonymous" | "self") => "Not logged in.".to_owned(),
        Some(Reason::NotLoggedIn | Reason::Forbidden(_) | Reason::Undecided) => lacks(&speech.asks),
        Some(Reason::UnexpectedUser) => "Expectation failed. User changed.".to_owned(),
        Some(Reason::Invalid(_, why)) => why.clone(),
        Some(Reason::Malformed(why)) => (*why).to_owned(),
        Some(Reason::NotFound) => format!("No route found for \"{request}\""),
        Some(Reason::MethodNotAllowed | Reason::UnknownMethod) => {
            format!("No route found for \"{request}\": Method Not Allowed")
        }
        _ => said.detail.to_owned(),
    }
}
