//! A page: HTML, and what it allows a browser to do with it.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use doorward::Admission;
use http::{HeaderValue, StatusCode, header};

use super::reader::Reader;
use super::words::Words;
use crate::own::{Refused, page};

/// What every page has.
pub(super) struct Frame {
    /// Where Doorward's own resources stand.
    pub(super) mount: String,
    /// What the page's script is known by. Another one in each answer.
    pub(super) nonce: String,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    pub(super) logo: Option<String>,
    /// What the place is called; empty when nobody has said.
    pub(super) name: String,
    /// The tag of the language that the page is written in.
    pub(super) language: &'static str,
    /// Whether other readers get it in another one.
    is_translated: bool,
    pub(super) words: Arc<Words>,
    /// Another origin that the page's form may lead to, beside this one.
    pub(super) leads_to: Option<String>,
}

impl Frame {
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new(admission: &Admission, reader: &Reader) -> Result<Self, Refused> {
        Self::at(admission.pass().policy().mount(), reader)
    }

    /// The same, where nobody was let in.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn at(mount: &str, reader: &Reader) -> Result<Self, Refused> {
        let look = &reader.look;
        Ok(Self {
            mount: mount.to_owned(),
            nonce: page::nonce()?,
            style: look.style.clone(),
            script: look.script.clone(),
            icon: look.icon.clone(),
            logo: look.logo.clone(),
            name: look.name.clone(),
            language: reader.language.tag(),
            is_translated: look.language.is_none(),
            words: reader.words.clone(),
            leads_to: None,
        })
    }
}

/// The answer that carries a page.
///
/// # Errors
/// When the template fails, which it does not.
pub(super) fn answer(status: StatusCode, page: &impl Template, frame: &Frame) -> Result<Response, Refused> {
    let mut response = page::written(status, page)?;
    page::label(response.headers_mut(), &frame.nonce, frame.leads_to.as_deref(), frame.language)?;
    if frame.is_translated {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language"));
    }
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
