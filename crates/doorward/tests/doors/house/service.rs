//! The service behind the doors.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use doorward::Admission;
use doorward::axum::{Caller, CsrfToken, User};
use futures_util::stream;
use http::StatusCode;
use http::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper_util::rt::TokioIo;

pub fn router() -> Router {
    Router::new()
        .route("/countries", get(async || "the countries"))
        .route("/welcome", get(welcome))
        .route("/orders", get(orders).post(orders))
        .route("/reports", get(async || "the reports"))
        .route("/stream", get(ticks))
        .route("/open-stream", get(ticks))
        .route("/page", get(page))
        .route("/socket", get(socket))
        .route("/upload", post(async |body: Bytes| body.len().to_string()))
}

async fn welcome(caller: Caller) -> String {
    match caller.known() {
        Some(known) => format!("welcome {}", known.user().login),
        None => "welcome guest".into(),
    }
}

async fn orders(user: User, admission: Admission) -> String {
    format!("orders of {} by {}", user.login, admission.pass().route())
}

async fn page(user: Option<User>, token: Option<CsrfToken>) -> String {
    let name = user.map_or_else(|| "guest".to_owned(), |user| user.login.to_string());
    let token = token.as_ref().map_or("none", CsrfToken::as_str);
    format!("{name} {token}")
}

/// Says what it hears, until the caller may no longer have it.
async fn socket(admission: Admission, request: Request) -> Response {
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let (mut hears, mut says) = tokio::io::split(TokioIo::new(upgrade.await?));
        let revoked = async {
            while admission.is_still_allowed().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = revoked => {}
            _ = tokio::io::copy(&mut hears, &mut says) => {}
        }
        Ok::<_, hyper::Error>(())
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
    response
}

/// A line every 20 ms, for ever.
async fn ticks() -> Response {
    let lines = stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, Infallible>("tick\n"), ()))
    });
    Response::new(Body::from_stream(lines))
}
