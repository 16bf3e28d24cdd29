//! The service that the layer makes: one request, from its head to the body of its answer.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{CONNECTION, UPGRADE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;

use super::body::{BoxError, RequestBody, ResponseBody};
use super::request_id::{RequestId, X_REQUEST_ID};
use super::rewrite::{self, BodyRefusal};
use super::{Layer, Setup};
use crate::admission::Admission;
use crate::head::Head;
use crate::policy::RouteId;
use crate::problem::{self, Problem};
use crate::refusal::{Reason, Refusal};
use crate::verdict::{Answer, Verdict};

/// A service behind Doorward.
#[derive(Clone)]
pub struct Protected<S> {
    layer: Layer,
    inner: S,
}

impl<S> Protected<S> {
    pub(super) fn new(layer: Layer, inner: S) -> Self {
        Self { layer, inner }
    }
}

impl<S, B, R> tower_service::Service<Request<B>> for Protected<S>
where
    S: tower_service::Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was found ready is the one to call; its clone has yet to be asked.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let setup = self.layer.0.clone();
        Box::pin(async move { serve(&setup, inner, request).await })
    }
}

async fn serve<S, B, R>(
    setup: &Setup,
    mut inner: S,
    request: Request<B>,
) -> Result<Response<ResponseBody<R>>, S::Error>
where
    S: tower_service::Service<Request<RequestBody<B>>, Response = Response<R>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let mut visit = Visit::begin(setup, &mut parts);
    let admission = match visit.admit(&parts).await {
        Ok(admission) => admission,
        Err(answer) => return Ok(answer.map(ResponseBody::ours)),
    };
    let pass = admission.pass();
    let is_own = pass.route().is_own();
    let body = match rewrite::body(pass, &mut parts, body).await {
        Ok(body) => body,
        Err(refusal) => {
            let mut answer = visit.refuse_body(&admission, &parts, refusal);
            pass.edit_own_response(answer.headers_mut());
            return Ok(answer.map(ResponseBody::ours));
        }
    };
    if is_own {
        pass.edit_own_request(&mut parts);
    } else {
        pass.edit_request(&mut parts);
        rewrite::drop_overrides(&mut parts.headers);
        rewrite::strip_prefix(pass, &mut parts);
        rewrite::change_headers(&pass.route().request_headers, &mut parts.headers);
    }
    parts.extensions.insert(admission.clone());
    let response = inner.call(Request::from_parts(parts, body)).await?;
    let (mut parts, body) = response.into_parts();
    if is_own {
        pass.edit_own_response(&mut parts.headers);
    } else {
        pass.edit_response(&mut parts.headers);
        rewrite::change_headers(&pass.route().response_headers, &mut parts.headers);
    }
    visit.name(&mut parts.headers);
    let outcome = parts.extensions.remove::<Outcome>().map_or("allow", |Outcome(code)| code);
    visit.count(Some(pass.route_id()), outcome);
    let body = ResponseBody::theirs(body, &admission, setup.sleep);
    Ok(Response::from_parts(parts, body))
}

/// How a request ended that was let in, for the counters: one of Doorward's own resources may refuse it still, and says so in
/// the extensions of its response.
#[derive(Clone, Copy, Debug)]
pub struct Outcome(pub &'static str);

/// One request at the door.
struct Visit<'s> {
    setup: &'s Setup,
    begun: Instant,
    id: RequestId,
    peer: Option<crate::client::Peer>,
    /// Who is answered, for the audit: the peer, until the head says more.
    client: IpAddr,
}

impl<'s> Visit<'s> {
    fn begin(setup: &'s Setup, parts: &mut Parts) -> Self {
        let peer = setup.peer_of(parts);
        let client = peer.and_then(|peer| peer.address).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let known = parts.extensions.get::<RequestId>().cloned();
        let sent =
            || peer.filter(|_| setup.trusted.contains(client)).and_then(|_| RequestId::sent(&parts.headers));
        let id = known.or_else(sent).unwrap_or_else(|| setup.ids.next());
        parts.extensions.insert(id.clone());
        if let Some(value) = id.header() {
            parts.headers.insert(X_REQUEST_ID, value);
        }
        Self { setup, begun: Instant::now(), id, peer, client }
    }

    /// Judges the request.
    async fn admit(&mut self, parts: &Parts) -> Result<Admission, Response<Bytes>> {
        let Some(peer) = self.peer else { return Err(self.nobody_there()) };
        let head = match Head::read(parts, &peer, &self.setup.trusted, self.setup.door) {
            Ok(head) => head,
            Err(refusal) => return Err(self.refuse(&refusal, parts)),
        };
        let client = *head.client();
        self.client = client.address;
        let pass = match self.setup.engine.judge(&head).await {
            Verdict::Allow(pass) => pass,
            Verdict::Deny(refusal) => return Err(self.refuse(&refusal, parts)),
            Verdict::Answer(answer) => return Err(self.answer(answer)),
        };
        let admission = Admission::new(self.setup.engine.clone(), pass, client, Some(Arc::clone(&self.id.0)));
        let route = admission.pass().route();
        if route.is_own() && !self.setup.serves_own {
            return Err(self.refuse(&Reason::NotFound.into(), parts));
        }
        if !route.websocket && asks_to_upgrade(parts) {
            let title = "This route takes no other protocol.";
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
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let engine = &self.setup.engine;
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
    fn refuse_body(&self, admission: &Admission, parts: &Parts, refusal: BodyRefusal) -> Response<Bytes> {
        match refusal {
            BodyRefusal::Reason(reason) => self.refuse(&reason.into(), parts),
            BodyRefusal::Problem(problem) => {
                let code = if problem.status == StatusCode::PAYLOAD_TOO_LARGE {
                    "body_too_large"
                } else {
                    "malformed_body"
                };
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
        let problem =
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here.");
        self.object(None, problem, "internal_error")
    }

    fn answer(&self, answer: Answer) -> Response<Bytes> {
        self.count(None, "answer");
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        *response.headers_mut() = answer.headers;
        self.name(response.headers_mut());
        response
    }

    fn name(&self, headers: &mut http::HeaderMap) {
        if let Some(value) = self.id.header() {
            headers.insert(X_REQUEST_ID, value);
        }
    }

    fn count(&self, route: Option<RouteId>, outcome: &'static str) {
        let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.setup.engine.count(route, outcome, micros);
    }
}

/// Whether the connection shall speak another protocol after this request (RFC 9110, section 7.8). `h2c` is not asked of a
/// service: servers do that by themselves.
fn asks_to_upgrade(parts: &Parts) -> bool {
    let lines = parts.headers.get_all(CONNECTION).iter();
    let mut named = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    parts.headers.contains_key(UPGRADE)
        && named.any(|token| token.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
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
