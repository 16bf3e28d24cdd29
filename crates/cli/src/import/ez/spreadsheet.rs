//! A table as CSV, in a file that is named after it.

use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};

use super::table::{Columns, Field, Tables};
use crate::import::users::Wrong;

/// Reads a table into `tables`.
///
/// # Errors
/// The first row that does not fit.
pub fn read(bytes: &[u8], wanted: usize, file: &Arc<str>, tables: &mut Tables) -> Result<(), Wrong> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let wrong = |line: usize, text: String| Wrong::new(line, text).within(Some(file.clone()));
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
    let headings = reader.byte_headers().map_err(|error| wrong(1, error.to_string()))?;
    let headings: Vec<String> = headings.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let columns = Columns::new(wanted, &headings).map_err(|text| wrong(1, text))?;
    tables.touch(wanted);
    let mut row = ByteRecord::new();
    let (mut line, mut counted) = (1, 0);
    loop {
        let begins = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(bytes.len());
        let more = reader.read_byte_record(&mut row).map_err(|error| wrong(line, error.to_string()))?;
        let ends = bytes[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += bytes[counted..begins + ends].iter().filter(|byte| **byte == b'\n').count();
        counted = begins + ends;
        if !more {
            return Ok(());
        }
        let values: Vec<Field> = row.iter().map(value).collect();
        tables.add(&columns, &values, file, line).map_err(|text| wrong(line, text))?;
    }
}

/// What programs write for nothing is nothing.
fn value(bytes: &[u8]) -> Field {
    match bytes {
        b"" | b"NULL" | b"\\N" => Field::Null,
        bytes => Field::Bytes(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Wanted;
    use super::*;

    #[test]
    fn a_table_is_read_by_its_headings() {
        let mut tables = Tables::default();
        let wanted = Wanted::find("ezrole").expect("a table");
        let text = "name,id,version\r\n\"An, \"\"x\"\"\",1,0\r\n\r\nB,2,NULL\r\n";
        read(text.as_bytes(), wanted, &"ezrole.csv".into(), &mut tables).expect("rows");
        let rows: Vec<_> =
            tables.rows("ezrole").iter().map(|row| (row.number("id"), row.text("name"), row.line)).collect();
        assert_eq!(rows, [(Some(1), Some("An, \"x\""), 2), (Some(2), Some("B"), 4)]);
        let refused = read(b"name,id\nx\n", wanted, &"ezrole.csv".into(), &mut tables);
        assert_eq!(refused.err().map(|wrong| wrong.line), Some(2));
        assert!(read(b"id\n", wanted, &"ezrole.csv".into(), &mut tables).is_err());
    }
}
