//! The resources that Doorward answers in the words of other systems. Wherever a dialect is spoken, its resources are found
//! below `/dialect/` and its name here.

mod ez;
mod kirby;
mod magento;

#[cfg(feature = "fuzzing")]
pub(crate) use ez::session_input;

use std::sync::Arc;

use axum::Router;

use crate::own::Shared;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .nest("/dialect/ez", ez::router())
        .nest("/dialect/kirby", kirby::router())
        .nest("/dialect/magento", magento::router())
}
