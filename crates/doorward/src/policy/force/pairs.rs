//! Forcing queries and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::alias::{Relation, Steps};
use super::{ForceError, plain};

/// What may stand in a name or a value as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `text` without any alias of `paths`, and with the values of `set` at its end. What is kept keeps its spelling.
pub(super) fn force(text: &str, paths: &[&Steps], set: &[(&Steps, &Value)]) -> Result<String, ForceError> {
    let mut forced = String::with_capacity(text.len());
    // Some readers take `;` for `&`, so that both begin a new pair here.
    for pair in text.split_inclusive(['&', ';']) {
        let bare = pair.trim_end_matches(['&', ';']);
        let name = decode(bare.split_once('=').map_or(bare, |(name, _)| name))?;
        decode(bare)?;
        let relations = paths.iter().map(|path| path.relate(&name));
        let mut is_alias = false;
        for relation in relations {
            is_alias |= relation == Relation::Alias;
            if relation == Relation::OnTheWay {
                return Err(ForceError::ScalarOnTheWay);
            }
        }
        if !is_alias {
            forced.push_str(pair);
        }
    }
    if forced.len() < text.len() {
        forced.truncate(forced.trim_end_matches(['&', ';']).len());
    }
    for (path, value) in set {
        if !forced.is_empty() && !forced.ends_with('&') {
            forced.push('&');
        }
        // Brackets stay as they are: readers know them in this spelling at least as well as encoded.
        let name = path.in_query();
        let name = name.split_inclusive(['[', ']']).map(|step| match step.strip_suffix(['[', ']']) {
            Some(bare) => format!("{}{}", utf8_percent_encode(bare, ENCODED), &step[bare.len()..]),
            None => utf8_percent_encode(step, ENCODED).to_string(),
        });
        forced.extend(name);
        forced.push('=');
        forced.extend(utf8_percent_encode(&plain(value), ENCODED));
    }
    Ok(forced)
}

impl Steps {
    /// The value of this parameter in a query where it stands once, under its own name. None where some reader might find
    /// another one: twice, under an alias, below it or on the way to it; and where `;` might begin a pair.
    pub(crate) fn only_value(&self, query: &str) -> Option<String> {
        if query.contains(';') {
            return None;
        }
        let mut found = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok()?;
            match self.relate(&name) {
                Relation::Other => {}
                Relation::Alias if found.is_none() && name == self.in_query() => found = Some(decode(value).ok()?),
                Relation::Alias | Relation::OnTheWay => return None,
            }
        }
        // What is no UTF-8 is not what anybody wrote into a rule.
        found.filter(|value| !value.contains(char::REPLACEMENT_CHARACTER))
    }
}

/// Decodes once, `+` included. What is no UTF-8 is told apart by no alias, and is left out of the comparison.
fn decode(text: &str) -> Result<String, ForceError> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let digits = rest.as_bytes().get(at + 1..at + 3).ok_or(ForceError::Malformed)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(ForceError::Malformed);
        }
        rest = &rest[at + 3..];
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
    if decoded.contains('\0') { Err(ForceError::Malformed) } else { Ok(decoded) }
}
