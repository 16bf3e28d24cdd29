//! Kirby's errors.

use serde_json::json;

use super::dialect::{Said, php_json};
use crate::refusal::Reason;

pub(super) fn body(said: Said<'_>) -> (String, String) {
    let code = said.status.as_u16();
    let (message, key) = words(said);
    let body = json!({"status": "error", "message": message, "code": code, "key": key, "details": []});
    ("application/json; charset=UTF-8".to_owned(), php_json(&body))
}

/// Clients go by status and key.
fn words<'a>(said: Said<'a>) -> (&'a str, Option<&'static str>) {
    match said.reason {
        // Whether nobody is logged in or the token is missing cannot be told apart from outside.
        Some(Reason::NotLoggedIn | Reason::Csrf(_)) => ("Unauthenticated", Some("error.auth")),
        Some(Reason::Forbidden(_) | Reason::Undecided) => ("You are not allowed to do this", Some("error.permission")),
        Some(Reason::HttpsRequired) => ("Basic authentication is only allowed over HTTPS", Some("error.permission")),
        Some(Reason::BadCredentials | Reason::MalformedAuthorization | Reason::Throttled) => {
            ("Invalid login", Some("error.access.login"))
        }
        Some(Reason::NotFound | Reason::MethodNotAllowed | Reason::UnknownMethod) => {
            ("No route found for path and request method", None)
        }
        Some(Reason::Invalid(..) | Reason::Malformed(_)) => (said.detail, Some("error.invalidArgument")),
        _ if said.status.is_server_error() => ("An unexpected error occurred! Try again later.", None),
        _ => (said.detail, Some("error.general")),
    }
}
