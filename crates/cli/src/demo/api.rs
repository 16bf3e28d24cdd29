//! The example API: it knows nothing of passwords, sessions or roles, and believes what Doorward tells it.

mod caller;
mod customers;
mod directory;
mod pages;
mod sheet;
mod streams;
mod uploads;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use caller::Caller;
use customers::Customers;
use pages::Pages;

/// A running API on a socket of its own.
pub struct Api {
    /// Where it listens.
    pub address: SocketAddr,
    serving: JoinHandle<io::Result<()>>,
}

impl Api {
    /// Starts it on a port that is free.
    ///
    /// # Errors
    /// When the system has none.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move { axum::serve(listener, router()).await });
        Ok(Self { address, serving })
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router() -> Router {
    let customers = Router::new()
        .route("/rest/V1/customers/me", get(customers::me).put(customers::update_me))
        .route("/rest/V1/customers/search", get(customers::search))
        .route("/rest/V1/customers/{id}", get(customers::one).delete(customers::remove))
        .with_state(Arc::new(Customers::default()));
    let pages = Router::new()
        .route("/api/pages", get(pages::list))
        .route("/api/pages/{id}", get(pages::one).patch(pages::update))
        .route("/site/{id}", get(pages::html))
        .with_state(Arc::new(Pages::default()));
    Router::new()
        .route("/", get(root))
        .route("/rest/V1/directory/countries", get(directory::countries))
        .route("/rest/V1/directory/countries/{id}", get(directory::country))
        .route("/rest/V1/customerGroups/search", get(directory::groups))
        .route("/rest/V1/customerGroups/{id}", get(directory::group))
        .route("/events", get(streams::events))
        .route("/echo", get(streams::echo))
        // Doorward bounds what comes in; this API need not.
        .route("/uploads", post(uploads::receive).layer(DefaultBodyLimit::disable()))
        .merge(customers)
        .merge(pages)
}

/// Who is calling, and what there is to see; as a page for people.
async fn root(caller: Caller) -> Response {
    if !caller.reads_html {
        let links = ["/rest/V1/directory/countries", "/rest/V1/customers/me", "/api/pages", "/events"];
        return Json(json!({ "caller": caller.describe(), "links": links })).into_response();
    }
    sheet::home(&caller).into_response()
}

/// What an API says of what is not there.
fn missing(what: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "message": format!("There is no such {what}.") }))).into_response()
}
