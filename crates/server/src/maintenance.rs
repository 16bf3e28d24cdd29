//! What the engine does when nobody asks: it reads the change feed, writes what can wait, and sweeps.

use std::sync::Arc;
use std::time::Duration;

use doorward::Engine;
use doorward::store::StoreError;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// How often the engine is asked to.
const INTERVAL: Duration = Duration::from_millis(200);
/// After this long a try counts as stuck, and another one is made beside it.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many may be stuck at the same time.
const STUCK: usize = 4;
/// How long the last try may take.
const LAST: Duration = Duration::from_secs(5);

/// Maintains an engine for ever. An outage is logged when it begins and when it ends.
pub(crate) async fn maintain(engine: Arc<Engine>) {
    let mut outage = Outage::default();
    // Spawned, never cancelled: what the engine has taken out of its memory to write must be written or put back.
    let mut tries: JoinSet<Result<(), StoreError>> = JoinSet::new();
    let mut clock = tokio::time::interval(INTERVAL);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if tries.len() < STUCK {
            let engine = engine.clone();
            tries.spawn(async move { engine.maintain().await });
        }
        match tokio::time::timeout(PATIENCE, tries.join_next()).await {
            Ok(Some(Ok(Ok(())))) => outage.is_over(),
            Ok(Some(Ok(Err(error)))) => outage.goes_on(&error),
            Ok(Some(Err(panic))) => tracing::error!(%panic, "maintenance panicked"),
            Ok(None) => {}
            Err(_) => outage.goes_on(&"the store does not answer"),
        }
    }
}

/// Writes what has not been written yet, at the end of the process.
pub(crate) async fn finish(engine: &Engine) {
    match tokio::time::timeout(LAST, engine.maintain()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the last audit events and counters were not written"),
        Err(_) => tracing::error!("the last audit events and counters were not written: the store does not answer"),
    }
}

/// A store that fails fails five times a second; one line says so.
#[derive(Default)]
struct Outage {
    is_known: bool,
}

impl Outage {
    fn goes_on(&mut self, error: &dyn std::fmt::Display) {
        if !std::mem::replace(&mut self.is_known, true) {
            tracing::error!(
                %error,
                "the store fails: known sessions go on, log-ins and changes are refused with 503. Check its disk, its rights and its address",
            );
        }
    }

    fn is_over(&mut self) {
        if std::mem::take(&mut self.is_known) {
            tracing::info!("the store answers again");
        }
    }
}
