//! An API to stand behind Doorward: it says what it was asked.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A running API.
pub struct Api {
    /// `http://127.0.0.1:40123`.
    pub base: String,
    /// A request to `/slow` is here.
    pub arrived: Arc<Notify>,
    /// Lets a request to `/slow` end.
    pub release: Arc<Notify>,
    serving: JoinHandle<()>,
}

impl Api {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (arrived, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let router = Router::new().fallback(echo).with_state((arrived.clone(), release.clone()));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { base, arrived, release, serving }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn echo(State((arrived, release)): State<(Arc<Notify>, Arc<Notify>)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == "/slow" {
        arrived.notify_one();
        release.notified().await;
    }
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_else(|_| Bytes::new());
    let headers: serde_json::Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    let said = json!({
        "method": parts.method.as_str(),
        "target": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    (StatusCode::OK, Json(said)).into_response()
}
