//! Where the dialect is spoken, with whom, and how this client is answered.

use axum::body::Body;
use axum::response::Response;
use doorward::policy::{EzSettings, EzVendor, Jar, Policy, Profile, RealmId};
use doorward::{Admission, EzElement, Speech, User};
use http::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use http::{HeaderValue, StatusCode};

use crate::own::Refused;

/// What the answers to one request depend on.
pub(super) struct Place<'a> {
    pub(super) admission: &'a Admission,
    pub(super) realm: RealmId,
    ez: &'a EzSettings,
    speech: Speech,
    /// The cookies that this client knows.
    jar: Jar<'a>,
}

impl<'a> Place<'a> {
    /// # Errors
    /// When the dialect is not spoken any more.
    pub(super) fn of(admission: &'a Admission, headers: &HeaderMap) -> Result<Self, Refused> {
        let policy = admission.pass().policy();
        let ez = policy.dialect_settings().ez.as_ref().ok_or_else(Refused::internal)?;
        let realm = policy.realm_id(ez.users.as_str()).ok_or_else(Refused::internal)?;
        let speech = Speech::read(policy, &Profile::EZ, headers).ok_or_else(Refused::internal)?;
        let jar = policy.jar(&Profile::EZ, headers);
        Ok(Self { admission, realm, ez, speech, jar })
    }

    pub(super) fn vendor(&self) -> EzVendor {
        self.ez.vendor
    }

    /// The realm that logs in.
    pub(super) fn realm_name(&self) -> &'a str {
        self.ez.users.as_str()
    }

    /// The address of a resource.
    pub(super) fn href(&self, path: &str) -> String {
        format!("{}{path}", self.ez.root())
    }

    /// The address of a user.
    pub(super) fn user(&self, user: &User) -> String {
        self.href(&format!("/user/users/{}", user.id))
    }

    /// What the session's cookie is called here. Empty over plain HTTP, where none is given.
    pub(super) fn cookie_name(&self) -> &'a str {
        let secure = self.admission.client().secure;
        self.policy().cookie_names(self.realm, secure, self.jar).next().unwrap_or_default()
    }

    /// A representation, as the client wants to read it.
    ///
    /// # Errors
    /// When a header could not hold its type, which each can.
    pub(super) fn represent(&self, status: StatusCode, element: &EzElement) -> Result<Response, Refused> {
        let (kind, text) = element.represent(&self.speech);
        let kind = HeaderValue::try_from(kind).map_err(|_| Refused::internal())?;
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Ok(response)
    }

    /// The session is over, or there was none: its cookie goes.
    pub(super) fn without_session(&self, mut response: Response) -> Response {
        let jar = self.jar.at(self.admission.engine().now());
        let ended = self.policy().expired_cookies(self.realm, self.admission.client().secure, jar);
        response.headers_mut().extend(ended.into_iter().map(|cookie| (SET_COOKIE, cookie)));
        response
    }

    fn policy(&self) -> &'a Policy {
        self.admission.pass().policy()
    }
}

/// An answer that says all by its status.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    }
    response
}
