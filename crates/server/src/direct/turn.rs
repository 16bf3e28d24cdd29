//! One request and its answer.

use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use doorward::policy::Target;
use doorward::{Fields as _, Head, Pass, Verdict};
use futures_util::FutureExt as _;
use http::header::HeaderMap;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use http_body::Body as _;
use tokio::time::Instant;

use super::Direct;
use super::answer::{Answer, Framing};
use super::ask::{Failed, Question};
use super::head::Plain;
use super::lines::Lines;
use super::relay::{self, Relay};
use super::write;
use crate::body::{RequestBody, ResponseBody};
use crate::connection::Link;
use crate::exchange::{self, Exchange, Judged, Served};
use crate::fault::Fault;
use crate::forward::{edit_answer, force_body, prepare_fields, prepare_line};
use crate::framing;
use crate::headers::X_REQUEST_ID;
use crate::record::Record;
use crate::streams::Held;
use crate::upstream::{Raw, Upstream};

/// The longest body of a request that is held until all of it has come. The library passes longer ones on as they come.
const LONGEST_BODY: u64 = 16 << 10;
/// So many bytes of it come within `limits.body_stall`, or all that is left.
const STEP: usize = 4 << 10;
/// An answer of this length is over soon: nobody's rights change meanwhile.
const SOON_DONE: u64 = 64 << 10;

/// What comes after an answer.
pub(super) enum Next {
    /// Another request.
    Request,
    /// Nothing. Whether the client may still be sending.
    End { is_sending: bool },
    /// The library serves this request, and all after it.
    Library(Box<Judged>),
}

/// An answer that is about to be sent.
enum Reply {
    Own(Served),
    Upstream { status: StatusCode, lines: Lines, relay: Relay },
}

/// Why there is none.
enum Ending {
    /// The client is gone.
    Gone,
    /// The library answers; what was judged is not judged again.
    Library(Option<Box<Verdict>>),
}

