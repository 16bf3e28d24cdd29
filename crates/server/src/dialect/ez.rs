//! eZ Platform's resources about authentication: the root, sessions, and who is calling.

mod input;
mod place;
mod root;
mod session;
mod xml;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::own::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(root::show))
        .route("/user/current", get(root::current_user))
        .route("/user/sessions", post(session::create))
        .route("/user/sessions/current", get(session::current).delete(session::end_current))
        .route("/user/sessions/{id}", delete(session::end))
        .route("/user/sessions/{id}/refresh", post(session::refresh))
}

/// Login and password of a `SessionInput` in XML.
#[cfg(feature = "fuzzing")]
pub(crate) fn session_input(bytes: &[u8]) -> Option<(Option<String>, Option<Vec<u8>>)> {
    let written = xml::read(bytes).ok()?;
    Some((written.login, written.password.map(|password| password.0.to_vec())))
}
