//! CSV for spreadsheets (RFC 4180): what looks like a formula to them is marked as text.

/// Writes one record, ended by CRLF.
pub(super) fn write_record<'f>(out: &mut String, fields: impl IntoIterator<Item = &'f str>) {
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_field(out, field);
    }
    out.push_str("\r\n");
}

fn write_field(out: &mut String, field: &str) {
    let field = marked(field);
    if !field.contains(['"', ',', '\r', '\n', ';', '\t', '\'']) {
        out.push_str(&field);
        return;
    }
    out.push('"');
    out.push_str(&field.replace('"', "\"\""));
    out.push('"');
}

/// What a cell begins with that is a formula.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The field with a `'` before whatever begins a formula: at its start, and where a cell begins for those who read with another
/// separator than we write with. To them our quotes are letters, so that what stands in a field is a cell of its own; spaces and
/// quotes before a formula are nothing to some.
fn marked(field: &str) -> String {
    let mut text = String::with_capacity(field.len() + 1);
    let mut begins = true;
    for (place, character) in field.char_indices() {
        let is_break = matches!(character, '\t' | '\r' | '\n');
        if (begins && SIGNS.contains(&character)) || (place == 0 && (is_break || character == '\0')) {
            text.push('\'');
        }
        let is_nothing = character.is_whitespace() || matches!(character, '"' | '\0');
        begins = is_break || character == ';' || (begins && is_nothing);
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(fields: &[&str]) -> String {
        let mut out = String::new();
        write_record(&mut out, fields.iter().copied());
        out
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(line(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(line(&["a,b", "say \"hi\"", "two\r\nlines"]), "\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n");
    }

    #[test]
    fn a_formula_is_text() {
        for start in ["=", "+", "-", "@", "\t", "\r", "\n", "\0"] {
            let field = format!("{start}cmd|' /C calc'!A0");
            assert_eq!(line(&[&field]), format!("\"'{field}\"\r\n"), "{start:?}");
        }
        assert_eq!(line(&["=HYPERLINK(\"http://evil\")"]), "\"'=HYPERLINK(\"\"http://evil\"\")\"\r\n");
        assert_eq!(line(&["a=b", "1-2"]), "a=b,1-2\r\n");
    }

    #[test]
    fn a_formula_is_text_by_whatever_separator_a_file_is_read() {
        for (field, written) in [
            ("GET /;=cmd|'/c calc'!a0;", "\"GET /;'=cmd|'/c calc'!a0;\""),
            (";\"=1+1&\"", "\";\"\"'=1+1&\"\"\""),
            ("a; =1", "\"a; '=1\""),
            ("a;\u{a0}＝1", "\"a;\u{a0}'＝1\""),
            ("a\t@b", "\"a\t'@b\""),
            ("a\r\n+b", "\"a\r\n'+b\""),
            (" \"=1", "\" \"\"'=1\""),
            ("a;b=1;c", "\"a;b=1;c\""),
            ("a;-1", "\"a;'-1\""),
        ] {
            assert_eq!(line(&[field]), format!("{written}\r\n"), "{field:?}");
        }
    }
}
