//! The head of a request, read where it lies.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Uri};
use memchr::memmem::Finder;

use crate::strict::Scanner;

/// The most lines of a head that is read here.
const MOST_FIELDS: usize = 64;

/// A head with nothing in it that needs the HTTP library.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) parts: Parts,
    /// The length of the body.
    pub(crate) length: u64,
    /// Whether the client wants the connection closed after the answer.
    pub(crate) closes: bool,
}

/// Where a head ends: behind the first empty line. Lines that end without CR are none of a plain head.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    static EMPTY_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\r\n\r\n"));
    EMPTY_LINE.find(bytes).map(|at| at + 4)
}

/// A head that comes in parts, each of which is looked at once.
#[derive(Default)]
pub(crate) struct Begun {
    scanner: Scanner,
    /// How much of it was looked at.
    seen: usize,
}

impl Begun {
    /// Where it ends, in all that has come so far.
    pub(crate) fn end(&self, bytes: &[u8]) -> Option<usize> {
        // What was there last may have been three quarters of it.
        let from = self.seen.saturating_sub(3);
        end(&bytes[from..]).map(|end| from + end)
    }

    /// Whether all that has come can become a head. What cannot is refused when it comes, and not when it is late.
    pub(crate) fn may_become_one(&mut self, bytes: &[u8]) -> bool {
        let (first, new) = (self.seen == 0, &bytes[self.seen..]);
        self.seen = bytes.len();
        if new.is_empty() {
            return true;
        }
        // The parser begins anew each time, and is asked once: else each byte of a head that drips would cost all before it.
        self.scanner.scan(new).is_ok() && (!first || is_readable(bytes))
    }
}

fn is_readable(bytes: &[u8]) -> bool {
    let mut fields = [const { std::mem::MaybeUninit::uninit() }; MOST_FIELDS];
    httparse::Request::new(&mut []).parse_with_uninit_headers(bytes, &mut fields).is_ok()
}

/// Reads a whole head. `None` for what is not plain: another version, an upgrade, a body whose length is not stated, an
/// expectation, options of the connection, and all that cannot be read. The library reads that once more, and says what is
/// wrong with it.
pub(crate) fn read(head: &Bytes) -> Option<Plain> {
    let mut scanner = Scanner::default();
    scanner.scan(head).ok()?;
    let length = scanner.stated_length()?;
    let mut fields = [const { std::mem::MaybeUninit::uninit() }; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(head, &mut fields).ok()?;
    let (httparse::Status::Complete(end), Some(1)) = (parsed, request.version) else { return None };
    let (method, target) = (request.method?, request.path?);
    if end != head.len() || !target.starts_with('/') || !head.starts_with(method.as_bytes()) {
        return None;
    }
    let mut parts = Request::new(()).into_parts().0;
    parts.method = Method::from_bytes(method.as_bytes()).ok()?;
    parts.uri = Uri::from_maybe_shared(head.slice_ref(target.as_bytes())).ok()?;
    parts.headers = HeaderMap::with_capacity(request.headers.len() + ROOM);
    for field in request.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        if is_for_the_library(&name) {
            return None;
        }
        let value = HeaderValue::from_maybe_shared(head.slice_ref(field.value)).ok()?;
        parts.headers.append(name, value);
    }
    let closes = closes(&parts.headers)?;
    Some(Plain { parts, length, closes })
}

/// For the lines that we add.
const ROOM: usize = 12;

fn is_for_the_library(name: &HeaderName) -> bool {
    matches!(*name, header::TRANSFER_ENCODING | header::UPGRADE | header::EXPECT | header::TE)
}

/// Whether the connection ends after the answer. `None` where `Connection` says something else.
fn closes(headers: &HeaderMap) -> Option<bool> {
    let mut lines = headers.get_all(header::CONNECTION).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Some(false),
        (Some(line), None) if line.as_bytes().eq_ignore_ascii_case(b"keep-alive") => Some(false),
        (Some(line), None) if line.as_bytes().eq_ignore_ascii_case(b"close") => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Option<Plain> {
        super::read(&Bytes::copy_from_slice(head.as_bytes()))
    }

    #[test]
    fn a_plain_head_is_read_where_it_lies() {
        let head = "POST /a?b=c HTTP/1.1\r\nHost: a\r\nX:  y \r\nContent-Length: 3\r\nConnection: Close\r\n\r\n";
        let Plain { parts, length, closes } = read(head).expect("a plain head");
        assert_eq!((parts.method, parts.uri.to_string()), (Method::POST, "/a?b=c".to_owned()));
        assert_eq!(parts.headers["x"], "y");
        assert_eq!((length, closes), (3, true));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_library() {
        let heads = [
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
            "GET / HTTP/1.1\r\nTE: trailers\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: close, x\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: close\r\nConnection: close\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\n\r\n",
            "GET /#a HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\nGET",
        ];
        for head in heads {
            assert!(read(head).is_none(), "{}", head.escape_debug());
        }
    }

    #[test]
    fn a_head_ends_behind_an_empty_line() {
        assert_eq!(end(b"GET / HTTP/1.1\r\n\r\nrest"), Some(18));
        assert_eq!(end(b"a\n\nrest"), None);
        assert_eq!(end(b"GET / HTTP/1.1\r\nHost: a\r\n"), None);
        assert_eq!(end(b""), None);
    }

    #[test]
    fn a_head_in_parts_ends_where_a_whole_one_does() {
        for whole in ["GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", "a\n\nrest", "a\n\r\nrest", "\r\n\r\n\r\n"] {
            let mut begun = Begun::default();
            let found = (0..=whole.len()).find_map(|length| {
                let bytes = &whole.as_bytes()[..length];
                let end = begun.end(bytes);
                begun.may_become_one(bytes);
                end
            });
            assert_eq!(found, end(whole.as_bytes()), "{}", whole.escape_debug());
        }
    }

    #[test]
    fn what_cannot_become_a_head_is_known_early() {
        for bytes in ["", "G", "GET / HTTP/1.1\r\nHo", "GET / HTTP/1.1\r\nHost: a\r\n\r", "\r\n"] {
            assert!(Begun::default().may_become_one(bytes.as_bytes()), "{}", bytes.escape_debug());
        }
        for bytes in ["\x16\x03\x01", "SSH-2.0\r\n", "GET / HTTP/1.1\nHost", "GET / HTTP/1.1\r\nHost : a\r\n"] {
            assert!(!Begun::default().may_become_one(bytes.as_bytes()), "{}", bytes.escape_debug());
        }
        let mut begun = Begun::default();
        assert!(begun.may_become_one(b"GET / HTTP/1.1\r\n") && !begun.may_become_one(b"GET / HTTP/1.1\r\nHost: a\n"));
    }
}
