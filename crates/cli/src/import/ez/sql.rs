//! Dumps of MySQL and PostgreSQL: the rows of the tables that are read, and nothing else.
//!
//! No more of SQL is understood than dumps need: `CREATE TABLE` for the names of columns, `INSERT … VALUES`, and `COPY`.

use std::collections::HashMap;
use std::sync::Arc;

use super::table::{Columns, Field, Tables, Wanted};
use super::token::{Scanner, Token};
use crate::import::users::Wrong;

/// A table has no more columns, and a row no more values.
const MOST_COLUMNS: usize = 512;
/// Parentheses go no deeper.
const DEEPEST: usize = 64;
/// So much of the beginning says which program wrote it.
const BEGINNING: usize = 16 * 1_024;

/// Reads a dump into `tables`.
///
/// # Errors
/// The first place that cannot be understood.
pub fn read(bytes: &[u8], file: &Arc<str>, tables: &mut Tables) -> Result<(), Wrong> {
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    let says = |word: &[u8]| beginning.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    let is_postgres = says(b"postgresql") || says(b"standard_conforming_strings");
    let scanner = Scanner { bytes, at: 0, line: 1, is_postgres, file: file.clone() };
    let mut dump = Dump { scanner, columns: HashMap::new() };
    while let Some(token) = dump.scanner.next()? {
        match token {
            Token::Word(word) if word.eq_ignore_ascii_case("insert") || word.eq_ignore_ascii_case("replace") => {
                dump.insert(tables)?;
            }
            Token::Word(word) if word.eq_ignore_ascii_case("create") => dump.create()?,
            Token::Word(word) if word.eq_ignore_ascii_case("copy") && is_postgres => dump.copy(tables)?,
            Token::Sign(b';') => {}
            _ => dump.skip_statement()?,
        }
    }
    Ok(())
}

/// A dump, statement by statement.
struct Dump<'a> {
    scanner: Scanner<'a>,
    /// Of tables that have been created, by their place.
    columns: HashMap<usize, Vec<String>>,
}

