//! The query of a request, as PHP reads it: the last of two parameters of one name counts.

use percent_encoding::percent_decode;

/// Parameters.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query, or a body in the form of one.
    pub(super) fn read(text: &[u8]) -> Self {
        let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        Self(pairs.map(pair).collect())
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().rev().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// What PHP takes for true.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value != "0" && value != "false")
    }

    /// All of them.
    pub(super) fn into_pairs(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter()
    }
}

fn pair(text: &[u8]) -> (String, String) {
    let equals = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    (decoded(&text[..equals]), decoded(text.get(equals + 1..).unwrap_or_default()))
}

fn decoded(text: &[u8]) -> String {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_its_last_word_counts() {
        let query = Query::read(b"a=1&b=x%2By+z&a=2&c&d=&e=0");
        assert_eq!((query.get("a"), query.number("a")), (Some("2"), Some(2)));
        assert_eq!((query.get("b"), query.get("c"), query.get("d")), (Some("x+y z"), None, None));
        assert!(query.flag("a") && !query.flag("e") && !query.flag("x"));
    }
}
