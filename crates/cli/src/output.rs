//! What goes to standard output: texts, JSON, and tables whose columns stand below each other.

use std::io::{self, Write as _};

use doorward::Time;
use jiff::Timestamp;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

/// Prints a text and a line's end.
///
/// # Errors
/// When nobody reads any more.
pub fn line(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Prints a value as JSON for programs.
///
/// # Errors
/// When nobody reads any more.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, value).map_err(io::Error::from)?;
    writeln!(stdout)?;
    Ok(())
}

/// A point in time, as people and programs read it: RFC 3339 in UTC.
pub fn time(time: Time) -> String {
    Timestamp::from_second(i64::from(time)).map_or_else(|_| time.to_string(), |stamp| stamp.to_string())
}

/// Rows below headings.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings and no rows yet.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|heading| (*heading).to_owned()).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        // What a client called itself may hold anything: it must not steer the terminal.
        let plain = |cell: String| cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.rows.push(cells.into_iter().map(plain).collect());
    }

    /// Prints it.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn print(&self) -> io::Result<()> {
        io::stdout().lock().write_all(self.text().as_bytes())
    }

    fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let mut table = Table::new(&["LOGIN", "NAME", "ROLES"]);
        table.row(["anna".into(), "Anna".into(), "support".into()]);
        table.row(["li@example.com".into(), "李".into(), "editor\u{1b}[31m".into()]);
        let expected = "LOGIN           NAME  ROLES\n\
                        anna            Anna  support\n\
                        li@example.com  李    editor [31m\n";
        assert_eq!(table.text(), expected);
    }

    #[test]
    fn times_are_told_in_utc() {
        assert_eq!(time(1_700_000_000), "2023-11-14T22:13:20Z");
    }
}