impl Dump<'_> {
    fn skip_statement(&mut self) -> Result<(), Wrong> {
        while let Some(token) = self.scanner.next()? {
            if token == Token::Sign(b';') {
                break;
            }
        }
        Ok(())
    }

    /// A name, with a schema before it or without. Nothing when something else stands there.
    fn name(&mut self) -> Result<Option<String>, Wrong> {
        loop {
            let name = match self.scanner.next()? {
                Some(Token::Word(word)) => word,
                Some(Token::Name(name)) => name,
                _ => return Ok(None),
            };
            if self.scanner.peek(0) != b'.' {
                return Ok(Some(name));
            }
            self.scanner.advance(1);
        }
    }

    /// Behind `CREATE`: the columns of a table.
    fn create(&mut self) -> Result<(), Wrong> {
        let mut before = Vec::new();
        let name = loop {
            match self.scanner.next()? {
                Some(Token::Word(word)) if before.len() < 8 => {
                    let is_table = before.iter().any(|word: &String| word.eq_ignore_ascii_case("table"));
                    let is_filler = ["if", "not", "exists"].iter().any(|filler| word.eq_ignore_ascii_case(filler));
                    if is_table && !is_filler {
                        break if self.scanner.peek(0) == b'.' { self.behind_schema()? } else { Some(word) };
                    }
                    before.push(word);
                }
                Some(Token::Name(_)) if self.scanner.peek(0) == b'.' => break self.behind_schema()?,
                Some(Token::Name(name)) => break Some(name),
                Some(Token::Sign(b';')) | None => return Ok(()),
                _ => return self.skip_statement(),
            }
        };
        let is_table = before.iter().any(|word| word.eq_ignore_ascii_case("table"));
        let wanted = name.as_deref().and_then(Wanted::find).filter(|_| is_table);
        let (Some(wanted), Some(Token::Sign(b'('))) = (wanted, self.scanner.next()?) else {
            return self.skip_statement();
        };
        let mut names = Vec::new();
        let (mut depth, mut begins) = (1, true);
        while depth > 0 {
            let token = self.scanner.next()?.ok_or_else(|| self.scanner.wrong("the statement does not end"))?;
            match token {
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') => depth -= 1,
                Token::Sign(b',') if depth == 1 => {
                    begins = true;
                    continue;
                }
                Token::Name(name) if begins => names.push(name),
                Token::Word(word) if begins && !is_of_constraint(&word) => names.push(word),
                _ => {}
            }
            begins = false;
            if depth > DEEPEST || names.len() > MOST_COLUMNS {
                return Err(self.scanner.wrong("too many columns, or parentheses too deep"));
            }
        }
        self.columns.insert(wanted, names);
        self.skip_statement()
    }

    fn behind_schema(&mut self) -> Result<Option<String>, Wrong> {
        self.scanner.advance(1);
        self.name()
    }

    /// A list of names in parentheses, which has begun.
    fn names(&mut self) -> Result<Vec<String>, Wrong> {
        let mut names = Vec::new();
        loop {
            match self.scanner.next()? {
                Some(Token::Word(name) | Token::Name(name)) if names.len() < MOST_COLUMNS => names.push(name),
                Some(Token::Sign(b',')) => {}
                Some(Token::Sign(b')')) => return Ok(names),
                _ => return Err(self.scanner.wrong("not a list of columns")),
            }
        }
    }

    /// The columns of a table that is read, as they stand there or as the table was created.
    fn columns(&self, wanted: usize, named: Option<Vec<String>>) -> Result<Columns, Wrong> {
        let names = named.or_else(|| self.columns.get(&wanted).cloned());
        let names = names.ok_or_else(|| {
            self.scanner
                .wrong("the columns are not named: dump the table with its CREATE TABLE, or with complete inserts")
        })?;
        Columns::new(wanted, &names).map_err(|text| self.scanner.wrong(text))
    }

    /// Behind `INSERT`.
    fn insert(&mut self, tables: &mut Tables) -> Result<(), Wrong> {
        let mut name = None;
        // `LOW_PRIORITY`, `IGNORE` and their like.
        for _ in 0..4 {
            match self.scanner.next()? {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("into") => {
                    name = self.name()?;
                    break;
                }
                Some(Token::Word(_)) => {}
                Some(Token::Sign(b';')) | None => return Ok(()),
                _ => return self.skip_statement(),
            }
        }
        let Some(wanted) = name.as_deref().and_then(Wanted::find) else { return self.skip_statement() };
        tables.touch(wanted);
        let mut token = self.scanner.next()?;
        let mut named = None;
        if token == Some(Token::Sign(b'(')) {
            named = Some(self.names()?);
            token = self.scanner.next()?;
        }
        if !matches!(&token, Some(Token::Word(word)) if word.eq_ignore_ascii_case("values")) {
            return Err(self.scanner.wrong("an INSERT without VALUES is not read"));
        }
        let columns = self.columns(wanted, named)?;
        loop {
            match self.scanner.next()? {
                Some(Token::Sign(b'(')) => {
                    let line = self.scanner.line;
                    let values = self.tuple()?;
                    let added = tables.add(&columns, &values, &self.scanner.file, line);
                    added.map_err(|text| Wrong::new(line, text).within(Some(self.scanner.file.clone())))?;
                }
                Some(Token::Sign(b',')) => {}
                Some(Token::Sign(b';')) => return Ok(()),
                None => return Err(self.scanner.wrong("the file ends within an INSERT")),
                // `ON DUPLICATE KEY UPDATE` and its like.
                Some(_) => return self.skip_statement(),
            }
        }
    }

    /// The values of a row whose parenthesis is open.
    fn tuple(&mut self) -> Result<Vec<Field>, Wrong> {
        let mut values = Vec::new();
        let mut tokens: Vec<Token> = Vec::new();
        let mut depth = 1;
        loop {
            let token = self.scanner.next()?.ok_or_else(|| self.scanner.wrong("the file ends within a row"))?;
            match token {
                Token::Sign(sign @ (b',' | b')')) if depth == 1 => {
                    values.push(field(&tokens));
                    tokens.clear();
                    if values.len() > MOST_COLUMNS {
                        return Err(self.scanner.wrong("too many values in a row"));
                    }
                    if sign == b')' {
                        return Ok(values);
                    }
                }
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') => depth -= 1,
                // What is more than three tokens is no plain value anyhow.
                token if tokens.len() < 4 => tokens.push(token),
                _ => {}
            }
            if depth > DEEPEST {
                return Err(self.scanner.wrong("parentheses too deep"));
            }
            if depth > 1 && tokens.len() < 4 {
                tokens.push(Token::Sign(b'('));
            }
        }
    }

    /// Behind `COPY`: rows up to a line with `\.`.
    fn copy(&mut self, tables: &mut Tables) -> Result<(), Wrong> {
        let name = self.name()?;
        let (mut named, mut is_data) = (None, false);
        loop {
            match self.scanner.next()? {
                Some(Token::Sign(b'(')) if named.is_none() => named = Some(self.names()?),
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("stdin") => is_data = true,
                Some(Token::Sign(b';')) => break,
                Some(_) => {}
                None => return Err(self.scanner.wrong("the file ends within a COPY")),
            }
        }
        if !is_data {
            return Ok(());
        }
        let wanted = name.as_deref().and_then(Wanted::find);
        let columns = wanted.map(|wanted| self.columns(wanted, named)).transpose()?;
        wanted.into_iter().for_each(|wanted| tables.touch(wanted));
        _ = self.scanner.pass(b"\n");
        loop {
            let rest = &self.scanner.bytes[self.scanner.at..];
            if rest.is_empty() {
                return Err(self.scanner.wrong("the file ends within a COPY"));
            }
            let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let row = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
            if row == b"\\." {
                self.scanner.advance(length);
                return Ok(());
            }
            if let Some(columns) = &columns {
                let values: Vec<Field> = row.split(|byte| *byte == b'\t').take(MOST_COLUMNS).map(copied).collect();
                tables
                    .add(columns, &values, &self.scanner.file, self.scanner.line)
                    .map_err(|text| self.scanner.wrong(text))?;
            }
            self.scanner.advance(length + 1);
        }
    }
}

