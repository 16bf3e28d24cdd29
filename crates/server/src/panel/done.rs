//! What was done a moment ago: the address of the page that comes after a change says it, and the page puts it into words.

use super::asked::Asked;

/// The words of addresses, and what people read.
const SENTENCES: [(&str, &str); 12] = [
    ("saved", "The changes are saved."),
    ("added", "The user is added."),
    ("disabled", "The user is disabled, and logged out everywhere."),
    ("enabled", "The user is enabled."),
    ("removed", "The user is removed."),
    ("code", "A one-time code is issued."),
    ("forgiven", "The failed log-ins are forgiven."),
    ("session-ended", "The session has ended."),
    ("sessions-ended", "The sessions have ended."),
    ("role-added", "The role is added."),
    ("role-saved", "The role is saved."),
    ("role-removed", "The role is removed."),
];

/// The sentence, if the address has one's word.
pub(super) fn sentence(query: Option<&str>) -> Option<&'static str> {
    let asked = Asked::read(query, &["done"]);
    SENTENCES.iter().find(|(word, _)| asked.is("done", word)).map(|(_, sentence)| *sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_chooses_a_sentence_and_writes_none() {
        assert_eq!(sentence(Some("role=a&done=enabled")), Some("The user is enabled."));
        for other in [None, Some("done="), Some("done=%3Cb%3E"), Some("role=saved")] {
            assert_eq!(sentence(other), None);
        }
    }
}
