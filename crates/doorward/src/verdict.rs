//! What the engine answers: a pass, a refusal, or an answer of its own.

use std::sync::Arc;

use http::header::HeaderValue;

use crate::policy::{Bound, CrossOrigin, Forced, Policy, Route, RouteId};
use crate::refusal::Refusal;
use crate::session::{Session, SessionHandle, SessionKey};
use crate::user::User;
use crate::users::RememberedUser;

/// The decision about one request.
#[must_use = "a request that was not judged must not be served"]
pub enum Verdict {
    /// The request may go on, on the terms of the pass.
    Allow(Box<Pass>),
    /// The request is refused.
    Deny(Refusal),
    /// The door answers by itself and asks nobody: a preflight, or `OPTIONS`.
    Answer(Answer),
}

/// The permission to serve one request. It has no public constructor: only [`Engine::judge`](crate::Engine::judge) makes one,
/// so that what was not judged cannot be forwarded.
#[must_use]
pub struct Pass {
    pub(crate) policy: Arc<Policy>,
    pub(crate) route: RouteId,
    pub(crate) caller: Caller,
    /// The canonical path, where it is not the one that was sent.
    pub(crate) path: Option<String>,
    /// The query after forcing, where that changed it.
    pub(crate) query: Option<String>,
    pub(crate) forced: Option<Forced>,
    /// What of the request the caller's grants depend on, where those have limitations.
    pub(crate) bound: Option<Bound>,
    /// The method that the request is meant with, where it is not the one that it has.
    pub(crate) method: Option<http::Method>,
    /// The path by which the route was found, where a dialect reads more into the one that was sent.
    pub(crate) matched: Option<String>,
    pub(crate) csrf_token: Option<String>,
    /// The cookie that the token is bound to, for a guest who had none.
    pub(crate) guest: Option<HeaderValue>,
    /// Cookies to expire: their sessions are dead.
    pub(crate) expired: Vec<HeaderValue>,
    /// The origin that may read the answer.
    pub(crate) cors: Option<CrossOrigin>,
    pub(crate) secure: bool,
}

impl Pass {
    /// The route that the request took.
    pub fn route(&self) -> &Route {
        self.policy.route(self.route).expect("a pass is for a route of its own policy")
    }

    /// The route's place in the policy.
    pub fn route_id(&self) -> RouteId {
        self.route
    }

    /// The policy that decided.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Who is calling.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What must replace parameters of the body, which is then buffered. The query and path are forced already.
    pub fn forced_body(&self) -> Option<&Forced> {
        self.forced.as_ref()
    }

    /// The method that was judged.
    pub fn method<'m>(&'m self, sent: &'m http::Method) -> &'m http::Method {
        self.method.as_ref().unwrap_or(sent)
    }

    /// A CSRF token bound to the caller's session, on routes that hand one out.
    pub fn csrf_token(&self) -> Option<&str> {
        self.csrf_token.as_deref()
    }

    /// Whether the request came over TLS, here or at a trusted proxy.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// Who is calling.
#[derive(Clone)]
pub enum Caller {
    /// Somebody whom no method authenticates.
    Guest,
    /// A user.
    Known(Known),
}

impl Caller {
    /// The user, unless it is a guest.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Guest => None,
            Self::Known(known) => Some(known),
        }
    }
}

/// A user who has been authenticated.
#[derive(Clone)]
pub struct Known {
    pub(crate) user: Arc<RememberedUser>,
    pub(crate) method: Method,
    pub(crate) session: Option<LiveSession>,
}

impl Known {
    /// The user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// How they said who they are.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Their session, when that is how.
    pub fn session(&self) -> Option<&LiveSession> {
        self.session.as_ref()
    }

    /// The name of their session.
    pub fn session_handle(&self) -> Option<SessionHandle> {
        self.session.map(|live| live.handle)
    }
}

/// How a caller was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By a session cookie.
    Session,
    /// By HTTP Basic.
    Basic,
    /// By a bearer token of a dialect.
    Token,
}

/// A session in use.
#[derive(Clone, Copy, Debug)]
pub struct LiveSession {
    /// What finds it.
    pub key: SessionKey,
    /// What names it.
    pub handle: SessionHandle,
    /// What is known of it.
    pub session: Session,
}

/// What the door says by itself, without a body.
#[derive(Debug)]
pub struct Answer {
    /// 204, unless a dialect says otherwise.
    pub status: http::StatusCode,
    /// `Allow`, or the preflight's permissions.
    pub headers: http::HeaderMap,
}
