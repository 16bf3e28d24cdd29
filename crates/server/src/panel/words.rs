//! Words of the API as people read them.

/// `log_in` is `log in`.
pub(super) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}
