//! What was found of what somebody asked for, or what is wrong with the question.

use http::StatusCode;

use super::notice::explain;
use crate::own::{List, Refused};

/// More than this nobody reads at once.
pub(super) const ROWS: &str = "50";

/// A part of a list.
pub(super) struct Found<T> {
    pub(super) status: StatusCode,
    /// What is wrong with what was asked.
    pub(super) wrong: Option<String>,
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

impl<T> Found<T> {
    /// # Errors
    /// The refusal, when the person cannot mend it.
    pub(super) fn of(list: Result<List<T>, Refused>) -> Result<Self, Refused> {
        Ok(match list {
            Ok(List { items, next }) => Self { status: StatusCode::OK, wrong: None, items, next },
            Err(refused) => {
                let wrong = Some(explain(refused)?);
                Self { status: StatusCode::BAD_REQUEST, wrong, items: vec![], next: None }
            }
        })
    }
}
