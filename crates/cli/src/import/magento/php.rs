//! `config.php`, read as data: an array that a program wrote. Nothing in it is ever run.

use super::finding::Wrong;

/// A value of PHP, as far as generated files have them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    /// As it stands.
    Number(String),
    Truth(bool),
    Null,
    /// Keys with values; none where there was no `=>`.
    Array(Vec<(Option<String>, Value)>),
}

const DEEPEST: usize = 32;
const MOST_VALUES: usize = 200_000;

impl Value {
    /// Reads `<?php return [ … ];`.
    ///
    /// # Errors
    /// When there is anything but values: code is told with its line.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let rest = text.trim_start();
        let mut reader = Reader { rest, line: 1 + lines(&text[..text.len() - rest.len()]), values: 0 };
        if !reader.take_word("<?php") {
            return Err(reader.wrong("a PHP file begins with `<?php`"));
        }
        reader.skip()?;
        if !reader.take_word("return") {
            return Err(reader.code());
        }
        let value = reader.value(0)?;
        reader.skip()?;
        reader.take(";");
        reader.skip()?;
        reader.take("?>");
        reader.skip()?;
        if reader.rest.is_empty() { Ok(value) } else { Err(reader.code()) }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Array(entries) = self else { return None };
        // As in PHP, the last one counts.
        entries.iter().rev().find(|(known, _)| known.as_deref() == Some(key)).map(|(_, value)| value)
    }

    /// Whether PHP would take it for true, where that is a number, a text or a truth value.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Number(text) => text.parse::<f64>().is_ok_and(|number| number != 0.0),
            Self::Text(text) => !matches!(text.as_str(), "" | "0"),
            Self::Null => false,
            Self::Array(entries) => !entries.is_empty(),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    values: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, Wrong> {
        self.values += 1;
        if depth > DEEPEST || self.values > MOST_VALUES {
            return Err(self.wrong("the arrays go too deep, or there are too many values"));
        }
        self.skip()?;
        if self.take("[") {
            return self.entries("]", depth);
        }
        if self.take_word("array") {
            self.skip()?;
            return if self.take("(") { self.entries(")", depth) } else { Err(self.code()) };
        }
        match self.rest.chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote).map(Value::Text),
            Some(first) if first.is_ascii_digit() || first == '-' => self.number(),
            _ => {
                for (word, value) in
                    [("true", Value::Truth(true)), ("false", Value::Truth(false)), ("null", Value::Null)]
                {
                    if self.take_word(word) {
                        return Ok(value);
                    }
                }
                Err(self.code())
            }
        }
    }

    fn entries(&mut self, end: &str, depth: usize) -> Result<Value, Wrong> {
        let mut entries = Vec::new();
        loop {
            self.skip()?;
            if self.take(end) {
                return Ok(Value::Array(entries));
            }
            let first = self.value(depth + 1)?;
            self.skip()?;
            if self.take("=>") {
                let key = match first {
                    Value::Text(text) | Value::Number(text) => text,
                    _ => return Err(self.wrong("a key is a text or a number")),
                };
                entries.push((Some(key), self.value(depth + 1)?));
            } else {
                entries.push((None, first));
            }
            self.skip()?;
            if !self.take(",") {
                return if self.take(end) { Ok(Value::Array(entries)) } else { Err(self.code()) };
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Wrong> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.advance(at + 1);
                    return Ok(text);
                }
                '\\' => match characters.next() {
                    Some((_, escaped)) if escaped == quote || escaped == '\\' => text.push(escaped),
                    Some((_, escaped)) if quote == '\'' => text.extend(['\\', escaped]),
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, '$')) => text.push('$'),
                    _ => return Err(self.wrong("an escape that is not read here")),
                },
                '$' if quote == '"' => return Err(self.wrong("a variable in a text is code, and nothing is run")),
                _ => text.push(character),
            }
        }
        Err(self.wrong("a text does not end"))
    }

    fn number(&mut self) -> Result<Value, Wrong> {
        let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let text = self.rest[..end].to_owned();
        if text.parse::<f64>().is_err() {
            return Err(self.code());
        }
        self.advance(end);
        Ok(Value::Number(text))
    }

    /// Passes over spaces and comments.
    fn skip(&mut self) -> Result<(), Wrong> {
        loop {
            let spaces = self.rest.len() - self.rest.trim_start().len();
            self.advance(spaces);
            if self.rest.starts_with("/*") {
                let Some(end) = self.rest.find("*/") else { return Err(self.wrong("a comment does not end")) };
                self.advance(end + 2);
            } else if self.rest.starts_with("//") || self.rest.starts_with('#') {
                self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else {
                return Ok(());
            }
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_there = self.rest.starts_with(sign);
        if is_there {
            self.advance(sign.len());
        }
        is_there
    }

    /// Takes a word in any case, that does not go on.
    fn take_word(&mut self, word: &str) -> bool {
        let is_there = self.rest.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word));
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\\' | ':');
        let is_there = is_there && !self.rest[word.len()..].starts_with(goes_on);
        if is_there {
            self.advance(word.len());
        }
        is_there
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += lines(passed);
        self.rest = rest;
    }

    fn wrong(&self, text: &str) -> Wrong {
        Wrong::new(self.line, text)
    }

    fn code(&self) -> Wrong {
        let found: String = self.rest.chars().take_while(|c| !c.is_control()).take(20).collect();
        if found.is_empty() {
            return self.wrong("the file ends too early");
        }
        self.wrong(&format!("only an array of values is read here, and nothing is run: `{found}`"))
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_read_in_both_spellings() {
        let text = "<?php\n// by hand\nreturn array(\n 'modules' => [ 'A_B' => 1, \"C_D\" => 0, /* x */ 'E\\\\F' => '1' ],\n\
                    # y\n 'n' => [1, -2.5, true, NULL,],\n);\n";
        let value = Value::parse(text).expect("a value");
        let modules = value.get("modules").expect("modules");
        assert_eq!(modules.get("A_B").map(Value::is_true), Some(true));
        assert_eq!(modules.get("C_D").map(Value::is_true), Some(false));
        assert_eq!(modules.get("E\\F").map(Value::is_true), Some(true));
        assert!(matches!(value.get("n"), Some(Value::Array(entries)) if entries.len() == 4));
    }

    #[test]
    fn code_is_told_with_its_line_and_never_run() {
        for (text, line, told) in [
            ("return [];", 1, "<?php"),
            ("<?php\necho 1;", 2, "echo 1;"),
            ("<?php return [\n'a' => getenv('X'),\n];", 2, "getenv"),
            ("<?php return [\n'a' => \"$b\"];", 2, "variable"),
            ("<?php return [\n'a' => A::class];", 2, "A::class"),
            ("<?php return [1] + [2];", 1, "+ [2]"),
            ("<?php return ['a", 1, "does not end"),
            ("<?php return [", 1, "ends too early"),
            ("<?php /* ", 1, "comment"),
        ] {
            let wrong = Value::parse(text).expect_err(text);
            assert!(wrong.line == line && wrong.text.contains(told), "{text}: {wrong:?}");
        }
        assert!(
            Value::parse(&format!("<?php return {}", "[".repeat(100_000)))
                .is_err_and(|wrong| wrong.text.contains("deep"))
        );
    }
}
