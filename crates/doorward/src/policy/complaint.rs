//! What is wrong with a file, said so that a person can mend it.

use std::fmt;

use super::source::{Source, hide_passwords};

/// One thing that is wrong, or for a warning: doubtful.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Where it is written.
    pub source: Source,
    /// What is wrong.
    pub text: String,
    /// The other place, when two places disagree.
    pub other: Option<Source>,
    /// What to do.
    pub fix: Option<String>,
}

impl Complaint {
    /// Says that something is wrong at `source`. Passwords in addresses that the text quotes are hidden.
    pub fn new(source: Source, text: impl Into<String>) -> Self {
        Self { source, text: hide_passwords(&text.into()), other: None, fix: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Adds the other of two places that disagree.
    #[must_use]
    pub fn other(mut self, other: Source) -> Self {
        self.other = Some(other);
        self
    }
}

/// The place, the line with carets below it, the other place, and what to do.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.text)?;
        if let Some((line, carets)) = self.source.excerpt() {
            let number = self.source.line();
            write!(f, "\n{number:>5} | {line}\n      | {carets}")?;
        }
        if let Some(other) = &self.other {
            write!(f, "\n  see: {other}")?;
        }
        if let Some(fix) = &self.fix {
            write!(f, "\n  fix: {fix}")?;
        }
        Ok(())
    }
}

/// All that is wrong. Never empty when it is an error.
#[derive(Clone, Debug, Default)]
pub struct Complaints(pub Vec<Complaint>);

impl Complaints {
    /// Adds one.
    pub fn push(&mut self, complaint: Complaint) {
        self.0.push(complaint);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value` when nothing is wrong.
    ///
    /// # Errors
    /// These complaints, when there are any.
    pub fn unless_any<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, complaint) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n\n")?;
            }
            fmt::Display::fmt(complaint, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Complaints {}

/// The candidate most like `word`, when one is like enough to have been meant.
///
/// ```
/// use doorward::policy::nearest;
/// assert_eq!(nearest("acess", ["access", "realm"]), Some("access"));
/// assert_eq!(nearest("colour", ["access", "realm"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 64 {
        return None;
    }
    let measured = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    let (edits, candidate) = measured.min_by_key(|(edits, _)| *edits)?;
    (edits <= 1 + word.chars().count() / 4).then_some(candidate)
}

/// How many letters to add, drop, change or swap with a neighbour to get from one word to the other.
pub(crate) fn distance(from: &str, to: &str) -> usize {
    let fold = |text: &str| text.to_lowercase().replace('-', "_").chars().collect::<Vec<_>>();
    let (from, to) = (fold(from), fold(to));
    let mut before_last = vec![0; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1; to.len() + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = last[j] + usize::from(a != b);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b;
            if swapped {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::super::source::File;
    use super::*;

    #[test]
    fn a_complaint_shows_the_line_and_says_what_to_do() {
        let file = File::new("doorward.toml", "[[route]]\nacess = \"self\"\n");
        let complaint = Complaint::new(Source::new(file, 10..15), "unknown key `acess`").fix("write `access`");
        let expected =
            "doorward.toml:2:1: unknown key `acess`\n    2 | acess = \"self\"\n      | ^^^^^\n  fix: write `access`";
        assert_eq!(complaint.to_string(), expected);
    }

    #[test]
    fn the_nearest_word_is_the_one_that_was_meant() {
        let known = ["access", "realm", "match", "websocket"];
        assert_eq!(nearest("acess", known), Some("access"));
        assert_eq!(nearest("macth", known), Some("match"));
        assert_eq!(nearest("Web-Socket", known), Some("websocket"));
        assert_eq!(nearest("colour", known), None);
    }
}
