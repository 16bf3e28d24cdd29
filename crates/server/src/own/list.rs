//! Lists, a part at a time.

use doorward::store::{Listed, Page};
use serde::Serialize;
use utoipa::ToSchema;

use super::refused::Refused;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// What `after` must say for the next part. Null at the end.
    #[schema(required)]
    pub(crate) next: Option<String>,
}

impl<T> List<T> {
    /// A list that has all its items.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A part, as a store gave it.
    pub(crate) fn of<S>(listed: Listed<S>, view: impl FnMut(S) -> T) -> Self {
        Self { items: listed.items.into_iter().map(view).collect(), next: listed.next }
    }
}

/// The page that a store is asked for.
///
/// # Errors
/// When the limit is none.
pub(crate) fn page(after: Option<String>, limit: Option<u32>) -> Result<Page, Refused> {
    let limit = limit.unwrap_or(Page::default().limit);
    if !(1..=Page::GREATEST).contains(&limit) {
        return Err(Refused::invalid("limit", format!("from 1 to {}", Page::GREATEST)));
    }
    Ok(Page { after, limit })
}
