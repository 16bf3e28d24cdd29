//! What is around the content of every page of the Panel, and what a browser may do with it.

use askama::Template;
use axum::response::Response;
use doorward::policy::Policy;
use http::{HeaderMap, StatusCode};

use super::asset;
use super::tab::Link;
use crate::admin::administrator::Administrator;
use crate::own::{Refused, page};

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
    /// For how many seconds more their password counts as given a moment ago.
    pub(super) recent: u32,
    /// What they have done a moment ago.
    pub(super) done: Option<&'static str>,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
}

impl Frame {
    /// For how many seconds a password counts as given a moment ago: as long as the API takes it for recent, less what somebody
    /// needs to read a question.
    pub(super) const RECENT_FOR: u32 = Administrator::RECENT - 30;

    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new(policy: &Policy, links: Vec<Link>) -> Result<Self, Refused> {
        Ok(Self {
            mount: policy.mount().to_owned(),
            csrf: policy.csrf_header().to_string(),
            nonce: page::nonce()?,
            links,
            login: String::new(),
            realm: String::new(),
            recent: 0,
            done: None,
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
    let mut response = page::written(status, page)?;
    label(response.headers_mut(), &frame.nonce)?;
    Ok(response)
}

/// Says that an answer is a page of the Panel, and what it may do.
///
/// # Errors
/// When no header can hold it.
pub(super) fn label(headers: &mut HeaderMap, nonce: &str) -> Result<(), Refused> {
    page::label(headers, nonce, None, "en")
}
