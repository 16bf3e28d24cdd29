//! A request on its way to an upstream, and the answer on its way back. Only what has a pass gets here.

use std::sync::Arc;
use std::time::Duration;

use doorward::policy::{ForceError, HeaderChanges, Place, Target};
use doorward::{Fields, Pass, Reason};
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};

use crate::body::{Report, RequestBody, ResponseBody};
use crate::exchange::{Exchange, Served, Stop};
use crate::fault::Fault;
use crate::framing;
use crate::headers::{self, X_REQUEST_ID};
use crate::hop::Hop;
use crate::streams::{Held, INTERVAL};
use crate::trace;
use crate::upstream::{Lease, NoConnection, Upstream, Wish};

/// How soon it is worth trying again when an upstream is down, and when it is full.
const RETRY_WHEN_DOWN: u32 = 5;
const RETRY_WHEN_FULL: u32 = 1;

/// Forwards a request that was allowed, and answers with what the upstream says.
pub(crate) async fn forward(
    exchange: &Exchange<'_>,
    request: Request<Incoming>,
    pass: Box<Pass>,
    closes: &mut bool,
) -> Served {
    let (mut parts, body) = request.into_parts();
    let had_body = !body.is_end_stream();
    let (method, path) = (parts.method.clone(), parts.uri.clone());
    let sent = async {
        let upstream = exchange.upstream(&pass)?;
        let limit = pass.route().bounds.body.0;
        let stall = exchange.link.core.gateway.setup.load().body_stall;
        let body = RequestBody::new(body, limit, stall);
        let body = force_body(exchange, &mut parts, body, &pass).await?;
        prepare(exchange, &mut parts, &upstream, &pass);
        let patience = Duration::from_secs(pass.route().bounds.timeout.0.into());
        let (response, lease) = send(exchange, &upstream, parts, body, patience).await?;
        exchange.judge_again(&pass).await?;
        Ok::<_, Stop>((response, lease))
    };
    let sent = async {
        tokio::select! {
            biased;
            sent = sent => sent,
            // What was begun with the upstream ends with its connection, as when a client leaves in the middle of a body.
            () = exchange.shut_out(&pass), if had_body => Err(Reason::NotLoggedIn.into()),
        }
    };
    match sent.await {
        Ok((response, lease)) => Served::allowed(exchange.returned(response, Some(lease), pass)),
        Err(stop) => {
            *closes |= had_body;
            exchange.stop_at(stop, (method.as_str(), path.path()), &pass)
        }
    }
}

/// Sends a request over one connection, or over a second one when the first turns out to have been closed before.
async fn send(
    exchange: &Exchange<'_>,
    upstream: &Arc<Upstream>,
    parts: Parts,
    body: RequestBody,
    patience: Duration,
) -> Result<(Response<Incoming>, Lease), Stop> {
    let core = &exchange.link.core;
    let report = body.report();
    let may_repeat = body.is_empty() && is_safe(&parts.method);
    if !may_repeat {
        // There is one try only: connections that were closed meanwhile get the chance to notice before one is taken.
        tokio::task::yield_now().await;
    }
    let mut request = Request::from_parts(parts, body);
    let mut wish = Wish::first(may_repeat);
    loop {
        let leased = Lease::take(&core.parsed, upstream, wish).await;
        let mut lease = leased.map_err(|error| exchange.unreachable(upstream, &error))?;
        let spare = (may_repeat && lease.may_be_stale()).then(|| copy(&request));
        let sending = lease.sender().try_send_request(request);
        let mut failed = match head_in_time(sending, report.as_deref(), patience).await {
            Some(Ok(response)) => {
                check_framing(response.status(), response.headers())
                    .map_err(|what| exchange.bad_gateway(upstream, what))?;
                return Ok((response, lease));
            }
            Some(Err(failed)) => failed,
            None => return Err(exchange.late(upstream)),
        };
        if let Some(fault) = report.as_ref().and_then(|report| report.fault()) {
            return Err(fault.into());
        }
        // Never sent at all, or never read by anybody.
        let again = failed.take_message().or(spare.filter(|_| lease.may_be_stale()));
        match again {
            Some(again) if std::mem::replace(&mut wish, Wish::Fresh) != Wish::Fresh => request = again,
            _ => return Err(exchange.bad_gateway(upstream, failed.into_error())),
        }
    }
}

/// The answer's head, within the time for it; a body that makes its way counts as life. `None` when it is late.
async fn head_in_time<F: Future>(sending: F, report: Option<&Report>, patience: Duration) -> Option<F::Output> {
    tokio::pin!(sending);
    let mut seen = None;
    loop {
        match tokio::time::timeout(patience, sending.as_mut()).await {
            Ok(output) => return Some(output),
            Err(_) => {
                let progress = report.map(Report::progress);
                if progress.is_none() || progress == seen {
                    return None;
                }
                seen = progress;
            }
        }
    }
}

