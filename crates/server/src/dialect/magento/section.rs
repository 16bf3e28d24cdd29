//! `/customer/section/load`: what a page of the shop shows of its visitor.

use axum::extract::RawQuery;
use axum::response::{IntoResponse as _, Response};
use doorward::problem::php_json;
use doorward::{Admission, User};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::Unanswered;
use crate::own::Judged;

/// The sections that were asked for: `customer` alone is one of ours.
pub(super) async fn load(Judged(admission): Judged, RawQuery(query): RawQuery) -> Result<Response, Unanswered> {
    let asked = asked(query.as_deref());
    if let Some(other) = asked.iter().find(|section| *section != "customer") {
        let message = format!("The &quot;{}&quot; section source isn&#039;t supported.", escaped(other));
        return Ok(answer(StatusCode::BAD_REQUEST, &json!({ "message": message })));
    }
    Ok(answer(StatusCode::OK, &json!({ "customer": customer(&admission) })))
}

/// Of a guest, when it was said; of a customer also who they are.
fn customer(admission: &Admission) -> Map<String, Value> {
    let mut section = Map::new();
    if let Some(known) = admission.caller().known() {
        let user: &User = known.user();
        let attribute = |name: &str| user.attributes.get(name).cloned();
        let first = user.name.split_whitespace().next().unwrap_or_default();
        section.insert("fullname".into(), json!(user.name));
        section.insert("firstname".into(), attribute("firstname").map_or_else(|| json!(first), |name| json!(name)));
        if let Some(website) = attribute("customer_website_id") {
            section.insert("websiteId".into(), json!(website));
        }
    }
    section.insert("data_id".into(), json!(admission.engine().now()));
    section
}

/// The names in `sections`; none when it is absent, and then all of ours are meant.
fn asked(query: Option<&str>) -> Vec<String> {
    let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let named = pairs.rfind(|(name, _)| *name == "sections");
    let decoded = named.map(|(_, text)| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    });
    let names = decoded.unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Text in HTML: that is how the message is read.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#039;")
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("max-age=0, must-revalidate, no-cache, no-store")),
        (PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, php_json(body)).into_response()
}
