//! What the scenarios are told with: a folder, the program in it, servers, an API behind them, and browsers.

#![allow(dead_code, unused_imports, reason = "each program of tests uses a part of it")]

mod api;
mod browser;
mod demo;
mod place;
mod server;
mod terminal;

pub use api::Api;
pub use browser::{Answer, Browser};
pub use demo::{Demo, Stop};
pub use place::{Place, Ran};
pub use server::Server;
pub use terminal::Terminal;

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
