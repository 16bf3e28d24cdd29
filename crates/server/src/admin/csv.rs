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
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']);
    let needs_quotes = is_formula || field.contains(['"', ',', '\r', '\n', ';', '\t', '\'']);
    if !needs_quotes {
        out.push_str(field);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    for character in field.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    out.push('"');
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
}
