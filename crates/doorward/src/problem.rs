//! The only code that puts a refusal into words (RFC 9457).

mod dialect;
mod ez;
pub(crate) mod kirby;
mod magento;

pub use dialect::{Said, php_json, php_json_pretty, xml_text};
pub use magento::{MagentoError, Parameters};

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, SET_COOKIE, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::policy::Wording;
use crate::refusal::{Reason, Refusal, Terms};
use crate::store::Conflict;

/// What every answer in Doorward's own words says to browsers: nobody keeps it, guesses its type, runs, frames or embeds it, and
/// no other site learns from which page of it somebody came.
pub(crate) const PROTECTION: [(HeaderName, HeaderValue); 7] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// What a caller is told when something is refused: `application/problem+json`.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// `urn:doorward:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words, the same each time.
    pub title: String,
    /// The status, once more.
    #[serde(serialize_with = "as_number")]
    pub status: StatusCode,
    /// What about this request, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// More members.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem with this code: one of the words that the documentation lists.
    pub fn new(status: StatusCode, code: &str, title: &str) -> Self {
        let kind = format!("urn:doorward:problem:{code}");
        Self { kind, title: title.into(), status, detail: None, more: Map::new() }
    }

    /// The same problem with a detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.into(), value.into());
        self
    }

    /// The response that carries it.
    pub fn response(&self) -> Response<Bytes> {
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(PROTECTION);
        response
    }
}

/// The response for a refusal. The request's id lets the operator find the reason in the log.
pub fn response(refusal: &Refusal, request_id: Option<&str>) -> Response<Bytes> {
    let terms = refusal.terms();
    let mut problem = problem(refusal);
    let mut response = match (&terms.log_in, &terms.speech) {
        (Some(place), _) => see_other(place),
        (None, Some(speech)) if speech.profile.wording == Wording::ErrorMessage && terms.challenge.is_some() => {
            ez::challenge(refusal.status())
        }
        (None, Some(speech)) => {
            let detail = problem.detail.as_deref().unwrap_or(&problem.title);
            speech.response(Said { status: refusal.status(), reason: Some(refusal.reason()), detail })
        }
        (None, None) => {
            if let Some(id) = request_id {
                problem = problem.member("request_id", id);
            }
            problem.response()
        }
    };
    let headers = response.headers_mut();
    if let Some(challenge) = terms.challenge.as_ref().filter(|_| terms.log_in.is_none()) {
        headers.insert(WWW_AUTHENTICATE, challenge.clone());
    }
    if let Some(allow) = &terms.allow {
        headers.insert(ALLOW, allow.clone());
    }
    if let Some(seconds) = terms.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    for cookie in &terms.expired {
        headers.append(SET_COOKIE, cookie.clone());
    }
    if let Some(origin) = &terms.cors {
        origin.label(headers);
        if origin.depends_on_origin() {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
    }
    if terms.secure {
        headers.insert(crate::reply::STRICT_TRANSPORT_SECURITY, crate::reply::TWO_YEARS);
    }
    response
}

/// Sends a person to where they log in, for once: it depends on the cookie and on who asks, and nobody keeps it.
fn see_other(place: &HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, place.clone());
    headers.extend(PROTECTION);
    headers.insert(VARY, HeaderValue::from_static("Cookie, Accept, Authorization, Sec-Fetch-Mode, Sec-Fetch-Dest"));
    response
}

