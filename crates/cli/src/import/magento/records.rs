//! Exports of tables: CSV with a line of headings, or a JSON object a line.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::finding::{Place, Wrong};

/// A row of a table. It may hold the hash of a password, and so nothing shows it.
pub struct Record {
    columns: Arc<[String]>,
    cells: Vec<String>,
    line: usize,
}

/// A table, and the file that it is in.
pub struct Records {
    pub rows: Vec<Record>,
    pub file: Arc<str>,
}

/// As long as an export may be: a million customers and more.
pub const LONGEST: usize = 1 << 30;

impl Records {
    /// Reads the text of a file that has these columns at least.
    ///
    /// # Errors
    /// The first row that cannot be read.
    pub fn parse(text: &str, path: &Path, columns: &[&str]) -> Result<Self, Wrong> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_json = text.trim_start().starts_with('{');
        let rows = if is_json { json_lines(text)? } else { csv(text)? };
        if let Some(row) = rows.first()
            && let Some(missing) = columns.iter().find(|column| !row.columns.iter().any(|known| known == *column))
        {
            let line = if is_json { row.line } else { 1 };
            return Err(Wrong::new(line, format!("there is no column `{missing}`")));
        }
        Ok(Self { rows, file: super::module::shown(path) })
    }

    /// Where a row stands.
    pub fn place(&self, row: &Record) -> Place {
        Place::new(&self.file, row.line)
    }
}

impl Record {
    /// A value, without what databases write for nothing.
    pub fn get(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|known| known == column)?;
        let value = self.cells.get(place)?.as_str();
        (!matches!(value, "" | "NULL" | "\\N")).then_some(value)
    }
}

fn json_lines(text: &str) -> Result<Vec<Record>, Wrong> {
    let mut rows = Vec::new();
    let mut columns: Arc<[String]> = Arc::default();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let object: Map<String, Value> =
            serde_json::from_str(line).map_err(|_| Wrong::new(place + 1, "this line is no JSON object"))?;
        if !object.keys().eq(columns.iter()) {
            columns = object.keys().cloned().collect();
        }
        let cells = object.into_iter().map(|(_, value)| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        });
        rows.push(Record { columns: Arc::clone(&columns), cells: cells.collect(), line: place + 1 });
    }
    Ok(rows)
}

fn csv(text: &str) -> Result<Vec<Record>, Wrong> {
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|sign| first.matches(*sign).count()).unwrap_or(',');
    let mut lines = cells(text, separator)?.into_iter();
    let Some((_, headings)) = lines.next() else { return Ok(Vec::new()) };
    let columns: Arc<[String]> = headings.into();
    let mut rows = Vec::new();
    for (line, cells) in lines {
        if cells.len() != columns.len() {
            let text = format!("this row has {} columns, and there are {} headings", cells.len(), columns.len());
            return Err(Wrong::new(line, text));
        }
        rows.push(Record { columns: Arc::clone(&columns), cells, line });
    }
    Ok(rows)
}

/// The rows of a CSV text, each with its line (RFC 4180; lines may end as they do anywhere).
fn cells(text: &str, separator: char) -> Result<Vec<(usize, Vec<String>)>, Wrong> {
    let mut rows = Vec::new();
    let (mut row, mut cell): (Vec<String>, String) = (Vec::new(), String::new());
    let (mut line, mut began) = (1, 1);
    let mut quoted_since = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_quoted = quoted_since.is_some();
        line += usize::from(character == '\n');
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if is_quoted => quoted_since = None,
            _ if is_quoted => cell.push(character),
            '"' if cell.is_empty() => quoted_since = Some(line),
            _ if character == separator => row.push(std::mem::take(&mut cell)),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut cell));
                if row.iter().any(|cell| !cell.is_empty()) {
                    rows.push((began, std::mem::take(&mut row)));
                }
                row.clear();
                began = line;
            }
            _ => cell.push(character),
        }
    }
    if let Some(line) = quoted_since {
        return Err(Wrong::new(line, "a quote does not end"));
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((began, row));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Records, Wrong> {
        Records::parse(text, Path::new("roles.csv"), &["role_id", "role_name"])
    }

    #[test]
    fn tables_are_read_in_both_forms() {
        for text in [
            "role_id,role_name,note\r\n1,\"Sales, \"\"EU\"\"\nand more\",NULL\r\n2,Support,\\N\r\n",
            "role_id;role_name;note\n1;\"Sales, \"\"EU\"\"\nand more\";\n\n2;Support;",
            "{\"role_id\":1,\"role_name\":\"Sales, \\\"EU\\\"\\nand more\",\"note\":null}\n\n{\"role_id\":\"2\",\"role_name\":\"Support\"}",
        ] {
            let records = read(text).expect("records");
            let rows: Vec<_> =
                records.rows.iter().map(|row| (row.get("role_id"), row.get("role_name"), row.get("note"))).collect();
            assert_eq!(
                rows,
                [(Some("1"), Some("Sales, \"EU\"\nand more"), None), (Some("2"), Some("Support"), None)],
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_table_is_told_with_its_line() {
        for (text, line) in [
            ("role_id,role_name\n1", 2),
            ("role_id\n1", 1),
            ("role_id,role_name\n\"1", 2),
            ("{\"role_id\":1,\"role_name\":2}\n[]", 2),
        ] {
            assert_eq!(read(text).map(|_| ()).map_err(|wrong| wrong.line), Err(line), "{text}");
        }
    }
}
