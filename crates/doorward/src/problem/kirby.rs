//! Kirby's errors.

use http::StatusCode;
use serde_json::json;

use super::dialect::{Said, php_json};
use crate::policy::kirby::PANEL;
use crate::refusal::Reason;
use crate::store::Conflict;

/// What is said: a sentence for people, and the key by which clients go.
type Words<'a> = (&'a str, Option<String>);

pub(super) fn body(said: Said<'_>) -> (String, String) {
    let code = said.status.as_u16();
    let (message, key) = words(said);
    let body = json!({"status": "error", "message": message, "code": code, "key": key, "details": []});
    ("application/json; charset=UTF-8".to_owned(), php_json(&body))
}

/// The status of a refusal, where it is another one than Doorward's own.
pub(crate) fn status(reason: &Reason) -> Option<StatusCode> {
    match reason {
        Reason::Forbidden(resource) => Some(denied(resource).status),
        // Whoever waits is answered as whoever is wrong.
        Reason::Throttled => Some(StatusCode::FORBIDDEN),
        Reason::WrongPassword => Some(StatusCode::UNAUTHORIZED),
        Reason::Password(_) => Some(StatusCode::BAD_REQUEST),
        Reason::Conflict(Conflict::LoginTaken | Conflict::IdTaken | Conflict::LastAdministrator) => {
            Some(StatusCode::BAD_REQUEST)
        }
        _ => None,
    }
}

fn words<'a>(said: Said<'a>) -> Words<'a> {
    let Some(reason) = said.reason else { return other(said) };
    let (message, key) = match reason {
        // Whether nobody is logged in or the token is missing cannot be told apart from outside.
        Reason::NotLoggedIn | Reason::Csrf(_) => ("Unauthenticated", "error.auth"),
        Reason::Forbidden(resource) => {
            let Denied { message, key, .. } = denied(resource);
            return (message, Some(key));
        }
        Reason::Undecided => ("You are not allowed to do this", "error.permission"),
        Reason::HttpsRequired => ("Basic authentication is only allowed over HTTPS", "error.permission"),
        Reason::BadCredentials | Reason::MalformedAuthorization | Reason::Throttled => {
            ("Invalid login", "error.access.login")
        }
        Reason::WrongPassword => ("Wrong password", "error.user.password.wrong"),
        Reason::Password(crate::password::PasswordRefusal::TooLong) => (said.detail, "error.user.password.excessive"),
        Reason::Password(_) => (said.detail, "error.user.password.invalid"),
        Reason::Conflict(Conflict::LoginTaken | Conflict::IdTaken) => {
            ("There is a user with this e-mail address already", "error.user.duplicate")
        }
        Reason::Conflict(Conflict::UserUnknown) => ("The user cannot be found", "error.user.notFound"),
        Reason::Conflict(Conflict::LastAdministrator) => {
            ("The last administrator must stay", "error.user.delete.lastAdmin")
        }
        Reason::NotFound | Reason::MethodNotAllowed | Reason::UnknownMethod => {
            return ("No route found for path and request method", None);
        }
        Reason::Invalid(..) | Reason::Malformed(_) | Reason::AmbiguousAuthorization | Reason::AmbiguousCookie => {
            (said.detail, "error.invalidArgument")
        }
        _ => return other(said),
    };
    (message, Some(key.to_owned()))
}

fn other<'a>(said: Said<'a>) -> Words<'a> {
    match said.status.is_server_error() {
        true => ("An unexpected error occurred! Try again later.", None),
        false => (said.detail, Some("error.general".to_owned())),
    }
}

/// The answer to somebody who lacks a resource.
struct Denied {
    status: StatusCode,
    message: &'static str,
    key: String,
}

/// Whoever may not even see a kind of thing is told that it is not there.
fn denied(resource: &str) -> Denied {
    if resource == PANEL {
        let message = "You are not allowed to access the panel";
        return Denied { status: StatusCode::UNAUTHORIZED, message, key: "error.access.panel".to_owned() };
    }
    let named = resource.strip_prefix("Kirby::").and_then(|rest| rest.split_once('.'));
    let Some((category, action)) = named else {
        let message = "You are not allowed to do this";
        return Denied { status: StatusCode::FORBIDDEN, message, key: "error.permission".to_owned() };
    };
    let model = match category {
        "files" => "file",
        "languages" => "language",
        "pages" => "page",
        "users" => "user",
        other => other,
    };
    match (model, action) {
        ("access", area) => Denied {
            status: StatusCode::FORBIDDEN,
            message: "You are not allowed to do this",
            key: format!("error.access.{area}"),
        },
        ("site", "access") => Denied {
            status: StatusCode::NOT_FOUND,
            message: "The site cannot be accessed",
            key: "error.site.notAccessible".to_owned(),
        },
        (model, "access") => Denied {
            status: StatusCode::NOT_FOUND,
            message: "It cannot be found",
            key: format!("error.{model}.notFound"),
        },
        (model, action) => Denied {
            status: StatusCode::FORBIDDEN,
            message: "You are not allowed to do this",
            key: format!("error.{model}.{action}.permission"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_action_has_the_key_of_its_model() {
        for (resource, status, key) in [
            ("Kirby::access.panel", 401, "error.access.panel"),
            ("Kirby::pages.update", 403, "error.page.update.permission"),
            ("Kirby::users.changeRole", 403, "error.user.changeRole.permission"),
            ("Kirby::user.delete", 403, "error.user.delete.permission"),
            ("Kirby::languages.create", 403, "error.language.create.permission"),
            ("Kirby::pages.access", 404, "error.page.notFound"),
            ("Kirby::users.access", 404, "error.user.notFound"),
            ("Kirby::site.access", 404, "error.site.notAccessible"),
            ("Shop::orders", 403, "error.permission"),
        ] {
            let denied = denied(resource);
            assert_eq!((denied.status.as_u16(), denied.key.as_str()), (status, key), "{resource}");
        }
    }
}
