//! What the form above a list says. It is in the page's address, so that a list can be kept, sent on, and read without scripts.

use axum::extract::Query;
use http::Uri;
use serde::de::DeserializeOwned;

use crate::own::percent::{decoded, encoded};
use crate::own::{Refused, misfit};

/// Fields and their values, without those that are empty.
#[derive(Clone, Default)]
pub(super) struct Asked(Vec<(&'static str, String)>);

impl Asked {
    /// Reads an address. Fields that the form has not, and what cannot be read, are passed over; of two the last one counts.
    pub(super) fn read(query: Option<&str>, known: &[&'static str]) -> Self {
        let mut asked = Self::default();
        for pair in query.unwrap_or_default().split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(key), Some(value)) = (decoded(key), decoded(value)) else { continue };
            if let Some(known) = known.iter().find(|known| **known == key) {
                asked.set(known, value.trim());
            }
        }
        asked
    }

    /// Says something else in a field, or nothing.
    pub(super) fn set(&mut self, key: &'static str, value: &str) {
        self.0.retain(|(known, _)| *known != key);
        if !value.is_empty() {
            self.0.push((key, value.to_owned()));
        }
    }

    /// What a field says; empty when nothing.
    pub(super) fn value(&self, key: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value)
    }

    pub(super) fn is(&self, key: &str, value: &str) -> bool {
        self.value(key) == value
    }

    /// The same without these fields.
    pub(super) fn without(&self, keys: &[&str]) -> Self {
        Self(self.0.iter().filter(|(key, _)| !keys.contains(key)).cloned().collect())
    }

    /// The same with another value of a field.
    pub(super) fn with(&self, key: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.set(key, value);
        other
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query of an address that says the same.
    pub(super) fn query(&self) -> String {
        let pairs = self.0.iter().map(|(key, value)| format!("{key}={}", encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The same as the API reads it.
    ///
    /// # Errors
    /// When the API would not take it.
    pub(super) fn as_query<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let uri: Uri = format!("/?{}", self.query()).parse().map_err(|_| Refused::internal())?;
        let read = Query::<T>::try_from_uri(&uri);
        read.map(|Query(query)| query).map_err(|error| {
            let mut innermost: &dyn std::error::Error = &error;
            while let Some(cause) = innermost.source() {
                innermost = cause;
            }
            Refused::invalid("search", misfit(&innermost.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_and_written_again() {
        let asked = Asked::read(
            Some("login=+a%26b+&role=&colour=red&device=x&device=%C3%A4&%ff=1"),
            &["login", "role", "device"],
        );
        assert_eq!((asked.value("login"), asked.value("role"), asked.value("device")), ("a&b", "", "ä"));
        assert_eq!(asked.query(), "login=a%26b&device=%C3%A4");
        assert_eq!(asked.with("role", "x y").without(&["device"]).query(), "login=a%26b&role=x%20y");
        assert!(Asked::read(None, &["login"]).is_empty());
    }
}