/// The words.
fn problem(refusal: &Refusal) -> Problem {
    let (status, code, terms) = (refusal.status(), refusal.code(), refusal.terms());
    let when = || terms.retry_after.map(|_| "Retry-After says when to try again.".to_owned());
    let (title, detail) = match refusal.reason() {
        Reason::Path(_) => (
            "The path is not canonical.",
            Some("Send it in its one spelling: no `..`, no empty segment, no `;`, no encoded slash, nothing encoded twice.".to_owned()),
        ),
        Reason::Malformed(_) => ("The request is malformed.", None),
        Reason::Misdirected => ("This address is not served here.", None),
        Reason::NotFound => ("There is nothing here.", None),
        Reason::MethodNotAllowed => {
            ("The method is not allowed here.", terms.allow.as_ref().map(|_| "The header Allow says which ones are.".to_owned()))
        }
        Reason::UnknownMethod => ("The method is unknown.", None),
        Reason::AmbiguousCookie => (
            "The request has two session cookies.",
            Some("Delete the cookies of this site, and log in again.".to_owned()),
        ),
        Reason::AmbiguousAuthorization => {
            ("The request has two Authorization headers.", Some("Send one, with one credential.".to_owned()))
        }
        Reason::MalformedAuthorization | Reason::BadCredentials => ("Login and password do not match.", None),
        Reason::WrongScheme => ("The scheme of the Authorization header is not taken here.", Some(taken(terms).to_owned())),
        Reason::NotLoggedIn => ("Nobody is logged in.", None),
        Reason::UnexpectedUser => (
            "Somebody else is logged in than the request expects.",
            Some("X-Expected-User names another login than the caller's.".to_owned()),
        ),
        Reason::WrongPassword => ("The password is wrong.", None),
        Reason::Password(refusal) => ("The new password is not good enough.", Some(sentence(&refusal.to_string()))),
        Reason::Realm("realm_required") => (
            "There are several realms.",
            Some("Say which one: \"realm\" in the body, or ?realm= in the query.".to_owned()),
        ),
        Reason::Realm(_) => ("There is no such realm.", None),
        Reason::TooManySessions | Reason::Conflict(Conflict::TooManySessions) => {
            ("You have as many sessions as allowed.", Some("Log out somewhere else first.".to_owned()))
        }
        Reason::Code | Reason::Conflict(Conflict::CodeUnknown) => ("The code is wrong, used or expired.", None),
        Reason::RoleInFile => ("The role stands in a file.", Some("Change it there, and reload.".to_owned())),
        Reason::TooManyRoles => ("There are as many roles as there may be.", Some("Remove one first.".to_owned())),
        Reason::Conflict(conflict) => ("The change was refused.", Some(sentence(&conflict.to_string()))),
        Reason::Invalid(member, why) => ("The request does not fit.", Some(format!("{member}: {why}"))),
        Reason::HttpsRequired => (
            "HTTPS is required.",
            Some("Credentials are not read over plain HTTP. Repeat the request over https.".to_owned()),
        ),
        Reason::Csrf(refusal) => ("The request may come from another site.", Some(refusal.to_string())),
        Reason::Forbidden(resource) => ("You may not do this.", Some(format!("It needs the resource {resource}."))),
        Reason::Undecided => ("You may not do this.", None),
        Reason::ReauthRequired => (
            "Give your password again first.",
            Some("POST /user/sessions/current/confirm, then repeat the request.".to_owned()),
        ),
        Reason::Force(error) => ("The request cannot be processed.", Some(sentence(&error.to_string()))),
        Reason::Throttled => ("Too many failures. Wait before the next try.", when()),
        Reason::RateLimited => ("Too many requests.", when()),
        Reason::Busy => ("Too many log-ins at the same time. Try again.", when()),
        Reason::Unavailable => ("This cannot be found out now. Try again.", when()),
    };
    let problem = Problem::new(status, code, title);
    match detail {
        Some(detail) => problem.detail(detail),
        None => problem,
    }
}

/// What to send instead of a scheme that is not taken. Of what is taken the challenge tells already.
fn taken(terms: &Terms) -> &'static str {
    match &terms.challenge {
        Some(challenge) if challenge.as_bytes().starts_with(b"Basic ") => {
            "Send Basic credentials, or a session's cookie and no Authorization header."
        }
        _ => "Log in, and send the session's cookie and no Authorization header.",
    }
}

/// A message of ours as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if message.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests;
