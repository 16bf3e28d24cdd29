//! One call of a resource: who makes it, and what its query asks.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use doorward::cookie::{self, Found};
use doorward::policy::{KirbySettings, Policy, Profile, RealmId};
use doorward::{Actor, Admission, Engine, Known, ProvenToken, Reason, User, Visit};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, SET_COOKIE, VARY};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::answer;
use super::fault::Fault;
use super::query::Query;
use super::viewer::Viewer;
use crate::own::{Judged, Refused};

/// The header in which clients learn a new token.
const X_CSRF: HeaderName = HeaderName::from_static("x-csrf");

/// A call.
pub(super) struct Call {
    admission: Admission,
    headers: HeaderMap,
    raw_query: Option<String>,
    /// What the query says.
    pub(super) query: Query,
    /// Where the dialect's users are.
    pub(super) realm: RealmId,
}

/// What goes with an answer.
#[derive(Default)]
pub(super) struct With {
    /// Cookies to set.
    pub(super) cookies: Vec<HeaderValue>,
    /// The CSRF token to use from now on.
    pub(super) csrf_token: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Judged(admission) = <Judged as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let dialect = admission.pass().policy().dialect(&Profile::KIRBY);
        let realm = dialect.and_then(|dialect| dialect.realms.first().copied()).ok_or_else(Refused::internal)?;
        let raw_query = parts.uri.query().map(str::to_owned);
        let query = Query::read(raw_query.as_deref().unwrap_or_default().as_bytes());
        Ok(Self { admission, headers: parts.headers.clone(), raw_query, query, realm })
    }
}

impl Call {
    pub(super) fn engine(&self) -> &Engine {
        self.admission.engine()
    }

    pub(super) fn policy(&self) -> &Policy {
        self.admission.pass().policy()
    }

    pub(super) fn is_secure(&self) -> bool {
        self.admission.client().secure
    }

    pub(super) fn visit(&self) -> Visit<'_> {
        self.admission.visit(&self.headers)
    }

    pub(super) fn known(&self) -> Option<&Known> {
        self.admission.caller().known()
    }

    /// The user, on routes that only users get to.
    pub(super) fn user(&self) -> Result<&User, Fault> {
        Ok(self.known().map(Known::user).ok_or(Reason::NotLoggedIn)?)
    }

    /// What the caller may see and do.
    pub(super) fn viewer(&self) -> Result<Viewer<'_>, Fault> {
        Ok(Viewer::new(self.policy(), self.user()?))
    }

    /// The caller, as somebody who changes things.
    pub(super) fn actor(&self) -> Result<Actor, Fault> {
        let user = self.user()?;
        Ok(Actor {
            name: user.login.to_string(),
            grants: Some(self.policy().grants(&user.roles)),
            address: Some(self.admission.client().address.to_string()),
            request_id: self.admission.request_id().map(str::to_owned),
        })
    }

    /// Refuses a request without the token of the session or the guest's cookie that it shows. The token is answered, for a
    /// client that goes on with it.
    ///
    /// # Errors
    /// 400, as it is where nobody needs to be logged in.
    pub(super) async fn check_token(&self) -> Result<Option<ProvenToken>, Fault> {
        let proven = self.proven_token().await?;
        if proven.is_none() && self.settings().is_none_or(|kirby| kirby.csrf) {
            return Err(Fault::said(StatusCode::BAD_REQUEST, "invalidArgument", "Invalid CSRF token", "csrf"));
        }
        Ok(proven)
    }

    /// The token of the session or the guest's cookie, where the request shows it.
    ///
    /// # Errors
    /// 503 in an outage.
    pub(super) async fn proven_token(&self) -> Result<Option<ProvenToken>, Fault> {
        Ok(self.engine().proven_token(self.realm, self.raw_query.as_deref(), &self.visit()).await?)
    }

    /// The answer.
    pub(super) fn answer(&self, body: &Value) -> Response {
        self.answer_with(body, With::default())
    }

    /// The answer with what goes with it.
    pub(super) fn answer_with(&self, body: &Value, with: With) -> Response {
        let is_own = self.is_about_the_caller() || !with.cookies.is_empty();
        let mut response = answer::text(body, self.query.flag("pretty")).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        let basic = self.settings().is_some_and(|kirby| kirby.basic_auth);
        match (is_own, basic) {
            (true, _) => headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private")),
            (false, true) => headers.insert(VARY, HeaderValue::from_static("Authorization, Cookie")),
            (false, false) => headers.insert(VARY, HeaderValue::from_static("Cookie")),
        };
        for cookie in with.cookies {
            headers.append(SET_COOKIE, cookie);
        }
        if let Some(token) = with.csrf_token.and_then(|token| HeaderValue::try_from(token).ok()) {
            headers.insert(X_CSRF, token);
        }
        response
    }

    /// Whether the request says who the caller is, truly or not.
    fn is_about_the_caller(&self) -> bool {
        let names = self.policy().cookie_names(self.realm, self.is_secure(), &Profile::KIRBY);
        let mut shown = names.map(|name| cookie::find(&self.headers, name));
        let basic = self.settings().is_some_and(|kirby| kirby.basic_auth);
        shown.any(|found| !matches!(found, Found::None)) || (basic && self.headers.contains_key(AUTHORIZATION))
    }

    fn settings(&self) -> Option<&KirbySettings> {
        self.policy().dialect_settings().kirby.as_ref()
    }
}
