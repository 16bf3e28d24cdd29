//! The tokens of a dump, each with its line.

use std::sync::Arc;

use crate::import::users::Wrong;

/// What a dump is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name or a number without quotes.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A text in quotes.
    Text(Vec<u8>),
    Sign(u8),
}

/// Reads one token after the other.
pub struct Scanner<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
    pub line: usize,
    /// Else it is a dump of MySQL, where a backslash escapes.
    pub is_postgres: bool,
    pub file: Arc<str>,
}

impl Scanner<'_> {
    /// What is wrong here.
    pub fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong::new(self.line, text).within(Some(self.file.clone()))
    }

    /// The byte so many ahead; NUL behind the end.
    pub fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Passes over so many bytes.
    pub fn advance(&mut self, count: usize) {
        let end = self.bytes.len().min(self.at + count);
        self.line += self.bytes[self.at..end].iter().filter(|byte| **byte == b'\n').count();
        self.at = end;
    }

    /// Passes over everything up to and with `mark`, or to the end.
    pub fn pass(&mut self, mark: &[u8]) -> bool {
        let rest = &self.bytes[self.at..];
        let found = rest.windows(mark.len()).position(|window| window == mark);
        self.advance(found.map_or(rest.len(), |place| place + mark.len()));
        found.is_some()
    }

    /// The next token, behind spaces and comments.
    pub fn next(&mut self) -> Result<Option<Token>, Wrong> {
        loop {
            if self.at >= self.bytes.len() {
                return Ok(None);
            }
            match (self.peek(0), self.peek(1)) {
                (byte, _) if byte.is_ascii_whitespace() => self.advance(1),
                (b'-', b'-') => _ = self.pass(b"\n"),
                (b'#', _) if !self.is_postgres => _ = self.pass(b"\n"),
                // Orders to psql.
                (b'\\', _) if self.is_postgres => _ = self.pass(b"\n"),
                (b'/', b'*') => {
                    self.advance(2);
                    if !self.pass(b"*/") {
                        return Err(self.wrong("a comment does not end"));
                    }
                }
                _ => break,
            }
        }
        match self.peek(0) {
            b'\'' => self.quoted(b'\'', !self.is_postgres).map(|text| Some(Token::Text(text))),
            b'E' | b'e' if self.is_postgres && self.peek(1) == b'\'' => {
                self.advance(1);
                self.quoted(b'\'', true).map(|text| Some(Token::Text(text)))
            }
            b'"' if !self.is_postgres => self.quoted(b'"', true).map(|text| Some(Token::Text(text))),
            quote @ (b'"' | b'`') => {
                let name = self.quoted(quote, false)?;
                let name = String::from_utf8(name).map_err(|_| self.wrong("a name is no UTF-8"))?;
                Ok(Some(Token::Name(name)))
            }
            b'$' if self.is_postgres => self.dollar_quoted(),
            byte if is_of_word(byte) => {
                let rest = &self.bytes[self.at..];
                let length = rest.iter().take_while(|byte| is_of_word(**byte)).count();
                let word = String::from_utf8_lossy(&rest[..length]).into_owned();
                self.advance(length);
                Ok(Some(Token::Word(word)))
            }
            byte => {
                self.advance(1);
                Ok(Some(Token::Sign(byte)))
            }
        }
    }

    fn quoted(&mut self, quote: u8, escapes: bool) -> Result<Vec<u8>, Wrong> {
        let began = self.wrong("a quote does not end");
        let rest = &self.bytes[self.at + 1..];
        let mut text = Vec::new();
        let mut place = 0;
        loop {
            let Some(&byte) = rest.get(place) else { return Err(began) };
            let next = rest.get(place + 1).copied();
            place += 1;
            match (byte, next) {
                (byte, Some(twice)) if byte == quote && twice == quote => {
                    text.push(quote);
                    place += 1;
                }
                (byte, _) if byte == quote => break,
                (b'\\', Some(escaped)) if escapes => {
                    place += 1;
                    text.push(match escaped {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'0' => 0,
                        b'Z' => 0x1a,
                        b'b' => 8,
                        other => other,
                    });
                }
                (byte, _) => text.push(byte),
            }
        }
        self.advance(place + 1);
        Ok(text)
    }

    /// `$$ … $$` and `$tag$ … $tag$`: bodies of functions. A lone `$` is a sign.
    fn dollar_quoted(&mut self) -> Result<Option<Token>, Wrong> {
        let rest = &self.bytes[self.at..];
        let length = rest[1..].iter().take_while(|byte| is_of_word(**byte)).count();
        if rest.get(length + 1) != Some(&b'$') || rest.get(1).is_some_and(u8::is_ascii_digit) {
            self.advance(1);
            return Ok(Some(Token::Sign(b'$')));
        }
        let mark = rest[..length + 2].to_vec();
        let began = self.wrong("a quote does not end");
        self.advance(mark.len());
        let from = self.at;
        if !self.pass(&mark) {
            return Err(began);
        }
        Ok(Some(Token::Text(self.bytes[from..self.at - mark.len()].to_vec())))
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
