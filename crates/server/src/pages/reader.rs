//! Who reads a page: in which language, and with which look.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use doorward::Name;
use doorward::policy::{Door, Language};
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
    /// The door that they came in by, where somebody has said.
    pub(super) door: Option<Door>,
}

impl Reader {
    /// The reader of the language that a browser asks for, unless there is only one.
    pub(super) fn new(look: Arc<Look>, headers: &HeaderMap) -> Self {
        let language = language::asked(headers);
        Self::of(look, language)
    }

    /// The reader of this language, unless there is only one.
    pub(crate) fn of(look: Arc<Look>, language: Language) -> Self {
        let language = look.language.unwrap_or(language);
        let words = look.words(language);
        Self { look, language, words, door: None }
    }

    /// What is said to the people of a realm.
    pub(super) fn words_in(&self, realm: &Name) -> Arc<Words> {
        self.look.words_in(realm, self.language)
    }

    /// What people call a realm.
    pub(super) fn title<'r>(&'r self, realm: &'r Name) -> &'r str {
        self.look.title(realm, self.language)
    }
}

impl FromRequestParts<Arc<Shared>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Infallible> {
        let door = parts.extensions.get::<Door>().copied();
        Ok(Self { door, ..Self::new(shared.look.load_full(), &parts.headers) })
    }
}
