//! One request and its answer: checked, judged, and then forwarded, served, or refused, in this order.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Instant;

use doorward::client::Client;
use doorward::policy::{Language, Target};
use doorward::problem;
use doorward::{Caller, Head, Pass, Reason, Refusal, Speech, Verdict};
use futures_util::FutureExt as _;
use http::header::{self, HeaderMap};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::{Body as _, Incoming};

use crate::body::{RequestBody, ResponseBody};
use crate::connection::Link;
use crate::fault::Fault;
use crate::forward;
use crate::framing;
use crate::headers::X_REQUEST_ID;
use crate::pages;
use crate::panel;
use crate::rate::{Budget, Who};
use crate::record::Record;
use crate::request_id::RequestId;
use crate::resource;
use crate::trace::Trace;
use crate::upgrade;

const STRICT_TRANSPORT_SECURITY: HeaderName = HeaderName::from_static("strict-transport-security");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// What the steps of one exchange need to know of each other.
pub(crate) struct Exchange<'a> {
    pub(crate) link: &'a Rc<Link>,
    pub(crate) id: RequestId,
    pub(crate) started: Instant,
    pub(crate) client: Client,
    /// The authority in its one spelling; empty when an old client names none.
    pub(crate) host: HeaderValue,
    /// What `Accept` says, where the route's dialect is answered by it. Empty for all other routes.
    pub(crate) accept: HeaderMap,
    /// Who reads a refusal, where a browser opens an address as a page.
    pub(crate) reader: Option<Language>,
}

/// Why a request ends here.
pub(crate) enum Stop {
    /// It cannot be served, whoever asks.
    Fault(Fault),
    /// The one who asks may not.
    Refusal(Refusal),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Refusal(reason.into())
    }
}

/// An answer, and the word that it is counted under.
pub(crate) struct Served {
    pub(crate) response: Response<ResponseBody>,
    pub(crate) outcome: &'static str,
}

impl Served {
    /// The word for what was allowed.
    pub(crate) const ALLOWED: &'static str = "allow";

    /// An answer to a request that was allowed.
    pub(crate) fn allowed(response: Response<ResponseBody>) -> Self {
        Self { response, outcome: Self::ALLOWED }
    }

    /// The answer to a request that something of ours has failed at.
    pub(crate) fn panicked(id: &RequestId) -> Self {
        tracing::error!(request_id = id.as_str(), "a request ended in a panic");
        let response = Fault::Internal.response(id.as_str()).map(ResponseBody::whole);
        Self { response, outcome: Fault::Internal.code() }
    }
}

impl Stop {
    /// The answer that says so. Refusals go to the audit log too.
    pub(crate) fn served(
        self,
        link: &Link,
        id: &RequestId,
        request: (&str, &str),
        client: &Client,
        speech: impl FnOnce() -> Option<Speech>,
    ) -> Served {
        let engine = &link.core.gateway.engine;
        let (method, path) = request;
        let (response, outcome) = match self {
            Self::Fault(fault) => {
                if let Some(what) = fault.suspicion() {
                    let refusal = Refusal::new(Reason::Malformed(what));
                    engine.note_refusal(&refusal, method, path, client.address, id.as_str());
                }
                let response = match speech() {
                    Some(speech) => fault.spoken(&speech),
                    None => fault.response(id.as_str()),
                };
                (response, fault.code())
            }
            Self::Refusal(mut refusal) => {
                if refusal.terms().speech.is_none() {
                    refusal.terms_mut().speech = speech().map(Box::new);
                }
                engine.note_refusal(&refusal, method, path, client.address, id.as_str());
                let response = problem::response(&refusal, Some(id.as_str()));
                (panel::refused_page(&engine.policy(), &refusal, id.as_str(), response), refusal.code())
            }
        };
        Served { response: response.map(ResponseBody::whole), outcome }
    }
}

/// A request that was looked at before the parser had it, by whoever handed its connection over: it is one exchange all the same.
pub(crate) struct Judged {
    parts: Parts,
    /// None where nobody was asked yet.
    verdict: Option<Verdict>,
    record: Record,
    trace: Trace,
}

impl Judged {
    /// This verdict, if there is one, about a request with this head.
    pub(crate) fn new(parts: Parts, verdict: Option<Verdict>, record: Record, trace: Trace) -> Self {
        Self { parts, verdict, record, trace }
    }

    /// Whether it is about the request that has come: one that was read in another way is judged as it was read.
    fn is_about(&self, parts: &Parts) -> bool {
        let own = &self.parts;
        own.method == parts.method
            && own.uri == parts.uri
            && own.version == parts.version
            && own.headers == parts.headers
    }
}

