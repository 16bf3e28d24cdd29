//! What all pages have in common: HTML in an answer, and what a browser may do with it.

use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::refused::Refused;

/// What a page's script is known by. Another one in each answer.
///
/// # Errors
/// When the system has no randomness to give.
pub(crate) fn nonce() -> Result<String, Refused> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refused::internal()
    })?;
    let mut nonce = String::with_capacity(32);
    for byte in random {
        let _ = write!(nonce, "{byte:02x}");
    }
    Ok(nonce)
}

/// The answer that carries a page. It has to be labelled yet.
///
/// # Errors
/// When the template fails, which it does not.
pub(crate) fn written(status: StatusCode, page: &impl Template) -> Result<Response, Refused> {
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Refused::internal()
    })?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    Ok(response)
}

/// Says that an answer is a page in this language, and what it may do; its form may lead to another origin, if one is named.
///
/// # Errors
/// When no header can hold it.
pub(crate) fn label(
    headers: &mut HeaderMap,
    nonce: &str,
    leads_to: Option<&str>,
    language: &'static str,
) -> Result<(), Refused> {
    let leads_to = leads_to.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'{leads_to}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let policy = HeaderValue::try_from(policy).map_err(|_| Refused::internal())?;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
    Ok(())
}
