//! Where something was written: a file, a line, a column.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file of settings or rules: its name and its text.
pub struct File {
    name: Box<str>,
    text: Box<str>,
    /// Where each line begins, in bytes.
    starts: Box<[usize]>,
}

impl File {
    /// A file with this name and text.
    pub fn new(name: &str, text: &str) -> Arc<Self> {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        Arc::new(Self { name: name.into(), text: text.into(), starts })
    }

    /// The name, as it was handed in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text from `at` back to the beginning of its line, and the line's place, from 0.
    fn locate(&self, at: usize) -> (usize, &str) {
        let at = floor(&self.text, at);
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        (line, &self.text[self.starts[line]..at])
    }

    fn line(&self, line: usize) -> &str {
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        self.text[self.starts[line]..end].trim_end_matches(['\n', '\r'])
    }
}

/// The nearest boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A stretch of a [`File`]: where a rule or a value was written.
#[derive(Clone)]
pub struct Source {
    file: Arc<File>,
    span: Range<usize>,
}

impl Source {
    /// The bytes `span` of a file.
    pub fn new(file: Arc<File>, span: Range<usize>) -> Self {
        Self { file, span }
    }

    /// For what no file holds: a built-in, or a rule that a program made. `name` says what it is.
    pub fn made_by(name: &str) -> Self {
        Self { file: File::new(name, ""), span: 0..0 }
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file.name
    }

    /// The line, from 1; 0 for what no file holds.
    pub fn line(&self) -> usize {
        if self.file.text.is_empty() { 0 } else { self.file.locate(self.span.start).0 + 1 }
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.file.locate(self.span.start).1.chars().count() + 1
    }

    /// The bytes of the file.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The line itself, with passwords in addresses hidden, and below it carets under the span.
    pub(crate) fn excerpt(&self) -> Option<(String, String)> {
        if self.file.text.is_empty() {
            return None;
        }
        let (line, before) = self.file.locate(self.span.start);
        let text = self.file.line(line);
        let indent = before.chars().count();
        let marked = self.file.text.get(self.span.clone()).unwrap_or_default();
        let width = marked.lines().next().unwrap_or_default().chars().count();
        let room = text.chars().count().saturating_sub(indent);
        let carets = " ".repeat(indent) + &"^".repeat(width.min(room).max(1));
        let shown = hide_passwords(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Some((shown, carets))
    }
}

/// `postgres://user:secret@host` is shown as `postgres://***********@host`, so that a complaint in a log gives nothing away.
pub(super) fn hide_passwords(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(at);
        let (quote, after) = quoted.split_at(1);
        let (inside, after) = after.split_once(quote).unwrap_or((after, ""));
        shown.push_str(&hide_password(before));
        shown.push_str(quote);
        shown.push_str(&hide_password(inside));
        // A text that is not closed ends with the line.
        if rest.len() > before.len() + quote.len() + inside.len() {
            shown.push_str(quote);
        }
        rest = after;
    }
    shown + &hide_password(rest)
}

/// What stands between `://` and the last `@`; without `://`, because that is misspelled, what stands before `@` and has a
/// colon in it.
fn hide_password(text: &str) -> String {
    if let Some((scheme, rest)) = text.split_once("://")
        && let Some((hidden, host)) = rest.rsplit_once('@')
    {
        return format!("{scheme}://{}@{host}", stars(hidden));
    }
    let word = |word: &str| match word.rsplit_once('@') {
        // A path such as `/users/:id@home` has no password.
        Some((hidden, host)) if hidden.contains(':') && !word.starts_with('/') => format!("{}@{host}", stars(hidden)),
        _ => word.to_owned(),
    };
    text.split_inclusive(' ').map(word).collect()
}

fn stars(hidden: &str) -> String {
    hidden.chars().map(|_| '*').collect()
}

/// `doorward.toml:12:9`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            0 => f.write_str(&self.file.name),
            line => write!(f, "{}:{line}:{}", self.file.name, self.column()),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_line_and_column_in_characters() {
        let file = File::new("doorward.toml", "a = 1\nü = \"x\"\n");
        let source = Source::new(file, 11..14);
        assert_eq!(source.to_string(), "doorward.toml:2:5");
        assert_eq!(source.excerpt(), Some(("ü = \"x\"".into(), "    ^^^".into())));
    }

    #[test]
    fn a_place_outside_the_text_is_its_end() {
        let source = Source::new(File::new("f", "ab"), 90..95);
        assert_eq!((source.line(), source.column()), (1, 3));
        assert!(source.excerpt().is_some());
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let source = Source::new(File::new("f", "store = \"postgres://me:secret@db/x\""), 0..5);
        let (line, _) = source.excerpt().expect("there is a line");
        assert_eq!(line, "store = \"postgres://*********@db/x\"");
        for (line, shown) in [
            ("a = 'x://u:\"p@h'", "a = 'x://****@h'"),
            ("a = \"x:/u:p@h\" # u:p@h", "a = \"******@h\" # ***@h"),
            ("a = x://u:p@h", "a = x://***@h"),
            ("a = [\"https://a\", \"https://u@b\"]", "a = [\"https://a\", \"https://*@b\"]"),
            ("m = \"GET /:id@home\"", "m = \"GET /:id@home\""),
            ("e = \"anna@example.com\", x = \"", "e = \"anna@example.com\", x = \""),
        ] {
            assert_eq!(hide_passwords(line), shown);
        }
    }
}
