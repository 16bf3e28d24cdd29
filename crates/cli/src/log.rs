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

/// For a server, as its settings say. `RUST_LOG` goes before `[log]`.
///
/// # Errors
/// When the traces that `[otel]` asks for cannot be sent.
pub fn of_a_server(settings: &Settings) -> anyhow::Result<()> {
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
    let _ = tracing_subscriber::registry().with(lines).try_init();
    if settings.otel.is_some() {
        tracing::warn!("this build has no OpenTelemetry: [otel] has no effect");
    }
    Ok(())
}

/// What `RUST_LOG` says, or this level.
fn filter(level: &str) -> EnvFilter {
    match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.is_empty() => EnvFilter::new(wanted),
        _ => EnvFilter::new(level),
    }
}
