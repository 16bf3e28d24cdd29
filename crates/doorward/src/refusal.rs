//! Why a request is refused, and what goes with it.

use std::sync::Arc;

use http::StatusCode;
use http::header::HeaderValue;

use crate::csrf::CsrfRefusal;
use crate::password::PasswordRefusal;
use crate::path::PathError;
use crate::policy::{CrossOrigin, ForceError, RouteId};
use crate::speech::Speech;
use crate::store::Conflict;
use crate::user::User;

/// A refusal: its reason for the operator, and the terms that the caller may know.
#[must_use]
#[derive(Debug)]
pub struct Refusal {
    reason: Reason,
    terms: Box<Terms>,
}

/// What goes with a refusal.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How to authenticate, for 401.
    pub challenge: Option<HeaderValue>,
    /// Where a person in a browser logs in, instead of a 401 that only programs can read.
    pub log_in: Option<HeaderValue>,
    /// The methods that the path has, for 405.
    pub allow: Option<HeaderValue>,
    /// Seconds until it is worth trying again.
    pub retry_after: Option<u32>,
    /// Cookies to expire.
    pub expired: Vec<HeaderValue>,
    /// How the caller wants to be answered, where that is in the words of another system.
    pub speech: Option<Box<Speech>>,
    /// The origin that may read the answer.
    pub cors: Option<CrossOrigin>,
    /// Whether the request came over TLS.
    pub secure: bool,
    /// The route that the request took.
    pub route: Option<RouteId>,
    /// Who was refused, for the audit log; nobody when the caller is a guest, or it was refused before anybody knew.
    pub caller: Option<Arc<User>>,
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The path has no canonical spelling.
    Path(PathError),
    /// `Host`, authority or another part of the head is missing, doubled or malformed.
    Malformed(&'static str),
    /// The authority is not served here, or the scheme is not the connection's.
    Misdirected,
    /// No route.
    NotFound,
    /// A route, but not for this method.
    MethodNotAllowed,
    /// Nobody knows this method.
    UnknownMethod,
    /// Two different cookies of the same name.
    AmbiguousCookie,
    /// Two `Authorization` headers.
    AmbiguousAuthorization,
    /// The `Authorization` header cannot be read.
    MalformedAuthorization,
    /// A scheme that the route does not take.
    WrongScheme,
    /// Login and password do not match, or may not be used.
    BadCredentials,
    /// The password of somebody who is logged in is wrong.
    WrongPassword,
    /// The new password is not good enough.
    Password(PasswordRefusal),
    /// A realm must be named, or there is no such realm.
    Realm(&'static str),
    /// As many sessions as allowed.
    TooManySessions,
    /// The one-time code is wrong, used or expired.
    Code,
    /// The role stands in a file, and is altered there.
    RoleInFile,
    /// As many roles were made at run time as there may be.
    TooManyRoles,
    /// The store refused the change.
    Conflict(Conflict),
    /// Something that was sent does not fit: which member, and why.
    Invalid(&'static str, String),
    /// Nobody is logged in.
    NotLoggedIn,
    /// Somebody else is calling than the request says it expects.
    UnexpectedUser,
    /// Basic over plain HTTP.
    HttpsRequired,
    /// The request may come from another site.
    Csrf(CsrfRefusal),
    /// The caller lacks this resource.
    Forbidden(String),
    /// Nobody has decided yet who may use the route.
    Undecided,
    /// The password must have been given recently.
    ReauthRequired,
    /// A parameter cannot be forced.
    Force(ForceError),
    /// Too many failures.
    Throttled,
    /// Too many requests.
    RateLimited,
    /// Too many passwords are being computed.
    Busy,
    /// A store or the random source failed: nobody knows.
    Unavailable,
}

impl Refusal {
    /// A refusal without terms.
    pub fn new(reason: Reason) -> Self {
        Self { reason, terms: Box::default() }
    }

    /// A refusal with terms.
    pub fn with(reason: Reason, terms: Terms) -> Self {
        Self { reason, terms: Box::new(terms) }
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// What goes with it.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Adds to what goes with it.
    pub fn terms_mut(&mut self) -> &mut Terms {
        &mut self.terms
    }

    /// The status that says it.
    pub fn status(&self) -> StatusCode {
        match &self.terms.speech {
            Some(speech) => speech.profile.status(&self.reason),
            None => self.reason.status(),
        }
    }

    /// One word for logs, counters and problems.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }
}

impl Reason {
    /// The status that says it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Path(_) | Self::Malformed(_) | Self::AmbiguousCookie | Self::AmbiguousAuthorization => {
                StatusCode::BAD_REQUEST
            }
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnknownMethod => StatusCode::NOT_IMPLEMENTED,
            Self::MalformedAuthorization
            | Self::WrongScheme
            | Self::BadCredentials
            | Self::NotLoggedIn
            | Self::UnexpectedUser => StatusCode::UNAUTHORIZED,
            Self::HttpsRequired | Self::Csrf(_) | Self::Forbidden(_) | Self::Undecided | Self::ReauthRequired => {
                StatusCode::FORBIDDEN
            }
            Self::Force(error) => error.status(),
            Self::WrongPassword | Self::TooManySessions => StatusCode::FORBIDDEN,
            Self::Password(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Realm(_) | Self::Code | Self::Invalid(..) => StatusCode::BAD_REQUEST,
            Self::RoleInFile | Self::TooManyRoles => StatusCode::CONFLICT,
            Self::Conflict(conflict) => match conflict {
                Conflict::UserUnknown | Conflict::RoleUnknown | Conflict::SessionUnknown => StatusCode::NOT_FOUND,
                Conflict::CodeUnknown => StatusCode::BAD_REQUEST,
                Conflict::TooManySessions => StatusCode::FORBIDDEN,
                _ => StatusCode::CONFLICT,
            },
            Self::Throttled | Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// One word for logs, counters and problems.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path(_) => "bad_path",
            Self::Malformed(_) => "bad_request",
            Self::Misdirected => "misdirected",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnknownMethod => "unknown_method",
            Self::AmbiguousCookie => "ambiguous_cookie",
            Self::AmbiguousAuthorization => "ambiguous_authorization",
            // Both look the same from outside.
            Self::MalformedAuthorization | Self::BadCredentials => "bad_credentials",
            Self::WrongScheme => "wrong_scheme",
            Self::NotLoggedIn => "not_logged_in",
            Self::UnexpectedUser => "unexpected_user",
            Self::WrongPassword => "wrong_password",
            Self::Password(_) => "bad_password",
            Self::Realm(code) => code,
            Self::TooManySessions => "too_many_sessions",
            Self::Code => "bad_code",
            Self::Invalid(..) => "invalid",
            Self::RoleInFile => "role_in_file",
            Self::TooManyRoles => "too_many_roles",
            Self::Conflict(conflict) => match conflict {
                Conflict::LoginTaken => "login_taken",
                Conflict::IdTaken => "id_taken",
                Conflict::RoleTaken => "role_taken",
                Conflict::RoleUnknown => "role_unknown",
                Conflict::RoleChanged => "role_changed",
                Conflict::UserUnknown => "user_unknown",
                Conflict::UserChanged => "user_changed",
                Conflict::SessionUnknown => "session_unknown",
                Conflict::CodeUnknown => "bad_code",
                Conflict::TooManySessions => "too_many_sessions",
                Conflict::LastAdministrator => "last_administrator",
            },
            Self::HttpsRequired => "https_required",
            Self::Csrf(_) => "csrf",
            Self::Forbidden(_) | Self::Undecided => "forbidden",
            Self::ReauthRequired => "reauth_required",
            Self::Force(error) => error.code(),
            Self::Throttled => "throttled",
            Self::RateLimited => "rate_limited",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
        }
    }

    /// What the operator may know beyond the code.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Path(error) => Some(error.to_string()),
            Self::Malformed(what) => Some((*what).into()),
            Self::MalformedAuthorization => Some("the Authorization header cannot be read".into()),
            Self::WrongScheme => Some("the route does not take this scheme".into()),
            Self::Misdirected => Some("the host stands neither in `public_url` nor at a route".into()),
            Self::HttpsRequired => {
                Some("over plain HTTP: `[tls]`, or the proxy that speaks it in `trusted_proxies`".into())
            }
            Self::Csrf(refusal) => Some(refusal.code().into()),
            Self::Forbidden(resource) => Some(format!("lacks {resource}")),
            Self::Undecided => Some("access = \"deny\": nobody has decided yet".into()),
            Self::Force(error) => Some(error.to_string()),
            _ => None,
        }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}
