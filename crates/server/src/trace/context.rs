//! `traceparent` and `tracestate`, in and out.

use doorward::Fields;
use http::{HeaderMap, HeaderName};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes a span part of the trace that the headers name.
pub(super) fn adopt(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&Sent(headers));
    // A span that has begun already cannot be adopted; this one has not.
    let _ = span.set_parent(parent);
}

/// Names the span in the headers, unless nothing is traced: then what the client said stays.
pub(super) fn hand_on(span: &Span, fields: &mut impl Fields) {
    let context = span.context();
    if context.span().span_context().is_valid() {
        TraceContextPropagator::new().inject_context(&context, &mut Going(fields));
    }
}

struct Sent<'h>(&'h HeaderMap);

impl Extractor for Sent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Going<'f, F>(&'f mut F);

impl<F: Fields> Injector for Going<'_, F> {
    fn set(&mut self, key: &str, value: String) {
        if let Ok(name) = HeaderName::try_from(key) {
            self.0.set_text(&name, &value);
        }
    }
}
