//! The pages that everybody may need: log in, log out, one's own account. They work without scripts.

mod account;
mod asset;
mod code;
mod details;
mod device;
mod language;
mod login;
mod logo;
mod logout;
mod look;
mod moment;
mod notice;
mod page;
mod places;
mod query;
mod reader;
mod return_to;
mod told;
mod words;

pub(crate) use device::device_in_english;
pub(crate) use look::Look;
pub(crate) use reader::Reader;
pub(crate) use told::{Place, reader, told};

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;

use crate::own::{Judged, Refused, Shared};

pub(crate) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let told = from_fn_with_state(shared.clone(), told::tell);
    Router::new()
        .route("/login", get(login::show).post(login::enter))
        .route("/login/code", get(code::show).post(code::redeem))
        .route("/logout", get(logout::ask).post(logout::leave))
        .route("/account", get(account::show))
        .route("/account/name", get(account::back).post(details::set_name))
        .route("/account/email", get(account::back).post(details::set_email))
        .route("/account/password", get(account::back).post(account::set_password))
        .route("/account/sessions", get(account::back).post(account::end_sessions))
        // At the door of administration alone.
        .route("/", get(home))
        .layer(told)
        .route("/login/assets/{file}", get(asset::serve))
}

/// Whoever opens the address of administration, and no page of it, finds the Panel.
async fn home(Judged(admission): Judged) -> Result<Response, Refused> {
    page::see_other(&format!("{}/panel", admission.pass().policy().mount()))
}
