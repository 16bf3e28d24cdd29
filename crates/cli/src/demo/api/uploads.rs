//! Uploads: read to the end, counted, and thrown away.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

/// Takes a form with files, or any other body as one file.
pub async fn receive(request: Request) -> Response {
    let is_form = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let counted = if is_form { count_form(request).await } else { count_body(request).await };
    match counted {
        Ok(files) => (StatusCode::CREATED, Json(json!({ "files": files }))).into_response(),
        Err(refusal) => refusal,
    }
}

async fn count_form(request: Request) -> Result<Vec<Value>, Response> {
    let mut form = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
    let mut files = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(IntoResponse::into_response)? {
        let name = field.file_name().or(field.name()).unwrap_or_default().to_owned();
        let mut bytes = 0;
        while let Some(chunk) = field.chunk().await.map_err(IntoResponse::into_response)? {
            bytes += chunk.len();
        }
        files.push(json!({ "name": name, "bytes": bytes }));
    }
    Ok(files)
}

async fn count_body(request: Request) -> Result<Vec<Value>, Response> {
    let mut body = request.into_body().into_data_stream();
    let mut bytes = 0;
    while let Some(chunk) = body.next().await {
        bytes += chunk.map_err(|_| StatusCode::BAD_REQUEST.into_response())?.len();
    }
    Ok(vec![json!({ "name": null, "bytes": bytes })])
}
