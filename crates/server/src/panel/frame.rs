//! What is around the content of every page of the Panel, and what a browser may do with it.

use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use doorward::policy::Policy;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::asset;
use super::tab::Link;
use crate::own::Refused;

/// What every page has.
pub(super) struct Frame {
    /// Where Doorward's own resources stand.
    pub(super) mount: String,
    /// The header that carries a token against forgery.
    pub(super) csrf: String,
    /// What the page's script is known by. Another one in each answer.
    pub(super) nonce: String,
    pub(super) links: Vec<Link>,
    /// Who looks at it; empty when nobody knows.
    pub(super) login: String,
    pub(super) realm: String,
    /// For how many seconds their password counts as given a moment ago.
    pub(super) recent: u32,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
}

impl Frame {
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new(policy: &Policy, links: Vec<Link>) -> Result<Self, Refused> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
            tracing::error!(%error, "a page could not be made");
            Refused::internal()
        })?;
        let mut nonce = String::with_capacity(32);
        for byte in random {
            let _ = write!(nonce, "{byte:02x}");
        }
        Ok(Self {
            mount: policy.mount().to_owned(),
            csrf: policy.csrf_header().to_string(),
            nonce,
            links,
            login: String::new(),
            realm: String::new(),
            recent: 0,
            style: &asset::STYLE.name,
            script: &asset::SCRIPT.name,
            icon: &asset::ICON.name,
        })
    }
}

/// The answer that carries a page.
///
/// # Errors
/// When the template fails, which it does not.
pub(super) fn answer(status: StatusCode, page: &impl Template, frame: &Frame) -> Result<Response, Refused> {
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Refused::internal()
    })?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    label(response.headers_mut(), &frame.nonce)?;
    Ok(response)
}

/// Says that an answer is a page, and what it may do.
///
/// # Errors
/// When no header can hold it.
pub(super) fn label(headers: &mut HeaderMap, nonce: &str) -> Result<(), Refused> {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    let policy = HeaderValue::try_from(policy).map_err(|_| Refused::internal())?;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    Ok(())
}
