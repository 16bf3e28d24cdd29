//! What never changes: countries and customer groups.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::missing;

const COUNTRIES: [(&str, &str); 6] = [
    ("AR", "Argentina"),
    ("DE", "Germany"),
    ("JP", "Japan"),
    ("KE", "Kenya"),
    ("NZ", "New Zealand"),
    ("US", "United States"),
];
const GROUPS: [(u32, &str); 3] = [(0, "NOT LOGGED IN"), (1, "General"), (2, "Wholesale")];

fn as_country((id, name): &(&str, &str)) -> Value {
    json!({ "id": id, "two_letter_abbreviation": id, "full_name_english": name })
}

fn as_group((id, code): &(u32, &str)) -> Value {
    json!({ "id": id, "code": code, "tax_class_id": 3, "tax_class_name": "Retail Customer" })
}

pub async fn countries() -> Response {
    Json(COUNTRIES.iter().map(as_country).collect::<Vec<_>>()).into_response()
}

pub async fn country(Path(id): Path<String>) -> Response {
    let found = COUNTRIES.iter().find(|(known, _)| *known == id);
    found.map_or_else(|| missing("country"), |country| Json(as_country(country)).into_response())
}

pub async fn groups() -> Response {
    let items: Vec<Value> = GROUPS.iter().map(as_group).collect();
    Json(json!({ "total_count": items.len(), "items": items })).into_response()
}

pub async fn group(Path(id): Path<u32>) -> Response {
    let found = GROUPS.iter().find(|(known, _)| *known == id);
    found.map_or_else(|| missing("group"), |group| Json(as_group(group)).into_response())
}
