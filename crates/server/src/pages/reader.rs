//! Who reads a page: in which language, and with which look.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use doorward::policy::Language;
use http::HeaderMap;
use http::request::Parts;

use super::language;
use super::look::Look;
use super::words::Words;
use crate::own::Shared;

/// A reader.
pub(crate) struct Reader {
    pub(super) look: Arc<Look>,
    pub(super) language: Language,
    pub(super) words: Arc<Words>,
}

impl Reader {
    /// Reads the languages that a browser asks for, unless there is only one.
    pub(super) fn new(look: Arc<Look>, headers: &HeaderMap) -> Self {
        let language = look.language.unwrap_or_else(|| language::asked(headers));
        let words = look.words(language);
        Self { look, language, words }
    }
}

impl FromRequestParts<Arc<Shared>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Infallible> {
        Ok(Self::new(shared.look.load_full(), &parts.headers))
    }
}
