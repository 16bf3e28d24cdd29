//! The lines of a head as bytes in one buffer. A head has some ten of them: looking through all is quicker than any table,
//! and nothing is allocated for a name or a value.

use doorward::Fields;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// Room for the lines that we add: their number, and their bytes.
const ROOM: (usize, usize) = (16, 512);

/// Lines that came, and lines of ours, in their order. There are secrets among them: it is never printed.
pub(crate) struct Lines {
    /// Lines as they go out, `name: value` and the end of the line, one after the other. Those that were removed still lie here.
    bytes: Vec<u8>,
    lines: Vec<Line>,
    /// A bit for each name that has ever been here: most names that are asked for have not.
    seen: u64,
}

/// Where a line lies: `bytes[begin..name]` is the name, `bytes[name + 2..end]` the value.
struct Line {
    begin: usize,
    name: usize,
    end: usize,
}

impl Lines {
    /// None yet, with room for those that we add besides so many.
    fn with_room(lines: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes + ROOM.1), lines: Vec::with_capacity(lines + ROOM.0), seen: 0 }
    }

    /// The lines of a head that was parsed.
    pub(super) fn parsed(head: &[u8], fields: &[httparse::Header<'_>]) -> Self {
        let mut lines = Self::with_room(fields.len(), head.len());
        lines.bytes.extend_from_slice(head);
        for field in fields {
            match Line::lying_in(head, field) {
                Some(line) => lines.lines.push(line),
                None => lines.write(field.name.as_bytes(), field.value),
            }
            if let Some(Line { begin, name, .. }) = lines.lines.last() {
                let name = &mut lines.bytes[*begin..*name];
                name.make_ascii_lowercase();
                lines.seen |= bit(name);
            }
        }
        lines
    }

    /// The lines of a table, in its order.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let bytes = headers.iter().map(|(name, value)| length(name.as_str().as_bytes(), value.as_bytes())).sum();
        let mut lines = Self::with_room(headers.len(), bytes);
        for (name, value) in headers {
            lines.push(name.as_str().as_bytes(), value.as_bytes());
        }
        lines
    }

    fn push(&mut self, name: &[u8], value: &[u8]) {
        self.seen |= bit(name);
        self.write(name, value);
    }

    fn write(&mut self, name: &[u8], value: &[u8]) {
        let begin = self.bytes.len();
        self.bytes.reserve(length(name, value));
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value);
        self.lines.push(Line { begin, name: begin + name.len(), end: self.bytes.len() });
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// The lines of this name.
    fn named<'f>(&'f self, name: &'f [u8]) -> impl Iterator<Item = &'f Line> {
        let lines = if self.seen & bit(name) == 0 { &[][..] } else { &self.lines };
        lines
            .iter()
            .filter(move |line| line.name - line.begin == name.len() && self.bytes[line.begin..line.name] == *name)
    }

    fn drop_named(&mut self, name: &[u8]) {
        if self.named(name).next().is_some() {
            self.keep(|other| other != name);
        }
    }
}

impl Line {
    /// Where a field lies in its head, if it lies there as it goes out, which nearly every one does.
    fn lying_in(head: &[u8], field: &httparse::Header<'_>) -> Option<Self> {
        let begin = field.name.as_ptr().addr().checked_sub(head.as_ptr().addr())?;
        let name = begin.checked_add(field.name.len())?;
        let (value, end) = (name.checked_add(2)?, name.checked_add(2 + field.value.len())?);
        let lies = head.get(begin..name)? == field.name.as_bytes()
            && head.get(name..value)? == b": "
            && head.get(value..end)? == field.value
            && head.get(end..)?.starts_with(b"\r\n");
        lies.then_some(Self { begin, name, end })
    }
}

/// How long a line is.
fn length(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + ": \r\n".len()
}

/// The bit of a name.
fn bit(name: &[u8]) -> u64 {
    let [first, .., last] = *name else { return 1 };
    1 << ((usize::from(first) * 3 + usize::from(last) * 5 + name.len()) & 63)
}