/// Whether nobody asks for anything to be done (RFC 9110, section 9.2.1): such a request may be sent again after all of it was
/// sent. One that is idempotent might be, too, but a second DELETE may meet what somebody has made meanwhile.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A request without a body, once more.
fn copy(request: &Request<RequestBody>) -> Request<RequestBody> {
    let mut copy = Request::new(RequestBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// What the parser lets through although it can be understood in two ways (RFC 9112, section 6.3).
pub(crate) fn check_framing(status: StatusCode, fields: &impl Fields) -> Result<(), &'static str> {
    let lengths = fields.values(&header::CONTENT_LENGTH).count();
    let mut encodings = fields.values(&header::TRANSFER_ENCODING);
    let encoding = encodings.next();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err("it switches protocols, which nobody asked for");
    }
    if lengths > 1 || (lengths == 1 && encoding.is_some()) || encodings.next().is_some() {
        return Err("its framing is ambiguous");
    }
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"chunked")) {
        return Err("its transfer encoding is unknown");
    }
    Ok(())
}

/// Turns a request into the one that the upstream gets.
pub(crate) fn prepare(exchange: &Exchange<'_>, parts: &mut Parts, upstream: &Upstream, pass: &Pass) {
    prepare_fields(exchange, &mut parts.headers, parts.version, upstream, pass);
    prepare_line(&mut parts.method, &mut parts.uri, pass);
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
}

/// What it says in its first line.
pub(crate) fn prepare_line(method: &mut Method, uri: &mut Uri, pass: &Pass) {
    pass.edit_line(method, uri);
    if let Some(target) = target(uri, pass) {
        *uri = target;
    }
}

/// What it says in all others. `version` is what it came as.
pub(crate) fn prepare_fields(
    exchange: &Exchange<'_>,
    fields: &mut impl Fields,
    version: Version,
    upstream: &Upstream,
    pass: &Pass,
) {
    let gateway = &exchange.link.core.gateway;
    let client = &exchange.client;
    headers::clean_request(fields, client.by_proxy);
    pass.edit_request_fields(fields);
    let hop = Hop {
        peer: exchange.link.peer.address,
        client: client.address,
        secure: client.secure,
        host: exchange.host.to_str().unwrap_or_default(),
        pseudonym: &gateway.pseudonym,
    };
    exchange.link.last_hop.add(fields, version, &hop, client.by_proxy);
    fields.set(&header::HOST, upstream.host(&exchange.host));
    fields.set_text(&X_REQUEST_ID, exchange.id.as_str());
    trace::carry(fields);
    change(fields, &pass.route().request_headers);
}

/// The target as the upstream sees it: the canonical path without what is stripped, the query, and no authority. None where it
/// is that already.
fn target(uri: &Uri, pass: &Pass) -> Option<Uri> {
    let path = match uri.path() {
        // `OPTIONS *` was judged as `/`, and goes on as that.
        "*" => "/",
        path => pass.route().stripped(path),
    };
    if uri.authority().is_none() && path.len() == uri.path().len() && path == uri.path() {
        return None;
    }
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    // All of these were parsed before; should they not fit together, nothing is forwarded as it was sent.
    Some(PathAndQuery::try_from(text).map_or_else(|_| Uri::from_static("/"), Uri::from))
}

/// Turns the head of an upstream's answer into the one that the client gets.
pub(crate) fn edit_answer(fields: &mut impl Fields, pass: &Pass) {
    headers::clean_response(fields);
    change(fields, &pass.route().response_headers);
    pass.edit_response(fields);
}

fn change(fields: &mut impl Fields, changes: &HeaderChanges) {
    for name in &changes.remove {
        fields.remove(name);
    }
    for (name, value) in &changes.set {
        fields.set(name, value);
    }
}

/// Holds and alters the body where parameters in it are forced. One that goes with no request of the method that is meant is
/// refused: an upstream that does not read it would take it for the next request.
pub(crate) async fn force_body(
    exchange: &Exchange<'_>,
    parts: &mut Parts,
    body: RequestBody,
    pass: &Pass,
) -> Result<RequestBody, Stop> {
    let method = pass.method(&parts.method);
    if !body.is_empty() && framing::has_none(method) {
        // The client has sent another method, with which there may be one.
        return Err(Fault::BodyNotExpected.into());
    }
    let Some(forced) = pass.forced_body() else {
        // What HTTP/1.1 says in the head, HTTP/2 need not: parameters in the query have no business in a body.
        let escapes = pass.route().force.is_some() && Place::of(method) == Place::Query && !body.is_empty();
        return if escapes { Err(Reason::Force(ForceError::UnsupportedMediaType).into()) } else { Ok(body) };
    };
    let content_type = single(&parts.headers, header::CONTENT_TYPE)?;
    let encoding = single(&parts.headers, header::CONTENT_ENCODING)?;
    let report = body.report();
    let most = usize::try_from(exchange.link.core.gateway.setup.load().forced_body).unwrap_or(usize::MAX);
    let held = match Limited::new(body, most).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Fault::BodyTooLarge.into()),
        Err(_) => return Err(report.and_then(|report| report.fault()).unwrap_or(Fault::BodyBroken).into()),
    };
    exchange.judge_again(pass).await?;
    let altered = forced.body(content_type.as_deref(), encoding.as_deref(), &held).map_err(Reason::Force)?;
    if let Some(kind) = altered.content_type {
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    // The length is stated anew, and what was said of the old bytes is not true of the new ones.
    for name in ["content-length", "trailer", "content-md5", "digest", "content-digest", "repr-digest"] {
        parts.headers.remove(name);
    }
    Ok(RequestBody::Held(Some(altered.bytes.into())))
}

