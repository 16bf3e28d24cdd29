//! Who looks at the Panel, as the policy has let them in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use doorward::policy::Grants;
use doorward::{Admission, SessionHandle};
use http::request::Parts;

use super::done::sentence;
use super::frame::Frame;
use super::tab::Tab;
use crate::own::{Judged, Refused};

/// A person with a session.
pub(super) struct Visitor {
    pub(super) admission: Admission,
    pub(super) grants: Arc<Grants>,
    pub(super) login: String,
    pub(super) realm: String,
    /// Their own session.
    pub(super) handle: SessionHandle,
    /// When they gave their password last.
    authenticated: u32,
    /// What they have done a moment ago.
    done: Option<&'static str>,
}

impl Visitor {
    /// Whether they have a resource of the built-in tree.
    pub(super) fn has(&self, resource: &str) -> bool {
        let policy = self.admission.pass().policy();
        policy.resources().find(resource).is_some_and(|id| self.grants.has(id))
    }

    /// What every page has around its content.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn frame(&self, tab: Option<Tab>) -> Result<Frame, Refused> {
        let policy = self.admission.pass().policy();
        let mut frame = Frame::new(policy, Tab::links(policy, &self.grants, tab))?;
        frame.login.clone_from(&self.login);
        frame.realm.clone_from(&self.realm);
        let since = self.admission.engine().now().saturating_sub(self.authenticated);
        frame.done = self.done;
        frame.recent = Frame::RECENT_FOR.saturating_sub(since);
        Ok(frame)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let judged = <Judged as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let (live, user) = judged.session()?;
        Ok(Self {
            grants: judged.0.pass().policy().grants(&user.roles),
            login: user.login.to_string(),
            realm: user.realm.to_string(),
            handle: live.handle,
            authenticated: live.session.authenticated,
            done: sentence(parts.uri.query()),
            admission: judged.0.clone(),
        })
    }
}
