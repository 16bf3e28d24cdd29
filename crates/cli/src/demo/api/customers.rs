//! Customers of the shop.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::missing;

/// The customers, by id. They are as new at each start.
pub struct Customers(Mutex<BTreeMap<u32, Customer>>);

/// One customer.
#[derive(Clone, Serialize)]
pub struct Customer {
    id: u32,
    group_id: u32,
    firstname: String,
    lastname: String,
    email: String,
}

impl Default for Customers {
    fn default() -> Self {
        let customer = |id, group_id, firstname: &str, lastname: &str, email: &str| {
            let (firstname, lastname, email) = (firstname.into(), lastname.into(), email.into());
            (id, Customer { id, group_id, firstname, lastname, email })
        };
        Self(Mutex::new(BTreeMap::from([
            customer(7, 1, "Anna", "Berg", "anna@example.com"),
            customer(8, 2, "Ben", "Okafor", "ben@example.com"),
            customer(9, 1, "Carla", "Díaz", "carla@example.com"),
        ])))
    }
}

impl Customers {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Customer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parameter that Doorward forces: this API takes it at its word.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    customer_id: u32,
}

/// What may be altered.
#[derive(Deserialize)]
pub struct Update {
    customer: Changes,
}

#[derive(Deserialize)]
struct Changes {
    id: u32,
    firstname: Option<String>,
    lastname: Option<String>,
    email: Option<String>,
}

pub async fn me(State(customers): State<Arc<Customers>>, Query(who): Query<Who>) -> Response {
    match customers.lock().get(&who.customer_id) {
        Some(customer) => Json(customer).into_response(),
        None => missing("customer"),
    }
}

pub async fn update_me(State(customers): State<Arc<Customers>>, Json(update): Json<Update>) -> Response {
    let Update { customer: changes } = update;
    match customers.lock().get_mut(&changes.id) {
        Some(customer) => {
            customer.firstname = changes.firstname.unwrap_or_else(|| customer.firstname.clone());
            customer.lastname = changes.lastname.unwrap_or_else(|| customer.lastname.clone());
            customer.email = changes.email.unwrap_or_else(|| customer.email.clone());
            Json(&*customer).into_response()
        }
        None => missing("customer"),
    }
}

pub async fn search(State(customers): State<Arc<Customers>>) -> Response {
    let items: Vec<Customer> = customers.lock().values().cloned().collect();
    Json(json!({ "total_count": items.len(), "items": items })).into_response()
}

pub async fn one(State(customers): State<Arc<Customers>>, Path(id): Path<u32>) -> Response {
    match customers.lock().get(&id) {
        Some(customer) => Json(customer).into_response(),
        None => missing("customer"),
    }
}

pub async fn remove(State(customers): State<Arc<Customers>>, Path(id): Path<u32>) -> Response {
    match customers.lock().remove(&id) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => missing("customer"),
    }
}
