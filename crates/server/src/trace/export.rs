//! On their way to a collector, by OTLP over gRPC.

use std::time::Duration;

use doorward::policy::Otel;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// Sends the spans of requests to a collector. Make it within a runtime that goes on for as long.
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TracesError {
    /// The collector's address cannot be used.
    #[error("otel.endpoint: {0:?} is no address of a collector: write \"http://host:4317\"")]
    Endpoint(String),
    /// The exporter cannot be made.
    #[error("otel: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// How long the last spans may take.
const LAST: Duration = Duration::from_secs(3);

impl Traces {
    /// Begins to send. A collector that is not there is tried again and again, and nobody waits for it.
    ///
    /// # Errors
    /// When the settings name no collector that can be reached.
    pub fn start(otel: &Otel) -> Result<Self, TracesError> {
        // What travels here is within one machine or one network; a collector beside us speaks TLS to the world.
        if !otel.endpoint.starts_with("http://") {
            return Err(TracesError::Endpoint(otel.endpoint.clone()));
        }
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(&otel.endpoint).build()?;
        let resource = Resource::builder().with_service_name(otel.service.clone()).build();
        // A proxy that is believed has decided already.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(otel.sample)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .with_sampler(sampler)
            .build();
        Ok(Self { provider })
    }

    /// The part of a subscriber that takes the spans.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("doorward"));
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        layer.with_filter(filter_fn(|metadata| metadata.target() == super::TARGET))
    }

    /// Sends what has not been sent yet. It blocks: not on a runtime's thread.
    pub fn finish(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