impl Fields for Lines {
    fn has(&self, name: &HeaderName) -> bool {
        self.named(name.as_str().as_bytes()).next().is_some()
    }

    fn values<'f>(&'f self, name: &'f HeaderName) -> impl Iterator<Item = &'f [u8]> + 'f {
        self.named(name.as_str().as_bytes()).map(|line| &self.bytes[line.name + 2..line.end])
    }

    fn each(&self, mut with: impl FnMut(&[u8], &[u8])) {
        for Line { begin, name, end } in &self.lines {
            with(&self.bytes[*begin..*name], &self.bytes[name + 2..*end]);
        }
    }

    fn write_to(&self, bytes: &mut Vec<u8>) {
        // What lies together is copied together.
        let mut run = 0..0;
        for line in &self.lines {
            if line.begin != run.end {
                bytes.extend_from_slice(&self.bytes[run]);
                run = line.begin..line.begin;
            }
            run.end = line.end + 2;
        }
        bytes.extend_from_slice(&self.bytes[run]);
    }

    fn keep(&mut self, mut is_kept: impl FnMut(&[u8]) -> bool) {
        let bytes = &self.bytes;
        self.lines.retain(|line| is_kept(&bytes[line.begin..line.name]));
    }

    fn remove(&mut self, name: &HeaderName) {
        self.drop_named(name.as_str().as_bytes());
    }

    fn set(&mut self, name: &HeaderName, value: &HeaderValue) {
        self.drop_named(name.as_str().as_bytes());
        self.push(name.as_str().as_bytes(), value.as_bytes());
    }

    fn add(&mut self, name: &HeaderName, value: &HeaderValue) {
        self.push(name.as_str().as_bytes(), value.as_bytes());
    }

    fn add_text(&mut self, name: &HeaderName, text: &str) {
        // All of it is looked at, since that is quicker than to stop.
        if text.bytes().fold(true, |all, byte| all & (((byte >= b' ') & (byte != 0x7f)) | (byte == b'\t'))) {
            self.push(name.as_str().as_bytes(), text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::{COOKIE, HOST, SET_COOKIE};
    use proptest::prelude::*;

    use super::*;

    fn parsed(head: &[u8]) -> Lines {
        let mut fields = [httparse::EMPTY_HEADER; 16];
        let mut response = httparse::Response::new(&mut fields);
        response.parse(head).expect("a head");
        Lines::parsed(head, response.headers)
    }

    fn written(fields: &impl Fields) -> Vec<String> {
        let mut lines = Vec::new();
        fields.each(|name, value| lines.push(format!("{}: {}", name.escape_ascii(), value.escape_ascii())));
        let mut bytes = Vec::new();
        fields.write_to(&mut bytes);
        let all: String = lines.iter().map(|line| format!("{line}\\r\\n")).collect();
        assert_eq!(bytes.escape_ascii().to_string(), all);
        lines
    }

    #[test]
    fn lines_are_found_by_name_however_it_was_written() {
        let lines = parsed(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nHOST:  b \r\nset-cookie: c=\xff\r\n\r\n");
        assert_eq!(written(&lines), ["set-cookie: a=1", "host: b", "set-cookie: c=\\xff"]);
        assert!(lines.has(&HOST) && !lines.has(&COOKIE));
        assert_eq!(lines.values(&SET_COOKIE).collect::<Vec<_>>(), [&b"a=1"[..], b"c=\xff"]);
    }

    #[test]
    fn a_line_goes_out_in_one_spelling_however_it_came() {
        for line in ["A: b", "A:b", "A:  b", "A: b ", "A:\tb", "A:\t b\t"] {
            let lines = parsed(format!("HTTP/1.1 200 OK\r\nX: 1\r\n{line}\r\nY: 2\r\n\r\n").as_bytes());
            assert_eq!(written(&lines), ["x: 1", "a: b", "y: 2"], "{}", line.escape_debug());
        }
        for line in ["A:", "A: ", "A:  "] {
            let lines = parsed(format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n").as_bytes());
            assert_eq!(written(&lines), ["a: "], "{}", line.escape_debug());
        }
    }

    #[test]
    fn a_text_that_cannot_stand_in_a_line_leaves_none() {
        for text in ["a\r\nb: c", "a\nb", "a\0", "\u{7f}"] {
            let mut lines = parsed(b"HTTP/1.1 200 OK\r\nHost: a\r\n\r\n");
            lines.set_text(&HOST, text);
            assert!(written(&lines).is_empty(), "{}", text.escape_debug());
        }
    }

    /// One edit, of any kind.
    #[derive(Clone, Debug)]
    enum Edit {
        Set(HeaderName, HeaderValue),
        SetText(HeaderName, String),
        Add(HeaderName, HeaderValue),
        Remove(HeaderName),
        Keep(u8),
    }

    fn edits(fields: &mut impl Fields, edits: &[Edit]) {
        for edit in edits {
            match edit {
                Edit::Set(name, value) => fields.set(name, value),
                Edit::SetText(name, text) => fields.set_text(name, text),
                Edit::Add(name, value) => fields.add(name, value),
                Edit::Remove(name) => fields.remove(name),
                Edit::Keep(letter) => fields.keep(|name| !name.contains(letter)),
            }
        }
    }

    fn name() -> impl Strategy<Value = HeaderName> {
        "(cookie|host|x-[ab]{1,2})".prop_map(|name| name.parse().expect("a name"))
    }

    fn value() -> impl Strategy<Value = HeaderValue> {
        "[ -~]{0,6}".prop_map(|text| text.parse().expect("a value"))
    }

    fn edit() -> impl Strategy<Value = Edit> {
        prop_oneof![
            (name(), value()).prop_map(|(name, value)| Edit::Set(name, value)),
            (name(), "[a\r\n\u{7f}ä ]{0,3}").prop_map(|(name, text)| Edit::SetText(name, text)),
            (name(), value()).prop_map(|(name, value)| Edit::Add(name, value)),
            name().prop_map(Edit::Remove),
            (b'a'..=b'c').prop_map(Edit::Keep),
        ]
    }

    proptest! {
        /// A table of headers is the model: after the same edits both have the same lines, and the same ones of each name in
        /// the same order.
        #[test]
        fn lines_are_edited_as_a_table_is(begin in prop::collection::vec((name(), value()), 0..8), all in prop::collection::vec(edit(), 0..12)) {
            let mut table = HeaderMap::new();
            for (name, value) in begin {
                table.append(name, value);
            }
            let mut lines = Lines::of(&table);
            edits(&mut table, &all);
            edits(&mut lines, &all);
            let mut names = Vec::new();
            lines.each(|name, _| names.push(HeaderName::from_bytes(name).expect("a name")));
            prop_assert_eq!(written(&lines).len(), table.len());
            for name in names {
                let of_lines: Vec<_> = lines.values(&name).collect();
                let of_table: Vec<_> = Fields::values(&table, &name).collect();
                prop_assert_eq!(of_lines, of_table);
                prop_assert!(lines.has(&name) && table.has(&name));
            }
        }

        /// What the parser takes for a line is one by the rules of the table too: nothing else comes out than would have.
        #[test]
        fn what_is_parsed_could_stand_in_a_table(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b':'), Just(b' '), prop::char::range('A', 'z').prop_map(|letter| letter as u8)], 0..40)) {
            let head = [b"HTTP/1.1 200 OK\r\n", &bytes[..], b"\r\n\r\n"].concat();
            let mut fields = [httparse::EMPTY_HEADER; 16];
            let mut response = httparse::Response::new(&mut fields);
            if let Ok(httparse::Status::Complete(_)) = response.parse(&head) {
                let lines = Lines::parsed(&head, response.headers);
                prop_assert_eq!(written(&lines).len(), response.headers.len());
                lines.each(|name, value| {
                    assert!(HeaderName::from_lowercase(name).is_ok(), "{name:?}");
                    assert!(HeaderValue::from_bytes(value).is_ok(), "{value:?}");
                });
            }
        }
    }
}
