//! A page: HTML, and what it allows a browser to do with it.

use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use doorward::Admission;
use http::{HeaderValue, StatusCode, header};

use super::asset;
use crate::own::Refused;

/// What every page has.
pub(super) struct Frame {
    /// Where Doorward's own resources stand.
    pub(super) mount: String,
    /// What the page's script is known by. Another one in each answer.
    pub(super) nonce: String,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
}

impl Frame {
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new(admission: &Admission) -> Result<Self, Refused> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
            tracing::error!(%error, "a page could not be made");
            Refused::internal()
        })?;
        let mut nonce = String::with_capacity(32);
        for byte in random {
            let _ = write!(nonce, "{byte:02x}");
        }
        let mount = admission.pass().policy().mount().to_owned();
        let [style, script, icon] = [asset::STYLE, asset::SCRIPT, asset::ICON].map(|asset| asset.name());
        Ok(Self { mount, nonce, style, script, icon })
    }
}

/// The answer that carries a page.
///
/// # Errors
/// When the template fails, which it does not.
pub(super) fn answer(status: StatusCode, page: &impl Template, nonce: &str) -> Result<Response, Refused> {
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Refused::internal()
    })?;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let policy = HeaderValue::try_from(policy).map_err(|_| Refused::internal())?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Sends a browser on, after a form too: to a path of this site, which it asks for with GET.
///
/// # Errors
/// When the place is none that a header can hold.
pub(super) fn see_other(place: &str) -> Result<Response, Refused> {
    let place = HeaderValue::try_from(place).map_err(|_| Refused::internal())?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}
