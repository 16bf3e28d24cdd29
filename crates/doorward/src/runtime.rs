//! What an engine needs of a runtime, for services on tokio: threads that hash, and somebody who does what can wait.

mod hasher;

pub use hasher::BlockingHasher;

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::engine::Engine;

/// How often the engine is asked to do what can wait. What another process changes holds here within this time.
const EVERY: Duration = Duration::from_millis(200);

/// Calls [`Engine::maintain`] five times a second, for as long as somebody holds the engine. Spawn it once.
///
/// A store that does not answer is said once in the log, and once more when it is back.
///
/// ```
/// # async fn example(engine: std::sync::Arc<doorward::Engine>) {
/// tokio::spawn(doorward::runtime::maintain(engine));
/// # }
/// ```
pub fn maintain(engine: Arc<Engine>) -> impl Future<Output = ()> + Send + 'static {
    let engine = Arc::downgrade(&engine);
    async move {
        let mut fails = false;
        while let Some(outcome) = once(&engine).await {
            match &outcome {
                Err(error) if !fails => {
                    tracing::error!(%error, "the engine's upkeep fails; it is tried again and again")
                }
                Ok(()) if fails => tracing::info!("the engine's upkeep goes on"),
                _ => {}
            }
            fails = outcome.is_err();
            tokio::time::sleep(EVERY).await;
        }
    }
}

async fn once(engine: &Weak<Engine>) -> Option<Result<(), crate::store::StoreError>> {
    Some(engine.upgrade()?.maintain().await)
}

/// Tokio's timer, for [`Layer::timer`](crate::Layer::timer).
pub fn sleep(duration: Duration) -> BoxFuture<'static, ()> {
    Box::pin(tokio::time::sleep(duration))
}