/// What stands in `CREATE TABLE` beside columns.
fn is_of_constraint(word: &str) -> bool {
    let words = [
        "primary",
        "unique",
        "key",
        "index",
        "constraint",
        "foreign",
        "fulltext",
        "spatial",
        "check",
        "exclude",
        "like",
    ];
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A value as `INSERT` writes it.
fn field(tokens: &[Token]) -> Field {
    match tokens {
        [Token::Text(text)] => Field::Bytes(text.clone()),
        [Token::Word(word)] if word.eq_ignore_ascii_case("null") => Field::Null,
        [Token::Word(word)] => Field::Bytes(word.clone().into_bytes()),
        [Token::Sign(b'-'), Token::Word(word)] => Field::Bytes(format!("-{word}").into_bytes()),
        // `_binary 'x'`, `_utf8mb4 'x'`.
        [Token::Word(word), Token::Text(text)] if word.starts_with('_') => Field::Bytes(text.clone()),
        _ => Field::Other,
    }
}

/// A value as `COPY` writes it.
fn copied(value: &[u8]) -> Field {
    if value == b"\\N" {
        return Field::Null;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'v') => 11,
                Some(&other) => other,
                None => return Field::Other,
            },
            byte => byte,
        });
    }
    Field::Bytes(bytes)
}

#[cfg(test)]
mod tests;
