//! The import format: CSV with a line of headings (RFC 4180), or JSON lines, with the same names.

use std::collections::BTreeSet;
use std::io::Read as _;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::record::{Record, Wrong};

/// So many mistakes are told, and no more looked for.
const TOLD: usize = 50;
/// A line has no more bytes.
const GREATEST_LINE: usize = 64 * 1_024;

/// Reads the users of a file.
///
/// # Errors
/// Each bad line, with what is wrong.
pub fn read(bytes: &[u8]) -> Result<Vec<Record>, Vec<Wrong>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        vec![Wrong::new(before.split(|byte| *byte == b'\n').count(), "not UTF-8: save the file as UTF-8")]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('[') {
        return Err(vec![Wrong::new(
            1,
            "a JSON list: write its objects one a line, without brackets and commas around them",
        )]);
    }
    let (records, mut wrong) = if text.trim_start().starts_with('{') { json_lines(text) } else { table(text) };
    if records.is_empty() && wrong.is_empty() {
        wrong.push(Wrong::new(1, "there is no user in it"));
    }
    if wrong.is_empty() { Ok(records) } else { Err(wrong) }
}

fn table(text: &str) -> (Vec<Record>, Vec<Wrong>) {
    let (mut records, mut wrong) = (Vec::new(), Vec::new());
    if text.trim().is_empty() {
        return (records, vec![Wrong::new(1, "there is no column `login`")]);
    }
    // A last row that is one quote, and no row where a quote before it is open still.
    let marked = text.as_bytes().chain(&b"\n\""[..]);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(marked);
    let headings = match reader.headers() {
        Ok(headings) => headings.clone(),
        Err(error) => return (records, vec![Wrong::new(1, error.to_string())]),
    };
    if let Err(text) = check_headings(&headings) {
        return (records, vec![Wrong::new(1, text)]);
    }
    let mut row = StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    while wrong.len() < TOLD {
        let begins = reader.position().byte();
        let read = reader.read_record(&mut row);
        let before = lines.line;
        let line = lines.at(usize::try_from(begins).unwrap_or(usize::MAX));
        match read {
            Ok(false) => {
                wrong.retain(|known: &Wrong| known.line != before);
                wrong.push(Wrong::new(before, "a quote is opened here, or above, and never closed"));
                break;
            }
            // The mark: all of the file was read before.
            Ok(true) if lines.is_at_end() => break,
            Ok(true) => match of_row(&headings, &row, line) {
                Ok(record) => records.push(record),
                Err(text) => wrong.push(Wrong::new(line, text)),
            },
            // All of it is UTF-8 and may have any length: there is nothing else to be wrong.
            Err(error) => {
                wrong.push(Wrong::new(line, error.to_string()));
                break;
            }
        }
    }
    (records, wrong)
}

/// Counts lines on the way through a text: the reader's own count is one behind after an empty line, and after CR LF.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the row that begins behind this place, after line ends.
    fn at(&mut self, place: usize) -> usize {
        let rest = self.text.get(place..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let place = self.text.len().min(place.saturating_add(ends));
        self.line += self.text[self.at..place].iter().filter(|byte| **byte == b'\n').count();
        self.at = place;
        self.line
    }

    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }
}

fn check_headings(headings: &StringRecord) -> Result<(), String> {
    if let [all] = headings.iter().collect::<Vec<_>>()[..]
        && all.contains([';', '\t'])
    {
        return Err("there is one column alone: separate columns by commas".into());
    }
    check_names(headings.iter().filter(|name| !Record::COLUMNS.contains(name)))?;
    let mut seen = BTreeSet::new();
    match headings.iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(format!("there are two columns `{twice}`")),
        None if !seen.contains("login") => Err("there is no column `login`".into()),
        None => Ok(()),
    }
}

/// Lists the columns that nobody knows.
fn check_names<'a>(unknown: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let unknown: Vec<String> = unknown.take(20).map(|name| format!("`{}`", shown(name))).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!("unknown columns: {}; known ones are {}", unknown.join(", "), Record::COLUMNS.join(", ")))
}

/// What a file says, as a terminal may show it.
fn shown(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn of_row(headings: &StringRecord, row: &StringRecord, line: usize) -> Result<Record, String> {
    if row.len() != headings.len() {
        return Err(format!("this line has {} fields, and there are {} columns", row.len(), headings.len()));
    }
    if row.as_slice().len() > GREATEST_LINE {
        return Err("this line has more than 64 KiB".into());
    }
    let mut record = Record { line, ..Record::default() };
    for (column, text) in headings.iter().zip(row) {
        record.take(column, text)?;
    }
    whole(record)
}

fn json_lines(text: &str) -> (Vec<Record>, Vec<Wrong>) {
    let (mut records, mut wrong) = (Vec::new(), Vec::new());
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if wrong.len() == TOLD {
            break;
        }
        match of_line(line, place + 1) {
            Ok(record) => records.push(record),
            Err(text) => wrong.push(Wrong::new(place + 1, text)),
        }
    }
    (records, wrong)
}

fn of_line(line: &str, number: usize) -> Result<Record, String> {
    if line.len() > GREATEST_LINE {
        return Err("this line has more than 64 KiB".into());
    }
    // What the parser says could repeat a hash.
    let object: Map<String, Value> = serde_json::from_str(line).map_err(|error| match error.column() {
        0 => "not a JSON object".to_owned(),
        column => format!("not a JSON object, from column {column} on"),
    })?;
    check_names(object.keys().map(String::as_str).filter(|name| !Record::COLUMNS.contains(name)))?;
    let mut record = Record { line: number, ..Record::default() };
    for (member, value) in object {
        record.take_json(&member, value)?;
    }
    whole(record)
}

