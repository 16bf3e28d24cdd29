//! Pages of the site, and one that calls the API from the browser.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Caller;
use super::missing;
use super::sheet::{escape, page};

/// The pages, by id. They are as new at each start.
pub struct Pages(Mutex<BTreeMap<String, Page>>);

/// One page.
#[derive(Clone, Serialize)]
pub struct Page {
    id: String,
    title: String,
    text: String,
}

impl Default for Pages {
    fn default() -> Self {
        let page = |id: &str, title: &str, text: &str| {
            (id.to_owned(), Page { id: id.into(), title: title.into(), text: text.into() })
        };
        Self(Mutex::new(BTreeMap::from([
            page("example", "Example", "This page was read through Doorward."),
            page("about", "About", "A site behind a door."),
        ])))
    }
}

impl Pages {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What may be altered.
#[derive(Deserialize)]
pub struct Changes {
    title: Option<String>,
    text: Option<String>,
}

fn answer(data: Value) -> Response {
    Json(json!({ "code": 200, "data": data, "status": "ok", "type": "model" })).into_response()
}

pub async fn list(State(pages): State<Arc<Pages>>) -> Response {
    let all: Vec<Page> = pages.lock().values().cloned().collect();
    answer(json!(all))
}

pub async fn one(State(pages): State<Arc<Pages>>, Path(id): Path<String>) -> Response {
    match pages.lock().get(&id) {
        Some(page) => answer(json!(page)),
        None => missing("page"),
    }
}

pub async fn update(State(pages): State<Arc<Pages>>, Path(id): Path<String>, Json(changes): Json<Changes>) -> Response {
    match pages.lock().get_mut(&id) {
        Some(page) => {
            page.title = changes.title.unwrap_or_else(|| page.title.clone());
            page.text = changes.text.unwrap_or_else(|| page.text.clone());
            answer(json!(page))
        }
        None => missing("page"),
    }
}

/// A page of the site: its script fetches the text with the token that the page was given.
pub async fn html(caller: Caller, Path(id): Path<String>) -> Response {
    let (token, login) = (caller.csrf.unwrap_or_default(), caller.login.unwrap_or_default());
    let (token, login, safe) = (escape(&token), escape(&login), escape(&id));
    let head = format!("<meta name=csrf content=\"{token}\">");
    let body = format!(
        "<p>For {login}: <span id=text>…</span></p><p><a href=/>Back</a></p>\
         <script>\
         const csrf = document.querySelector('meta[name=csrf]').content;\
         fetch('/api/pages/{safe}', {{ method: 'GET', headers: {{ 'X-CSRF': csrf }} }})\
         .then(response => response.json())\
         .then(response => {{ document.getElementById('text').textContent = response.data.text; }});\
         </script>"
    );
    page(&id, &body, &head).into_response()
}
