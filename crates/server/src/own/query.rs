//! The query of a request: every key known, each at most once.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::refused::Refused;

/// A query, read into a type that refuses what it does not know.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        // The reader behind it takes a key that comes twice for an error, as long as `T` is a struct.
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(query) => Ok(Self(query.0)),
            Err(rejection) => Err(Refused::invalid("query", reason(&rejection))),
        }
    }
}

/// The innermost cause: the outer ones only say that something failed.
fn reason(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    super::json::misfit(&innermost.to_string())
}
