//! A span for each request: what the feature `otel` sends to a collector. Without the feature nothing is noted here.

#[cfg(feature = "otel")]
mod context;
#[cfg(feature = "otel")]
mod export;

#[cfg(feature = "otel")]
pub use export::{Traces, TracesError};

use doorward::Fields;
use http::StatusCode;
use http::request::Parts;

use crate::request_id::RequestId;

/// The name by which the spans are told from everything else that is logged.
#[cfg(feature = "otel")]
const TARGET: &str = "doorward::request";

/// The span of one request.
pub(crate) struct Trace {
    #[cfg(feature = "otel")]
    span: tracing::Span,
}

#[cfg(feature = "otel")]
impl Trace {
    /// Begins one. Where the peer is believed, its headers say what the span is a part of. Of the path it holds what may be
    /// told.
    pub(crate) fn begin(
        parts: &Parts,
        id: &RequestId,
        is_believed: impl FnOnce() -> bool,
        redacted: impl FnOnce(&str) -> String,
    ) -> Self {
        use tracing::field::Empty;
        // At a level that no log writes: it is no line, and its fields are in no line.
        let span = tracing::trace_span!(
            target: TARGET,
            "request",
            otel.kind = "server",
            otel.name = parts.method.as_str(),
            otel.status_code = Empty,
            http.request.method = parts.method.as_str(),
            url.path = redacted(parts.uri.path()),
            http.route = Empty,
            http.response.status_code = Empty,
            doorward.outcome = Empty,
            doorward.request_id = id.as_str(),
        );
        if !span.is_disabled() && is_believed() {
            context::adopt(&span, &parts.headers);
        }
        Self { span }
    }

    /// Does the work within the span.
    pub(crate) async fn around<F: Future>(&self, work: F) -> F::Output {
        tracing::Instrument::instrument(work, self.span.clone()).await
    }

    /// Ends it.
    pub(crate) fn end(self, route: impl FnOnce() -> Option<String>, status: StatusCode, outcome: &str) {
        if self.span.is_disabled() {
            return;
        }
        if let Some(route) = route() {
            self.span.record("otel.name", &route);
            self.span.record("http.route", &route);
        }
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
        }
        self.span.record("http.response.status_code", status.as_u16());
        self.span.record("doorward.outcome", outcome);
    }
}

#[cfg(not(feature = "otel"))]
impl Trace {
    pub(crate) fn begin(_: &Parts, _: &RequestId, _: impl FnOnce() -> bool, _: impl FnOnce(&str) -> String) -> Self {
        Self {}
    }

    pub(crate) async fn around<F: Future>(&self, work: F) -> F::Output {
        work.await
    }

    pub(crate) fn end(self, _: impl FnOnce() -> Option<String>, _: StatusCode, _: &str) {}
}

/// Tells the upstream which span its own are a part of (W3C Trace Context, section 2.1).
#[cfg(feature = "otel")]
pub(crate) fn carry(fields: &mut impl Fields) {
    context::hand_on(&tracing::Span::current(), fields);
}

#[cfg(not(feature = "otel"))]
pub(crate) fn carry(_: &mut impl Fields) {}