/// Answers a request. Whatever fails, there is an answer, and nobody is let in by it.
pub(crate) async fn answer(
    link: &Rc<Link>,
    request: Request<Incoming>,
    judged: Option<Box<Judged>>,
) -> Response<ResponseBody> {
    let (parts, body) = request.into_parts();
    let version = parts.version;
    // After a request to upgrade the bytes are not read along with; after half a body nobody knows where a request begins.
    let mut closes = parts.headers.contains_key(header::UPGRADE);
    let (mut record, trace, verdict) = match judged.filter(|judged| judged.is_about(&parts)) {
        Some(judged) => (judged.record, judged.trace, judged.verdict),
        None => {
            let (record, trace) = Record::begin(link, &parts);
            (record, trace, None)
        }
    };
    let request = Request::from_parts(parts, body);
    let answering = AssertUnwindSafe(respond(link, request, verdict, &mut record, &mut closes)).catch_unwind();
    let Served { mut response, outcome } = match trace.around(answering).await {
        Ok(served) => served,
        Err(_) => {
            closes = true;
            Served::panicked(&record.id)
        }
    };
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, record.id.header());
    if closes && version < Version::HTTP_2 && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    record.end(link, trace, response.status(), outcome);
    response
}

async fn respond(
    link: &Rc<Link>,
    request: Request<Incoming>,
    verdict: Option<Verdict>,
    record: &mut Record,
    closes: &mut bool,
) -> Served {
    let gateway = &link.core.gateway;
    let (parts, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    let setup = gateway.setup.load();
    if let Err(fault) = framing::check(&parts, has_body, setup.head, &gateway.pseudonym) {
        *closes = true;
        return refuse(link, record, fault.into(), &parts, None);
    }
    let head = match Head::read(&parts, &link.peer, &setup.trusted, link.entry.door) {
        Ok(head) => head,
        Err(refusal) => {
            *closes |= has_body;
            return refuse(link, record, refusal.into(), &parts, None);
        }
    };
    let client = *head.client();
    record.is_from(client.address);
    if link.entry.redirect_to_https && !client.secure {
        *closes |= has_body;
        let is_served = gateway.engine.policy().serves(link.entry.door, head.host(), head.is_home());
        let redirect = is_served.then(|| setup.secure_origins.redirect(&parts, head.host(), head.path().as_str()));
        return match redirect.flatten() {
            Some(response) => Served { response: response.map(|()| ResponseBody::empty()), outcome: "redirect" },
            None if is_served => refuse(link, record, Reason::HttpsRequired.into(), &parts, Some(&head)),
            None => refuse(link, record, Reason::Misdirected.into(), &parts, Some(&head)),
        };
    }
    drop(setup);
    let verdict = match verdict {
        Some(verdict) => verdict,
        None => gateway.engine.judge(&head).await,
    };
    let (exchange, pass) = match admit(link, record, &parts, &head, verdict) {
        Ok(admitted) => admitted,
        Err(served) => {
            *closes |= has_body;
            return *served;
        }
    };
    serve(&exchange, Request::from_parts(parts, body), pass, closes).await
}

/// What a verdict comes to: a pass, with what the next steps need to know, or an answer.
pub(crate) fn admit<'a>(
    link: &'a Rc<Link>,
    record: &mut Record,
    parts: &Parts,
    head: &Head<'_>,
    verdict: Verdict,
) -> Result<(Exchange<'a>, Box<Pass>), Box<Served>> {
    let client = *head.client();
    let pass = match verdict {
        Verdict::Allow(pass) => pass,
        Verdict::Deny(refusal) => {
            record.is_refused(link, refusal.terms().route);
            return Err(Box::new(refuse(link, record, refusal.into(), parts, Some(head))));
        }
        Verdict::Answer(answer) => {
            let mut response = Response::new(ResponseBody::empty());
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            protect(response.headers_mut(), client.secure);
            return Err(Box::new(Served { response, outcome: "answer" }));
        }
    };
    record.is_allowed(&pass);
    // Most clients write it as it is compared.
    let host = match parts.headers.get(header::HOST) {
        Some(host) if host == head.host() => host.clone(),
        _ => HeaderValue::from_str(head.host()).unwrap_or(HeaderValue::from_static("")),
    };
    let accept = Speech::asked(pass.route().profile, &parts.headers);
    let reader = pages::reader(&parts.headers);
    let exchange = Exchange { link, id: record.id, started: record.started, client, host, accept, reader };
    if let Err(stop) = exchange.check_bounds(parts, &pass) {
        let mut served = refuse(link, record, stop, parts, Some(head));
        pass.edit_response(served.response.headers_mut());
        return Err(Box::new(served));
    }
    Ok((exchange, pass))
}

