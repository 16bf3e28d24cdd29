//! What the handler behind a door may know about its request.

use std::sync::Arc;

use http::HeaderMap;

use crate::client::Client;
use crate::engine::{Engine, Visit};
use crate::verdict::{Caller, Pass};

/// A request that was let in: its pass, its client, its id, and the engine that decided.
///
/// Doors put it into the request's extensions; handlers and extractors read it there.
#[derive(Clone)]
pub struct Admission {
    engine: Arc<Engine>,
    pass: Arc<Pass>,
    client: Client,
    request_id: Option<Arc<str>>,
}

impl Admission {
    /// The admission of a request with this pass. Only [`Engine::judge`] makes a pass.
    pub fn new(engine: Arc<Engine>, pass: Box<Pass>, client: Client, request_id: Option<Arc<str>>) -> Self {
        Self { engine, pass: pass.into(), client, request_id }
    }

    /// The engine that decided.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The pass.
    pub fn pass(&self) -> &Pass {
        &self.pass
    }

    /// Who is calling.
    pub fn caller(&self) -> &Caller {
        self.pass.caller()
    }

    /// The client behind trusted proxies.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The request's id, for logs and the audit.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether the caller may still have what they were let in for. Handlers that keep a connection, a WebSocket or a stream of
    /// their own, ask this once a second and close it when the answer is no.
    pub async fn is_still_allowed(&self) -> bool {
        self.engine.is_still_allowed(&self.pass).await
    }

    /// The same, once a body has come for which one had to wait: whoever sent it may have been shut out meanwhile, or have
    /// other roles. Ask before anything is done by it.
    pub async fn is_still_as_judged(&self) -> bool {
        self.engine.is_still_as_judged(&self.pass).await
    }

    /// What was asked for, as the engine asks for it where sessions begin and end.
    pub fn visit<'a>(&'a self, headers: &'a HeaderMap) -> Visit<'a> {
        Visit { client: self.client, headers, request_id: self.request_id(), profile: self.pass.route().profile }
    }
}