impl Direct<'_> {
    /// Answers a request. Whatever fails, there is an answer, and nobody is let in by it.
    pub(super) async fn turn(&mut self, plain: Plain) -> Next {
        let Plain { mut parts, length, mut closes } = plain;
        let link = self.link;
        let (mut record, trace) = Record::begin(link, &parts);
        let method = parts.method.clone();
        let replied = {
            // Pinned where it is made: it is large, and would be copied.
            let replying = self.reply(&mut parts, length, &mut record, &mut closes);
            let replying = pin!(AssertUnwindSafe(replying).catch_unwind());
            trace.around(replying).await
        };
        let reply = match replied {
            Ok(Ok(reply)) => reply,
            Ok(Err(Ending::Gone)) => return Next::End { is_sending: false },
            Ok(Err(Ending::Library(verdict))) => {
                let judged = Judged::new(parts, verdict.map(|verdict| *verdict), record, trace);
                return Next::Library(Box::new(judged));
            }
            Err(_) => {
                closes = true;
                Reply::Own(Served::panicked(&record.id))
            }
        };
        let is_sending = closes && length > 0;
        closes |= !link.core.serves();
        let (id, patience) = (record.id, self.patience);
        let sent = match reply {
            Reply::Own(Served { response, outcome }) => {
                let (mut head, body) = response.into_parts();
                head.headers.insert(X_REQUEST_ID, id.header());
                record.end(link, trace, head.status, outcome);
                let framing = write::Body::of(&method, head.status, length_of(&body, &head.headers));
                let bytes = write::response(head.status, &mut head.headers, framing, closes);
                let sends = framing != write::Body::None && method != Method::HEAD;
                let body = sends.then_some(body);
                relay::own(&mut self.client, bytes, body, framing == write::Body::Chunked, patience).await
            }
            Reply::Upstream { status, mut lines, relay } => {
                lines.set_text(&X_REQUEST_ID, id.as_str());
                record.end(link, trace, status, Served::ALLOWED);
                let whole = match relay.framing {
                    Framing::Length(_) => write::Body::Stated,
                    Framing::Chunked(_) | Framing::UntilClose => write::Body::Chunked,
                };
                let framing = write::Body::of(&method, status, whole);
                let bytes = write::response(status, &mut lines, framing, closes);
                relay.run(link, &mut self.client, bytes, patience).await
            }
        };
        match sent {
            Ok(()) if !closes => Next::Request,
            Ok(()) => Next::End { is_sending },
            Err(error) => {
                tracing::debug!(%error, peer = ?link.peer.address, "connection broke");
                Next::End { is_sending: false }
            }
        }
    }

    async fn reply(
        &mut self,
        parts: &mut Parts,
        length: u64,
        record: &mut Record,
        closes: &mut bool,
    ) -> Result<Reply, Ending> {
        let (link, gateway) = (self.link, &self.link.core.gateway);
        let setup = gateway.setup.load_full();
        if framing::check(parts, length > 0, setup.head, &gateway.pseudonym).is_err() {
            return Err(Ending::Library(None));
        }
        let (exchange, pass) = {
            let head = Head::read(parts, &link.peer, &setup.trusted, link.entry.door);
            let Ok(head) = head else { return Err(Ending::Library(None)) };
            record.is_from(head.client().address);
            let judging = self.client.unless_gone(gateway.engine.judge(&head));
            let verdict = judging.await.ok_or(Ending::Gone)?;
            if length > 0 && (length > LONGEST_BODY || !matches!(verdict, Verdict::Allow(_))) {
                return Err(Ending::Library(Some(Box::new(verdict))));
            }
            match exchange::admit(link, record, parts, &head, verdict) {
                Ok(admitted) => admitted,
                Err(served) => {
                    *closes |= length > 0;
                    return Ok(Reply::Own(*served));
                }
            }
        };
        let (method, sent) = (parts.method.clone(), parts.uri.clone());
        let stopped = |stop| Ok(Reply::Own(exchange.stop_at(stop, (method.as_str(), sent.path()), &pass)));
        let body = match self.body(length, setup.body_stall).await {
            Ok(body) => body,
            Err(fault) => {
                *closes = true;
                return stopped(fault.into());
            }
        };
        if length > 0 {
            // Before anything is done by it: the body may have been long in coming.
            let judging = self.client.unless_gone(exchange.judge_again(&pass));
            if let Err(stop) = judging.await.ok_or(Ending::Gone)? {
                return stopped(stop);
            }
        }
        if !matches!(pass.route().target, Target::Upstream(_)) {
            let parts = std::mem::replace(parts, Request::new(()).into_parts().0);
            let request = Request::from_parts(parts, body);
            let serving = self.client.unless_gone(exchange::serve_here(&exchange, request, pass, closes));
            return serving.await.map(Reply::Own).ok_or(Ending::Gone);
        }
        match self.forward(&exchange, parts, body, &pass).await {
            Ok((answer, raw, upstream)) => Ok(returned(link, answer, raw, upstream, pass)),
            Err(Failed::Gone) => Err(Ending::Gone),
            Err(Failed::Stop(stop)) => stopped(stop),
        }
    }

    /// All of the body.
    async fn body(&mut self, length: u64, stall: Duration) -> Result<RequestBody, Fault> {
        let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
            return Ok(RequestBody::Empty);
        };
        let (mut due, mut deadline) = (STEP, Instant::now() + stall);
        while self.client.input.len() < length {
            match self.client.fill(deadline).await {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(Fault::BodyStalled),
                Ok(0) | Err(_) => return Err(Fault::BodyBroken),
            }
            if self.client.input.len() >= due {
                (due, deadline) = (self.client.input.len() + STEP, Instant::now() + stall);
            }
        }
        Ok(RequestBody::Held(Some(self.client.input.split_to(length).freeze())))
    }

    /// Asks the upstream.
    async fn forward(
        &mut self,
        exchange: &Exchange<'_>,
        parts: &mut Parts,
        body: RequestBody,
        pass: &Pass,
    ) -> Result<(Answer, Raw, Arc<Upstream>), Failed> {
        let upstream = exchange.upstream(pass)?;
        let body = force_body(exchange, parts, body, pass).await?;
        let mut lines = Lines::of(&parts.headers);
        prepare_fields(exchange, &mut lines, parts.version, &upstream, pass);
        let Parts { method, uri, .. } = parts;
        prepare_line(method, uri, pass);
        let patience = Duration::from_secs(pass.route().bounds.timeout.0.into());
        let question = Question::new(method.clone(), uri, &lines, body.held().as_deref());
        let (answer, raw) = question.ask(exchange, &mut self.client, &upstream, patience).await?;
        self.client.unless_gone(exchange.judge_again(pass)).await.ok_or(Failed::Gone)??;
        Ok((answer, raw, upstream))
    }
}

/// An upstream's answer as the client gets it.
fn returned(link: &Link, answer: Answer, raw: Raw, upstream: Arc<Upstream>, pass: Box<Pass>) -> Reply {
    let Answer { status, mut lines, body: framing, keeps } = answer;
    edit_answer(&mut lines, &pass);
    let may_last = !matches!(framing, Framing::Length(..=SOON_DONE));
    let stream = may_last.then(|| link.core.streams.follow(Held::Pass(pass))).flatten();
    Reply::Upstream { status, lines, relay: Relay { raw, upstream, framing, keeps, stream } }
}

fn length_of(body: &ResponseBody, headers: &HeaderMap) -> write::Body {
    match body.size_hint().exact() {
        Some(_) if headers.contains_key(http::header::CONTENT_LENGTH) => write::Body::Stated,
        Some(length) => write::Body::Length(length),
        None => write::Body::Chunked,
    }
}
