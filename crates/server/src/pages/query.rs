//! What the address of a page says. People are sent here by links of others: what cannot be read is passed over.

use crate::own::percent::decoded;

/// The value of a parameter that stands there once and is text.
pub(super) fn single(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = query.unwrap_or_default().split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut values = pairs.filter(|(key, _)| decoded(key).as_deref() == Some(name)).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => decoded(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_comes_twice_says_nothing() {
        assert_eq!(single(Some("a=1&b=%2Fx+y"), "b").as_deref(), Some("/x y"));
        assert_eq!(single(Some("b=1&b=2"), "b"), None);
        assert_eq!(single(Some("b=1&%62=2"), "b"), None);
        assert_eq!(single(Some("b[]=1"), "b"), None);
        assert_eq!(single(Some("b=%ff"), "b"), None);
        assert_eq!(single(None, "b"), None);
    }
}