/// The value of a header that may stand there once.
fn single(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<String>, Stop> {
    let mut lines = headers.get_all(name).iter();
    let unreadable = || Stop::from(Reason::Force(ForceError::UnsupportedMediaType));
    let line = lines.next();
    if lines.next().is_some() {
        return Err(unreadable());
    }
    line.map(|line| line.to_str().map(str::to_owned).map_err(|_| unreadable())).transpose()
}

impl Exchange<'_> {
    /// The upstream of the route.
    pub(crate) fn upstream(&self, pass: &Pass) -> Result<Arc<Upstream>, Stop> {
        let Target::Upstream(name) = &pass.route().target else { return Err(Fault::Internal.into()) };
        let upstreams = self.link.core.gateway.upstreams.load();
        // Between the two steps of a reload a route may name an upstream that is not there any more.
        upstreams.find(name).cloned().ok_or(Fault::UpstreamUnavailable { retry_after: RETRY_WHEN_FULL }.into())
    }

    /// Whoever had to wait may have been shut out meanwhile.
    pub(crate) async fn judge_again(&self, pass: &Pass) -> Result<(), Stop> {
        if self.started.elapsed() < INTERVAL || pass.caller().known().is_none() {
            return Ok(());
        }
        match self.link.core.gateway.engine.is_still_allowed(pass).await {
            true => Ok(()),
            false => Err(Reason::NotLoggedIn.into()),
        }
    }

    /// Ends once the caller may not go on: a body that is passed on while it comes may take hours.
    async fn shut_out(&self, pass: &Pass) {
        if pass.caller().known().is_none() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(INTERVAL).await;
            if !self.link.core.gateway.engine.is_still_allowed(pass).await {
                return;
            }
        }
    }

    /// The upstream's answer as the client gets it.
    pub(crate) fn returned(
        &self,
        response: Response<Incoming>,
        lease: Option<Lease>,
        pass: Box<Pass>,
    ) -> Response<ResponseBody> {
        let (mut parts, body) = response.into_parts();
        edit_answer(&mut parts.headers, &pass);
        parts.extensions.clear();
        parts.version = Version::HTTP_11;
        let mut body = ResponseBody::upstream(body, lease);
        if body.may_last() {
            let stream = self.link.core.streams.follow(Held::Pass(pass));
            body = body.watched(stream);
        }
        Response::from_parts(parts, body)
    }

    /// No connection. The caller is told no detail.
    pub(crate) fn unreachable(&self, upstream: &Upstream, error: &NoConnection) -> Stop {
        let (name, request_id) = (upstream.name(), self.id.as_str());
        let fault = match error {
            NoConnection::Down => Fault::UpstreamUnavailable { retry_after: RETRY_WHEN_DOWN },
            NoConnection::Full => {
                tracing::warn!(upstream = %name, request_id, "as many connections as allowed are in use");
                Fault::UpstreamUnavailable { retry_after: RETRY_WHEN_FULL }
            }
            NoConnection::Failed(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                tracing::warn!(upstream = %name, request_id, "no connection in time");
                Fault::GatewayTimeout
            }
            NoConnection::Failed(error) => {
                tracing::warn!(upstream = %name, %error, request_id, "no connection");
                Fault::BadGateway
            }
        };
        fault.into()
    }

    /// An answer that is none.
    pub(crate) fn bad_gateway(&self, upstream: &Upstream, what: impl std::fmt::Display) -> Stop {
        tracing::warn!(upstream = %upstream.name(), request_id = self.id.as_str(), "no answer that could be passed on: {what}");
        Fault::BadGateway.into()
    }

    /// No answer in time.
    pub(crate) fn late(&self, upstream: &Upstream) -> Stop {
        tracing::warn!(upstream = %upstream.name(), request_id = self.id.as_str(), "no answer in time");
        Fault::GatewayTimeout.into()
    }
}
