//! Dumps of MySQL and PostgreSQL: the rows of the tables that are read, and nothing else.
//!
//! No more of SQL is understood than dumps need: `CREATE TABLE` for the names of columns, `INSERT … VALUES`, and `COPY`.

use std::collections::HashMap;
use std::sync::Arc;

use super::table::{Columns, Field, Tables, Wanted};
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
    let mut dump = Dump { bytes, at: 0, line: 1, is_postgres, file: file.clone(), columns: HashMap::new() };
    while let Some(token) = dump.next()? {
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

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name or a number without quotes.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A text in quotes.
    Text(Vec<u8>),
    Sign(u8),
}

struct Dump<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    is_postgres: bool,
    file: Arc<str>,
    /// Of tables that have been created, by their name.
    columns: HashMap<usize, Vec<String>>,
}

impl Dump<'_> {
    fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong::new(self.line, text).within(Some(self.file.clone()))
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn advance(&mut self, count: usize) {
        let end = self.bytes.len().min(self.at + count);
        self.line += self.bytes[self.at..end].iter().filter(|byte| **byte == b'\n').count();
        self.at = end;
    }

    /// Passes over everything up to and with `mark`, or to the end.
    fn pass(&mut self, mark: &[u8]) -> bool {
        let rest = &self.bytes[self.at..];
        let found = rest.windows(mark.len()).position(|window| window == mark);
        self.advance(found.map_or(rest.len(), |place| place + mark.len()));
        found.is_some()
    }

    /// The next token, behind spaces and comments.
    fn next(&mut self) -> Result<Option<Token>, Wrong> {
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

    fn skip_statement(&mut self) -> Result<(), Wrong> {
        while let Some(token) = self.next()? {
            if token == Token::Sign(b';') {
                break;
            }
        }
        Ok(())
    }

    /// A name, with a schema before it or without. Nothing when something else stands there.
    fn name(&mut self) -> Result<Option<String>, Wrong> {
        loop {
            let name = match self.next()? {
                Some(Token::Word(word)) => word,
                Some(Token::Name(name)) => name,
                _ => return Ok(None),
            };
            if self.peek(0) != b'.' {
                return Ok(Some(name));
            }
            self.advance(1);
        }
    }

    /// Behind `CREATE`: the columns of a table.
    fn create(&mut self) -> Result<(), Wrong> {
        let mut before = Vec::new();
        let name = loop {
            match self.next()? {
                Some(Token::Word(word)) if before.len() < 8 => {
                    let is_table = before.iter().any(|word: &String| word.eq_ignore_ascii_case("table"));
                    let is_filler = ["if", "not", "exists"].iter().any(|filler| word.eq_ignore_ascii_case(filler));
                    if is_table && !is_filler {
                        break if self.peek(0) == b'.' { self.behind_schema()? } else { Some(word) };
                    }
                    before.push(word);
                }
                Some(Token::Name(_)) if self.peek(0) == b'.' => break self.behind_schema()?,
                Some(Token::Name(name)) => break Some(name),
                Some(Token::Sign(b';')) | None => return Ok(()),
                _ => return self.skip_statement(),
            }
        };
        let is_table = before.iter().any(|word| word.eq_ignore_ascii_case("table"));
        let wanted = name.as_deref().and_then(Wanted::find).filter(|_| is_table);
        let (Some(wanted), Some(Token::Sign(b'('))) = (wanted, self.next()?) else { return self.skip_statement() };
        let mut names = Vec::new();
        let (mut depth, mut begins) = (1, true);
        while depth > 0 {
            let token = self.next()?.ok_or_else(|| self.wrong("the statement does not end"))?;
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
                return Err(self.wrong("too many columns, or parentheses too deep"));
            }
        }
        self.columns.insert(wanted, names);
        self.skip_statement()
    }

    fn behind_schema(&mut self) -> Result<Option<String>, Wrong> {
        self.advance(1);
        self.name()
    }

    /// A list of names in parentheses, which has begun.
    fn names(&mut self) -> Result<Vec<String>, Wrong> {
        let mut names = Vec::new();
        loop {
            match self.next()? {
                Some(Token::Word(name) | Token::Name(name)) if names.len() < MOST_COLUMNS => names.push(name),
                Some(Token::Sign(b',')) => {}
                Some(Token::Sign(b')')) => return Ok(names),
                _ => return Err(self.wrong("not a list of columns")),
            }
        }
    }

    /// The columns of a table that is read, as they stand there or as the table was created.
    fn columns(&self, wanted: usize, named: Option<Vec<String>>) -> Result<Columns, Wrong> {
        let names = named.or_else(|| self.columns.get(&wanted).cloned());
        let names = names.ok_or_else(|| {
            self.wrong("the columns are not named: dump the table with its CREATE TABLE, or with complete inserts")
        })?;
        Columns::new(wanted, &names).map_err(|text| self.wrong(text))
    }

    /// Behind `INSERT`.
    fn insert(&mut self, tables: &mut Tables) -> Result<(), Wrong> {
        let mut name = None;
        // `LOW_PRIORITY`, `IGNORE` and their like.
        for _ in 0..4 {
            match self.next()? {
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
        let mut token = self.next()?;
        let mut named = None;
        if token == Some(Token::Sign(b'(')) {
            named = Some(self.names()?);
            token = self.next()?;
        }
        if !matches!(&token, Some(Token::Word(word)) if word.eq_ignore_ascii_case("values")) {
            return Err(self.wrong("an INSERT without VALUES is not read"));
        }
        let columns = self.columns(wanted, named)?;
        loop {
            match self.next()? {
                Some(Token::Sign(b'(')) => {
                    let line = self.line;
                    let values = self.tuple()?;
                    let added = tables.add(&columns, &values, &self.file, line);
                    added.map_err(|text| Wrong::new(line, text).within(Some(self.file.clone())))?;
                }
                Some(Token::Sign(b',')) => {}
                Some(Token::Sign(b';')) => return Ok(()),
                None => return Err(self.wrong("the file ends within an INSERT")),
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
            let token = self.next()?.ok_or_else(|| self.wrong("the file ends within a row"))?;
            match token {
                Token::Sign(sign @ (b',' | b')')) if depth == 1 => {
                    values.push(field(&tokens));
                    tokens.clear();
                    if values.len() > MOST_COLUMNS {
                        return Err(self.wrong("too many values in a row"));
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
                return Err(self.wrong("parentheses too deep"));
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
            match self.next()? {
                Some(Token::Sign(b'(')) if named.is_none() => named = Some(self.names()?),
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("stdin") => is_data = true,
                Some(Token::Sign(b';')) => break,
                Some(_) => {}
                None => return Err(self.wrong("the file ends within a COPY")),
            }
        }
        if !is_data {
            return Ok(());
        }
        let wanted = name.as_deref().and_then(Wanted::find);
        let columns = wanted.map(|wanted| self.columns(wanted, named)).transpose()?;
        wanted.into_iter().for_each(|wanted| tables.touch(wanted));
        _ = self.pass(b"\n");
        loop {
            let rest = &self.bytes[self.at..];
            if rest.is_empty() {
                return Err(self.wrong("the file ends within a COPY"));
            }
            let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let row = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
            if row == b"\\." {
                self.advance(length);
                return Ok(());
            }
            if let Some(columns) = &columns {
                let values: Vec<Field> = row.split(|byte| *byte == b'\t').take(MOST_COLUMNS).map(copied).collect();
                tables.add(columns, &values, &self.file, self.line).map_err(|text| self.wrong(text))?;
            }
            self.advance(length + 1);
        }
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tables(text: &str) -> Result<Tables, Wrong> {
        let mut tables = Tables::default();
        read(text.as_bytes(), &"dump.sql".into(), &mut tables).map(|()| tables)
    }

    fn roles(text: &str) -> Vec<(Option<u64>, Option<String>, usize)> {
        let tables = tables(text).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        let rows = tables.rows("ezrole").iter();
        rows.map(|row| (row.number("id"), row.text("name").map(str::to_owned), row.line)).collect()
    }

    #[test]
    fn a_dump_of_mysql_is_read() {
        let text = "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `ezrole`;\n\
            CREATE TABLE `ezrole` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `is_new` int NOT NULL DEFAULT '0',\n\
            `name` varchar(255) COLLATE utf8_bin DEFAULT (concat('a',')')),\n  PRIMARY KEY (`id`),\n  KEY `x` (`name`,`id`)\n) ENGINE=InnoDB;\n\
            LOCK TABLES `ezrole` WRITE;\n# a comment; with 'quotes\n\
            INSERT INTO `ezrole` VALUES (1,0,'It\\'s; (one)'),\n(2,-1,NULL),(3,0,_binary 'three''s \\\\');\nUNLOCK TABLES;\n\
            INSERT INTO `other` VALUES (1,now(),'(');\n\
            INSERT INTO ezrole (name, id) VALUES (\"four\", 4);\n";
        let expected = [
            (Some(1), Some("It's; (one)".to_owned()), 13),
            (Some(2), None, 14),
            (Some(3), Some("three's \\".to_owned()), 14),
            (Some(4), Some("four".to_owned()), 17),
        ];
        assert_eq!(roles(text), expected);
    }

    #[test]
    fn a_dump_of_postgresql_is_read() {
        let text = "-- PostgreSQL database dump\nSET standard_conforming_strings = on;\n\
            CREATE FUNCTION x() RETURNS int AS $$ begin; 'it''s $$ LANGUAGE sql;\n\
            CREATE TABLE public.ezrole (\n    id integer NOT NULL,\n    name character varying(255) DEFAULT ''::character varying,\n    CONSTRAINT x CHECK ((id > 0))\n);\n\
            COPY public.other (a) FROM stdin;\nINSERT INTO ezrole\n\\.\n\
            COPY public.ezrole (id, name) FROM stdin;\n1\tone\\ttab\n2\t\\N\n\\.\n\n\
            INSERT INTO public.ezrole VALUES (3, 'back\\');\nINSERT INTO \"ezrole\" (\"name\", id) VALUES (E'new\\nline', 4);\n";
        let expected = [
            (Some(1), Some("one\ttab".to_owned()), 13),
            (Some(2), None, 14),
            (Some(3), Some("back\\".to_owned()), 17),
            (Some(4), Some("new\nline".to_owned()), 18),
        ];
        assert_eq!(roles(text), expected);
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_line() {
        for (text, line, part) in [
            ("\nINSERT INTO ezrole VALUES (1,'a');", 2, "columns are not named"),
            ("INSERT INTO ezrole (id) VALUES (1);", 1, "no column name"),
            ("INSERT INTO ezrole (id,name) VALUES (1,'a',2);", 1, "3 values, and there are 2 columns"),
            ("INSERT INTO ezrole (id,name) VALUES\n(1,'a", 2, "a quote does not end"),
            ("INSERT INTO ezrole (id,name) VALUES (1,'a'", 1, "the file ends within a row"),
            ("INSERT INTO ezrole (id,name) VALUES (1,'a')\n", 2, "the file ends within an INSERT"),
            ("INSERT INTO ezrole (id,name) VALUES\n(1,concat('a','b'));", 2, "ezrole.name is no plain value"),
            ("INSERT INTO ezrole (id,name) VALUES (1,'a\\0');", 1, "a NUL"),
            ("INSERT INTO ezrole (id,name) SELECT 1;", 1, "without VALUES"),
            ("/* postgresql */ COPY ezrole (id,name) FROM stdin;\n1\ta\n", 3, "ends within a COPY"),
            ("/* never", 1, "a comment does not end"),
        ] {
            let wrong = tables(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(wrong.line == line && wrong.text.contains(part), "{text}: {wrong:?}");
        }
        let deep = format!("INSERT INTO ezrole (id,name) VALUES ({}", "(".repeat(10_000));
        assert!(tables(&deep).is_err_and(|wrong| wrong.text.contains("too deep")));
    }

    proptest! {
        #[test]
        fn anything_is_rows_or_a_mistake(bytes in "(postgresql|)(INSERT INTO ezrole \\(id,name\\) VALUES |COPY ezrole \\(id,name\\) FROM stdin;\n|CREATE TABLE ezrole )?[ -~\n\té]{0,120}") {
            if let Err(wrong) = tables(&bytes) {
                prop_assert!(wrong.line <= bytes.lines().count() + 1 && wrong.line >= 1);
            }
        }

        #[test]
        fn a_text_is_read_as_it_was_quoted(name in "[^\0\\\\]{0,40}") {
            let text = format!("INSERT INTO ezrole (id,name) VALUES (1,'{}');", name.replace('\'', "''"));
            let read = roles(&text).remove(0).1;
            prop_assert_eq!(read, Some(name));
        }
    }
}
