//! What is noted of an exchange until it is over: its name, its route, how long it took, and its line in the access log.

use std::net::IpAddr;
use std::time::Instant;

use doorward::policy::RouteId;
use doorward::{Caller, Pass};
use http::StatusCode;
use http::request::Parts;

use crate::connection::Link;
use crate::request_id::RequestId;
use crate::trace::Trace;

/// One exchange, as far as it has come.
pub(crate) struct Record {
    pub(crate) id: RequestId,
    pub(crate) started: Instant,
    route: Option<RouteId>,
    line: Option<Box<Line>>,
}

/// What the access log says of it.
struct Line {
    method: http::Method,
    path: String,
    route: String,
    user: String,
    client: Option<IpAddr>,
}

impl Record {
    /// Begins with a request, and begins the span of it.
    pub(crate) fn begin(link: &Link, parts: &Parts) -> (Self, Trace) {
        let (started, gateway) = (Instant::now(), &link.core.gateway);
        let id = link.core.ids.next();
        let redacted = |path: &str| gateway.engine.policy().redacted(path).into_owned();
        let is_believed = || gateway.setup.load().trusted.contains(link.address());
        let trace = Trace::begin(parts, &id, is_believed, redacted);
        let line = gateway.setup.load().logs_access.then(|| {
            let (route, user) = ("-".to_owned(), "-".to_owned());
            let path = redacted(parts.uri.path());
            Box::new(Line { method: parts.method.clone(), path, route, user, client: link.peer.address })
        });
        (Self { id, started, route: None, line }, trace)
    }

    /// The client behind trusted proxies is known.
    pub(crate) fn is_from(&mut self, client: IpAddr) {
        if let Some(line) = &mut self.line {
            line.client = Some(client);
        }
    }

    /// The request is refused, at a route perhaps.
    pub(crate) fn is_refused(&mut self, link: &Link, route: Option<RouteId>) {
        self.route = route;
        if let (Some(line), Some(route)) = (&mut self.line, route) {
            line.route = link.core.gateway.engine.policy().route_text(route);
        }
    }

    /// The request is allowed.
    pub(crate) fn is_allowed(&mut self, pass: &Pass) {
        self.route = Some(pass.route_id());
        if let Some(line) = &mut self.line {
            line.route = pass.route().to_string();
            if let Caller::Known(known) = pass.caller() {
                line.user = known.user().id.to_string();
            }
        }
    }

    /// The answer's head is made: the exchange is counted, told to the collector, and logged.
    pub(crate) fn end(self, link: &Link, trace: Trace, status: StatusCode, outcome: &'static str) {
        let engine = &link.core.gateway.engine;
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        engine.count(self.route, outcome, micros);
        trace.end(|| self.route.map(|route| engine.policy().route_text(route)), status, outcome);
        let Some(line) = self.line else { return };
        let Line { method, path, route, user, client } = *line;
        let (status, request_id) = (status.as_u16(), self.id.as_str());
        let client = client.map_or_else(|| "unix".to_owned(), |client| client.to_string());
        tracing::info!(target: "access", %method, path, status, micros, route, user, client, outcome, request_id);
    }
}