/// The answer to a request that is not allowed.
fn refuse(link: &Link, record: &Record, stop: Stop, parts: &Parts, head: Option<&Head<'_>>) -> Served {
    let unknown = Client { address: link.address(), secure: link.peer.secure, by_proxy: false };
    let client = head.map_or(&unknown, Head::client);
    // Found out for those alone who are refused. Of a head that cannot be read, the path as it stands says which dialect is spoken.
    let speech = || {
        let policy = link.core.gateway.engine.policy();
        let (host, path) = head.map_or(("", parts.uri.path()), |head| (head.host(), head.path().as_str()));
        policy.speech(host, path, &parts.headers)
    };
    let reader = pages::reader(&parts.headers);
    let policy = reader.map(|_| link.core.gateway.engine.policy());
    let route = policy.as_ref().and_then(|policy| policy.route(stop.route()?));
    let mut served = stop.served(link, &record.id, (parts.method.as_str(), parts.uri.path()), client, speech);
    if let (Some(language), Some(head)) = (reader, head) {
        served.told(link, &record.id, language, route, head.path().as_str());
    }
    protect(served.response.headers_mut(), client.secure);
    served
}

/// Hands an allowed request to whom it is for.
async fn serve(exchange: &Exchange<'_>, request: Request<Incoming>, pass: Box<Pass>, closes: &mut bool) -> Served {
    let wants_upgrade = request.version() < Version::HTTP_2 && request.headers().contains_key(header::UPGRADE);
    match &pass.route().target {
        Target::Upstream(_) if wants_upgrade && pass.route().websocket => {
            upgrade::forward(exchange, request, pass).await
        }
        _ if wants_upgrade && upgrade::asks_for_websocket(request.headers()) => {
            exchange.stop(Fault::UpgradeRefused.into(), &request, &pass)
        }
        Target::Upstream(_) => forward::forward(exchange, request, pass, closes).await,
        Target::Own | Target::Inner => {
            let stall = exchange.link.core.gateway.setup.load().body_stall;
            let limit = pass.route().bounds.body.0;
            serve_here(exchange, request.map(|body| RequestBody::new(body, limit, stall)), pass, closes).await
        }
    }
}

/// Serves an allowed request that is not for an upstream.
pub(crate) async fn serve_here(
    exchange: &Exchange<'_>,
    request: Request<RequestBody>,
    pass: Box<Pass>,
    closes: &mut bool,
) -> Served {
    if let Target::Own = pass.route().target {
        return resource::serve(exchange, request, pass, closes).await;
    }
    tracing::error!(route = %pass.route(), "the route leads into a service, and there is none here");
    exchange.stop(Fault::Internal.into(), &request, &pass)
}

impl Exchange<'_> {
    /// What a route bounds: how often, and how much.
    fn check_bounds(&self, parts: &Parts, pass: &Pass) -> Result<(), Stop> {
        let bounds = &pass.route().bounds;
        if let Some(rate) = bounds.rate {
            let who = match pass.caller() {
                Caller::Known(known) => Who::User(known.user().number.0),
                Caller::Guest => Who::address(self.client.address),
            };
            let budget = Budget::of(pass.policy(), pass.route_id());
            if let Err(too_many) = self.link.core.gateway.limiter.take(budget, who, rate) {
                let mut refusal = Refusal::new(Reason::RateLimited);
                refusal.terms_mut().retry_after = Some(too_many.retry_after);
                return Err(refusal.into());
            }
        }
        let stated =
            parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if stated.is_some_and(|length| length > bounds.body.0) {
            return Err(Fault::BodyTooLarge.into());
        }
        Ok(())
    }

    /// The answer to a request that was allowed and ends here all the same.
    pub(crate) fn stop<B>(&self, stop: Stop, request: &Request<B>, pass: &Pass) -> Served {
        self.stop_at(stop, (request.method().as_str(), request.uri().path()), pass)
    }

    /// The same, when the request itself is gone.
    pub(crate) fn stop_at(&self, stop: Stop, request: (&str, &str), pass: &Pass) -> Served {
        let speech = || Speech::read(pass.policy(), pass.route().profile, &self.accept);
        let mut served = stop.served(self.link, &self.id, request, &self.client, speech);
        if let Some(language) = self.reader {
            served.told(self.link, &self.id, language, Some(pass.route()), request.1);
        }
        pass.edit_response(served.response.headers_mut());
        served
    }
}

/// A connection that ended in an error: what no parser could read is a refusal like any other.
pub(crate) fn note_broken(link: &Link, error: &hyper::Error) {
    tracing::debug!(%error, peer = ?link.peer.address, "connection broke");
    if error.is_parse() {
        let refusal = Refusal::new(Reason::Malformed("the request cannot be parsed"));
        let id = link.core.ids.next();
        link.core.gateway.engine.note_refusal(&refusal, "-", "-", link.address(), id.as_str());
    }
}

/// What every answer says that is not an upstream's.
fn protect(headers: &mut HeaderMap, secure: bool) {
    if secure && !headers.contains_key(STRICT_TRANSPORT_SECURITY) {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
}
