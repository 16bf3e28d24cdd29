//! One request at the door: who brings it, what it is called, whether it may come in, and how it is answered when it may not.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use super::Setup;
use super::request_id::{RequestId, X_REQUEST_ID};
use super::rewrite::{BodyRefusal, asks_for_socket};
use crate::admission::Admission;
use crate::client::Peer;
use crate::head::Head;
use crate::policy::RouteId;
use crate::problem::{self, Problem};
use crate::refusal::{Reason, Refusal};
use crate::verdict::{Answer, Verdict};

/// One request at the door.
pub(super) struct Arrival<'s> {
    setup: &'s Setup,
    begun: Instant,
    id: RequestId,
    peer: Option<Peer>,
    /// Who is answered, for the audit: the peer, until the head says more.
    client: IpAddr,
}

impl<'s> Arrival<'s> {
    /// Learns who is there, and gives the request a name.
    pub(super) fn new(setup: &'s Setup, parts: &mut Parts) -> Self {
        let peer = setup.peer_of(parts);
        let client = peer.and_then(|peer| peer.address).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let known = parts.extensions.get::<RequestId>().cloned();
        let sent = || peer.filter(|_| setup.trusted.contains(client)).and_then(|_| RequestId::sent(&parts.headers));
        let id = known.or_else(sent).unwrap_or_else(|| setup.ids.next());
        parts.extensions.insert(id.clone());
        if let Some(value) = id.header() {
            parts.headers.insert(X_REQUEST_ID, value);
        }
        Self { setup, begun: Instant::now(), id, peer, client }
    }

    /// Judges the request.
    pub(super) async fn admit(&mut self, parts: &Parts) -> Result<Admission, Response<Bytes>> {
        let Some(peer) = self.peer else { return Err(self.nobody_there()) };
        let head = match Head::read(parts, &peer, &self.setup.trusted, self.setup.door) {
            Ok(head) => head,
            Err(refusal) => return Err(self.refuse(&refusal, parts)),
        };
        let client = *head.client();
        self.client = client.address;
        let pass = match self.setup.engine.judge(&head).await {
            Verdict::Allow(pass) => pass,
            Verdict::Deny(mut refusal) => {
                if !self.setup.serves_own {
                    // The page would be answered with 404.
                    refusal.terms_mut().log_in = None;
                }
                return Err(self.refuse(&refusal, parts));
            }
            Verdict::Answer(answer) => return Err(self.answer(answer)),
        };
        let admission = Admission::new(self.setup.engine.clone(), pass, client, Some(Arc::clone(&self.id.0)));
        let route = admission.pass().route();
        if route.is_own() && !self.setup.serves_own {
            return Err(self.refuse(&Reason::NotFound.into(), parts));
        }
        if !route.websocket && asks_for_socket(&parts.headers) {
            let title = "This route has no socket.";
            let problem = Problem::new(StatusCode::BAD_REQUEST, "upgrade_refused", title);
            return Err(self.object(Some(admission.pass().route_id()), problem, "upgrade_refused"));
        }
        if head.path().is_rewritten() && was_routed(parts) {
            return Err(self.refuse(
                &Reason::Malformed("a router came before the layer, and chose by another path").into(),
                parts,
            ));
        }
        Ok(admission)
    }

    /// A refusal of the engine, in words; noted and counted.
    fn refuse(&self, refusal: &Refusal, parts: &Parts) -> Response<Bytes> {
        let engine = &self.setup.engine;
        let policy = engine.policy();
        let (method, path) = (parts.method.as_str(), &*policy.redacted(parts.uri.path()));
        engine.note_refusal(refusal, method, path, self.client, &self.id.0);
        self.count(refusal.terms().route, refusal.code());
        let (code, detail, client) = (refusal.code(), refusal.reason().detail(), self.client);
        let route = refusal.terms().route.map(|route| engine.policy().route_text(route));
        let request_id = &*self.id.0;
        tracing::info!(code, detail, method, path, route, %client, request_id, "refused");
        let mut response = problem::response(refusal, Some(&self.id.0));
        self.name(response.headers_mut());
        response
    }

    /// A body that is not handed on.
    pub(super) fn refuse_body(&self, admission: &Admission, parts: &Parts, refusal: BodyRefusal) -> Response<Bytes> {
        match refusal {
            BodyRefusal::Reason(reason) => self.refuse(&reason.into(), parts),
            BodyRefusal::Problem(problem) => {
                let code =
                    if problem.status == StatusCode::PAYLOAD_TOO_LARGE { "body_too_large" } else { "malformed_body" };
                self.object(Some(admission.pass().route_id()), problem, code)
            }
        }
    }

    /// An objection of the layer's own.
    fn object(&self, route: Option<RouteId>, problem: Problem, code: &'static str) -> Response<Bytes> {
        self.count(route, code);
        let mut response = problem.member("request_id", &*self.id.0).response();
        self.name(response.headers_mut());
        response
    }

    fn nobody_there(&self) -> Response<Bytes> {
        tracing::error!(
            "the layer does not know who is at the other end of the connection: serve with \
             `into_make_service_with_connect_info`, put a `doorward::client::Peer` into the request's extensions, or say `Layer::peer`"
        );
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here.");
        self.object(None, problem, "internal_error")
    }

    fn answer(&self, answer: Answer) -> Response<Bytes> {
        self.count(None, "answer");
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        self.name(response.headers_mut());
        response
    }

    /// The answer has the request's name.
    pub(super) fn name(&self, headers: &mut http::HeaderMap) {
        if let Some(value) = self.id.header() {
            headers.insert(X_REQUEST_ID, value);
        }
    }

    pub(super) fn count(&self, route: Option<RouteId>, outcome: &'static str) {
        let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.setup.engine.count(route, outcome, micros);
    }
}

/// Whether axum has chosen a handler already, by the path as it was sent.
fn was_routed(parts: &Parts) -> bool {
    #[cfg(feature = "axum")]
    return parts.extensions.get::<::axum::extract::MatchedPath>().is_some();
    #[cfg(not(feature = "axum"))]
    return {
        let _ = parts;
        false
    };
}
