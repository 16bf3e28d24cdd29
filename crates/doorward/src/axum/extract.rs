//! Extractors: what a handler may know about its caller.

use std::ops::Deref;
use std::sync::Arc;

use ::axum::extract::{FromRequestParts, OptionalFromRequestParts};
use ::axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use super::refused::{object, refuse, unjudged};
use crate::admission::Admission;
use crate::problem::Problem;
use crate::refusal::Reason;
use crate::user;
use crate::verdict::Caller;

/// The admission of a request. Without the layer: 500.
impl<S: Sync> FromRequestParts<S> for Admission {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unjudged().into_response())
    }
}

/// Who is calling, guests included. Without the layer: 500.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let admission = <Admission as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(admission.caller().clone())
    }
}

/// The user who is calling. A guest is answered 401; `Option<User>` takes both.
///
/// ```
/// use doorward::axum::User;
///
/// async fn hello(user: User) -> String {
///     format!("hello {}, of {}", user.login, user.realm)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct User(Arc<user::User>);

impl Deref for User {
    type Target = user::User;

    fn deref(&self) -> &user::User {
        &self.0
    }
}

impl User {
    fn of(caller: &Caller) -> Option<Self> {
        caller.known().map(|known| Self(known.user.shared()))
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let admission = <Admission as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let not_logged_in = || refuse(&admission, Reason::NotLoggedIn.into(), None).into_response();
        Self::of(admission.caller()).ok_or_else(not_logged_in)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Response> {
        let caller = <Caller as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self::of(&caller))
    }
}

/// A CSRF token to put into a page, on routes with `csrf_token = true`: bound to the caller's session, or to a guest's cookie,
/// which the answer sets where there is none. Over plain HTTP, where no cookie is given, guests have no token: they are answered
/// 401; `Option<CsrfToken>` takes them.
///
/// On other routes it is 500, with a line in the log: the rules must say that the token is handed out.
#[derive(Clone)]
pub struct CsrfToken(Box<str>);

impl CsrfToken {
    /// The token's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let admission = <Admission as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let found = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        found.ok_or_else(|| refuse(&admission, Reason::NotLoggedIn.into(), None).into_response())
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for CsrfToken {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Response> {
        let admission = <Admission as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let pass = admission.pass();
        if !pass.route().hands_csrf_token() {
            tracing::error!(route = %pass.route(), "a handler wants a CSRF token: the route needs `csrf_token = true`");
            let problem =
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here.");
            return Err(object(Some(&admission), problem, "internal_error").into_response());
        }
        Ok(pass.csrf_token().map(|token| Self(token.into())))
    }
}
