//! The log: on standard error, for people or for programs.

use std::io::{self, IsTerminal as _};

use doorward::policy::{LogFormat, LogLevel, Settings};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// For verbs that end soon: what went wrong beside the answer.
pub fn at_the_console() {
    let lines = fmt::layer().with_writer(io::stderr).with_target(false).without_time().with_ansi(false);
    // A second subscriber in one process would be a mistake of ours, and the first one is as good.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter("warn"))).try_init();
}

/// What a server's log holds on to.
#[must_use]
pub struct Log {
    #[cfg(feature = "otel")]
    traces: Option<doorward_server::Traces>,
}

impl Log {
    /// The log of a server, as its settings say. `RUST_LOG` goes before `[log]`.
    ///
    /// # Errors
    /// When the traces that `[otel]` asks for cannot be sent.
    pub fn of_a_server(settings: &Settings) -> anyhow::Result<Self> {
        let level = match settings.log.level {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        };
        let lines = fmt::layer().with_writer(io::stderr).with_target(false);
        let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.log.format {
            LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).with_filter(filter(level)).boxed(),
            LogFormat::Json => lines.json().flatten_event(true).with_filter(filter(level)).boxed(),
        };
        #[cfg(feature = "otel")]
        {
            let traces = settings.otel.as_ref().map(doorward_server::Traces::start).transpose()?;
            let spans = traces.as_ref().map(doorward_server::Traces::layer);
            let _ = tracing_subscriber::registry().with(lines).with(spans).try_init();
            Ok(Self { traces })
        }
        #[cfg(not(feature = "otel"))]
        {
            let _ = tracing_subscriber::registry().with(lines).try_init();
            if settings.otel.is_some() {
                tracing::warn!("this build has no OpenTelemetry: [otel] has no effect");
            }
            Ok(Self {})
        }
    }

    /// Sends what has not been sent yet.
    pub async fn finish(self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = self.traces {
            let _ = tokio::task::spawn_blocking(|| traces.finish()).await;
        }
    }
}

/// What `RUST_LOG` says, or this level.
fn filter(level: &str) -> EnvFilter {
    match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.is_empty() => EnvFilter::new(wanted),
        _ => EnvFilter::new(level),
    }
}