fn whole(record: Record) -> Result<Record, String> {
    if record.login.is_empty() { Err("there is no login".into()) } else { Ok(record) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let table = "login,realm,id,email,name,roles,state,hash,scheme,salt,site,attributes\r\n\
                     anna,customer,7,anna@example.com,\"Anna, \"\"A\"\"\",clerk; editor,active,x,ez3,s,ez.no,\"{\"\"cart_id\"\":7}\"\r\n\
                     \n\
                     berta,,,,,,,,,,,\n";
        let lines = "\u{feff}{\"login\":\"anna\",\"realm\":\"customer\",\"id\":7,\"email\":\"anna@example.com\",\"name\":\"Anna, \\\"A\\\"\",\
                     \"roles\":[\"clerk\",\"editor\"],\"state\":\"active\",\"hash\":\"x\",\"scheme\":\"ez3\",\"salt\":\"s\",\
                     \"site\":\"ez.no\",\"attributes\":{\"cart_id\":7}}\n\n{\"login\":\"berta\",\"email\":null}\n";
        let mut of_table = read(table.as_bytes()).expect("users");
        let of_lines = read(lines.as_bytes()).expect("users");
        assert_eq!(of_table.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(of_lines.iter().map(|record| record.line).collect::<Vec<_>>(), [1, 3]);
        of_table.iter_mut().zip(&of_lines).for_each(|(one, other)| one.line = other.line);
        assert_eq!(of_table, of_lines);
        assert_eq!(of_lines[0].roles, Some(vec!["clerk".into(), "editor".into()]));
        assert_eq!(of_lines[1].roles, None, "nothing is said");
    }

    #[test]
    fn a_bad_line_is_told_with_its_number() {
        let long = format!("login,name\nanna,{}\n", "x".repeat(70_000));
        for (text, line, part) in [
            ("", 1, "no column `login`"),
            ("login\n", 1, "no user in it"),
            ("name\nanna\n", 1, "no column `login`"),
            ("login,e-mail,Name\nanna,,\n", 1, "unknown columns: `e-mail`, `Name`; known ones are login, realm"),
            ("login,login\na,b\n", 1, "two columns `login`"),
            ("login,name\nanna,x\nberta\n", 3, "this line has 1 fields, and there are 2 columns"),
            ("login,name\nanna,\"x\ny\"\n,z\n", 4, "there is no login"),
            ("login,name\nanna,\"never ends\n", 2, "never closed"),
            ("login,name\nanna,x\nberta,\"never ends\ncarl,y\ndora,z", 3, "never closed"),
            ("login,\"name\nanna,x\n", 1, "unknown columns: `name anna,x  `"),
            ("login,name\nanna,a\0b\n", 2, "name: a NUL"),
            ("login,attributes\nanna,[]\n", 2, "attributes: not a JSON object"),
            (&long, 2, "more than 64 KiB"),
            ("{\"login\":\"a\"}\n{\"login\":", 2, "not a JSON object"),
            ("{\"login\":\"a\",\"roles\":\"x\"}", 1, "roles: a list of names"),
            ("{\"login\":\"a\",\"roles\":[1]}", 1, "roles: a list of names"),
            ("{\"login\":1}", 1, "login: a text"),
            ("{\"login\":\"a\",\"pass\":1}", 1, "unknown columns: `pass`"),
            ("{\"login\":\"a\",\"attributes\":[]}", 1, "attributes: an object"),
            ("{}", 1, "there is no login"),
        ] {
            let wrong = read(text.as_bytes()).expect_err("a mistake");
            assert_eq!(wrong[0].line, line, "{text:?} {wrong:?}");
            assert!(wrong[0].text.contains(part), "{text:?} {wrong:?}");
        }
        assert_eq!(read(b"login\nanna\n\xff\n").expect_err("a mistake")[0].line, 3);
    }

    #[test]
    fn depth_and_the_number_of_mistakes_are_bounded() {
        let deep = format!("{{\"login\":\"a\",\"attributes\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        assert_eq!(read(deep.as_bytes()).expect_err("a mistake").len(), 1);
        let many = "login,name\n".to_owned() + &"x\n".repeat(1_000);
        assert_eq!(read(many.as_bytes()).expect_err("mistakes").len(), TOLD);
    }

    proptest! {
        #[test]
        fn whatever_it_is_there_are_users_or_mistakes_with_lines(text in "(login,name\n)?[a-z\",\n{}:\\[\\]\u{0}é]{0,200}") {
            match read(text.as_bytes()) {
                Ok(records) => prop_assert!(records.iter().all(|record| record.line >= 1 && !record.login.is_empty())),
                Err(wrong) => prop_assert!(!wrong.is_empty() && wrong.iter().all(|wrong| wrong.line >= 1)),
            }
        }

        #[test]
        fn what_a_table_writes_is_read(name in "[^\u{0}\u{feff}]{1,30}", roles in proptest::collection::vec("[a-z]{1,5}", 1..4)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["login", "name", "roles"]).expect("written");
            writer.write_record(["anna", &name, &roles.join(";")]).expect("written");
            let records = read(&writer.into_inner().expect("bytes")).expect("users");
            prop_assert_eq!(records[0].name.as_deref(), Some(name.as_str()));
            prop_assert_eq!(records[0].roles.as_deref(), Some(roles.as_slice()));
        }
    }
}
