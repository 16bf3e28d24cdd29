//! Magento's resources about authentication.

use std::sync::Arc;

use axum::Router;

use crate::own::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
}
