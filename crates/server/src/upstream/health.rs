//! Whether an upstream is well: asked for now and then, and learnt from what happens to requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::Upstream;

/// How often an upstream is asked.
const INTERVAL: Duration = Duration::from_secs(5);
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many failures in a row, and it is down; one success, and it is up.
const FAILURES: u32 = 2;

/// What is known of an upstream.
#[derive(Debug, Default)]
pub(crate) struct Health {
    down: AtomicBool,
    failures: AtomicU32,
}

impl Health {
    /// Whether requests should not even be tried. Only ever true of upstreams that are asked.
    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }

    fn succeeded(&self) -> bool {
        self.failures.store(0, Ordering::Relaxed);
        self.down.swap(false, Ordering::Relaxed)
    }

    fn failed(&self) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        failures >= FAILURES && !self.down.swap(true, Ordering::Relaxed)
    }
}

/// Asks an upstream that names a path for it, for as long as it is in use.
pub(crate) async fn follow(upstream: std::sync::Weak<Upstream>) {
    loop {
        let Some(upstream) = upstream.upgrade() else { return };
        let Some(path) = &upstream.settings.health else { return };
        let well = tokio::time::timeout(PATIENCE, ask(&upstream, path)).await;
        let name = &upstream.name;
        if matches!(well, Ok(Some(status)) if status.is_success()) {
            if upstream.health.succeeded() {
                tracing::info!(upstream = %name, "upstream is up again");
            }
        } else if upstream.health.failed() {
            tracing::warn!(upstream = %name, "upstream is down");
        }
        drop(upstream);
        tokio::time::sleep(INTERVAL).await;
    }
}

/// One request on a connection of its own. `None` when there is no answer.
async fn ask(upstream: &Arc<Upstream>, path: &str) -> Option<StatusCode> {
    let stream = upstream.connect().await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let host = upstream.settings.host.as_ref().unwrap_or(upstream.target.host());
    let request = Request::get(path)
        .header(header::HOST, host)
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let asking = sender.send_request(request);
    tokio::pin!(asking, connection);
    tokio::select! {
        answer = &mut asking => answer.ok().map(|answer| answer.status()),
        _ = &mut connection => asking.await.ok().map(|answer| answer.status()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_an_accident_and_two_are_an_outage() {
        let health = Health::default();
        assert!(!health.failed());
        assert!(!health.is_down());
        assert!(health.failed());
        assert!(health.is_down());
        assert!(!health.failed());
        assert!(health.succeeded());
        assert!(!health.is_down());
    }
}
