//! Reads along with the HTTP/1 parser, and refuses what the parser would repair: whatever two readers could understand in
//! two ways must not reach an upstream (RFC 9112, sections 2.2, 6.3 and 7.1).
//!
//! Refused are lines that end without CR, `Content-Length` that is doubled, signed or beside `Transfer-Encoding`, any
//! `Transfer-Encoding` but exactly `chunked`, a `#` in the target, and chunks that are not framed to the letter.

/// Follows one connection from request to request.
#[derive(Default)]
pub(crate) struct Scanner {
    state: State,
    /// The part of the current line that came in earlier reads.
    line: Vec<u8>,
    head: Head,
    /// Bytes of trailers so far.
    trailers: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Before a request line.
    #[default]
    Start,
    /// Between request line and empty line.
    Head,
    /// In a body; so many bytes are left.
    Body(u64),
    /// At the line with the size of a chunk.
    ChunkSize,
    /// In a chunk; so many bytes are left.
    Chunk(u64),
    /// At the line end after a chunk.
    ChunkEnd,
    /// At the lines after the last chunk.
    Trailers,
    /// After the head of a request to upgrade. What follows is of another protocol, or the connection is closed.
    Opaque,
}

/// What was seen in the head so far.
#[derive(Default)]
struct Head {
    empty_lines: u8,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// The message is refused from this place on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Where the first line begins, within the bytes given last, that must not be read.
    pub(crate) at: usize,
}

/// The longest line with the size of a chunk, and the most bytes of trailers.
const LONGEST_CHUNK_LINE: usize = 256;
const LONGEST_TRAILERS: usize = 8 << 10;
/// The longest line that is kept; the parser refuses a head before it gets there.
const LONGEST_LINE: usize = 64 << 10;

impl Scanner {
    /// For a connection that is not HTTP/1: nothing is refused.
    pub(crate) fn opaque() -> Self {
        Self { state: State::Opaque, ..Self::default() }
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn is_in_head(&self) -> bool {
        self.state == State::Head || (self.state == State::Start && !self.line.is_empty())
    }

    /// Whether nothing of a next request has arrived.
    pub(crate) fn is_between_requests(&self) -> bool {
        self.state == State::Start && self.line.is_empty()
    }

    /// The length of the body, after the last byte of a head that states it or has none.
    pub(crate) fn stated_length(&self) -> Option<u64> {
        match self.state {
            State::Start if self.line.is_empty() => Some(0),
            State::Body(length) => Some(length),
            _ => None,
        }
    }

    /// Looks at the bytes that came next.
    pub(crate) fn scan(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match &mut self.state {
                State::Opaque => return Ok(()),
                State::Body(left) => {
                    at += skip(left, rest);
                    if *left == 0 {
                        self.state = State::Start;
                    }
                }
                State::Chunk(left) => {
                    at += skip(left, rest);
                    if *left == 0 {
                        self.state = State::ChunkEnd;
                    }
                }
                _ => match memchr::memchr(b'\n', rest) {
                    Some(end) => {
                        self.end_line(&rest[..end]).map_err(|Wrong| Refused { at })?;
                        at += end + 1;
                    }
                    None => return self.keep(rest).map_err(|Wrong| Refused { at }),
                },
            }
        }
        Ok(())
    }

    /// Keeps the beginning of a line for the next read.
    fn keep(&mut self, part: &[u8]) -> Result<(), Wrong> {
        let longest = match self.state {
            State::ChunkSize => LONGEST_CHUNK_LINE,
            State::ChunkEnd => 1,
            State::Trailers => LONGEST_TRAILERS,
            _ => LONGEST_LINE,
        };
        if self.line.len() + part.len() > longest {
            return Err(Wrong);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self, part: &[u8]) -> Result<(), Wrong> {
        if self.line.is_empty() {
            return self.read_line(part);
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(part);
        let result = self.read_line(&line);
        line.clear();
        line.shrink_to(1024);
        self.line = line;
        result
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), Wrong> {
        let line = line.strip_suffix(b"\r").ok_or(Wrong)?;
        self.state = match self.state {
            State::Start => self.request_line(line)?,
            State::Head if line.is_empty() => self.end_head()?,
            State::Head => {
                self.field(line)?;
                State::Head
            }
            State::ChunkSize => match chunk_size(line).ok_or(Wrong)? {
                0 => State::Trailers,
                size => State::Chunk(size),
            },
            State::ChunkEnd if line.is_empty() => State::ChunkSize,
            State::ChunkEnd => return Err(Wrong),
            State::Trailers if line.is_empty() => State::Start,
            State::Trailers => {
                self.trailers += line.len();
                if self.trailers > LONGEST_TRAILERS || frames_a_message(line) {
                    return Err(Wrong);
                }
                State::Trailers
            }
            state @ (State::Body(_) | State::Chunk(_) | State::Opaque) => state,
        };
        Ok(())
    }

    fn request_line(&mut self, line: &[u8]) -> Result<State, Wrong> {
        if line.is_empty() {
            // One empty line before a request is to be ignored, RFC 9112 section 2.2; more are not.
            self.head.empty_lines += 1;
            return if self.head.empty_lines > 1 { Err(Wrong) } else { Ok(State::Start) };
        }
        // The parser would cut the target there, and match what is left.
        if memchr::memchr(b'#', line).is_some() {
            return Err(Wrong);
        }
        self.head = Head::default();
        self.trailers = 0;
        Ok(State::Head)
    }

    fn field(&mut self, line: &[u8]) -> Result<(), Wrong> {
        match line[0] | 0x20 {
            b'c' => {
                let Some(value) = value_of(line, b"content-length:") else { return Ok(()) };
                let length = decimal(trim_spaces(value)).ok_or(Wrong)?;
                if self.head.length.replace(length).is_some() {
                    return Err(Wrong);
                }
            }
            b't' => {
                let Some(value) = value_of(line, b"transfer-encoding:") else { return Ok(()) };
                let chunked = trim_spaces(value).eq_ignore_ascii_case(b"chunked");
                if !chunked || std::mem::replace(&mut self.head.chunked, true) {
                    return Err(Wrong);
                }
            }
            b'u' if value_of(line, b"upgrade:").is_some() => self.head.upgrade = true,
            _ => {}
        }
        Ok(())
    }

    fn end_head(&mut self) -> Result<State, Wrong> {
        match (self.head.chunked, self.head.length) {
            (true, Some(_)) => Err(Wrong),
            _ if self.head.upgrade => Ok(State::Opaque),
            (true, None) => Ok(State::ChunkSize),
            (false, Some(length)) if length > 0 => Ok(State::Body(length)),
            (false, _) => Ok(State::Start),
        }
    }
}

struct Wrong;

/// Passes over as much of `bytes` as belongs to what is left.
fn skip(left: &mut u64, bytes: &[u8]) -> usize {
    let step = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    *left -= step as u64;
    step
}

/// The value of a field whose name and colon are `name`.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, value) = line.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then_some(value)
}

/// Without spaces around; tabs are not expected around a length.
fn trim_spaces(mut value: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = value {
        value = rest;
    }
    value
}

/// A decimal number as RFC 9110 writes it: digits alone.
fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))
}

/// The size of a chunk: hexadecimal digits alone, then at most an extension, which is not read.
pub(crate) fn chunk_size(line: &[u8]) -> Option<u64> {
    if line.len() > LONGEST_CHUNK_LINE {
        return None;
    }
    let digits = line.iter().position(|byte| *byte == b';').map_or(line, |end| &line[..end]);
    if digits.is_empty() || digits.len() > 15 || memchr::memchr(b'\r', line).is_some() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some(sum << 4 | u64::from(digit))
    })
}

/// A field that decides where a message ends or goes to has no business after it.
fn frames_a_message(line: &[u8]) -> bool {
    [&b"content-length:"[..], b"transfer-encoding:", b"host:", b"connection:"]
        .iter()
        .any(|name| value_of(line, name).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(bytes: &[u8]) -> Result<(), Refused> {
        Scanner::default().scan(bytes)
    }

    #[test]
    fn well_formed_requests_pass() {
        let fine: [&[u8]; 8] = [
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\nbGET / HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\na\nb\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding:chunked\r\n\r\nA;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
            b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\n\n\n",
            b"GET / HTTP/1.1\r\nContent-Lengths: +5\r\nTransfer: x\r\n\r\n",
        ];
        for bytes in fine {
            assert_eq!(scan(bytes), Ok(()), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_two_readers_could_understand_in_two_ways_is_refused() {
        let heads = [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 0x5\r\n",
            "Content-Length: 5 6\r\n",
            "Content-Length:\r\n",
            "Content-Length: \t5\r\n",
            "Content-Length: 18446744073709551616\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: identity, chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: chunked;a\r\n",
            "Transfer-Encoding: \tchunked\r\n",
            "Transfer-Encoding: \x0bchunked\r\n",
            "Host: b\n",
            "Host: b\r\nX: y\nZ: 1\r\n",
        ];
        for head in heads {
            let bytes = format!("POST / HTTP/1.1\r\n{head}\r\n");
            assert!(scan(bytes.as_bytes()).is_err(), "{}", head.escape_debug());
        }
        assert!(scan(b"GET / HTTP/1.1\n\r\n").is_err());
        assert!(scan(b"GET /a#b HTTP/1.1\r\n\r\n").is_err());
        assert!(scan(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n").is_err());
    }

    #[test]
    fn chunks_must_be_framed_to_the_letter() {
        let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(300));
        let bodies = [
            "0x4\r\nabcd\r\n0\r\n\r\n",
            "4\nabcd\r\n0\r\n\r\n",
            "4\r\nabcd\n0\r\n\r\n",
            "4\r\nabcde\r\n0\r\n\r\n",
            "+4\r\nabcd\r\n0\r\n\r\n",
            " 4\r\nabcd\r\n0\r\n\r\n",
            "4 \r\nabcd\r\n0\r\n\r\n",
            "\r\nabcd\r\n0\r\n\r\n",
            "10000000000000000\r\n",
            "0\r\nContent-Length: 4\r\n\r\n",
            "0\r\nhost: b\r\n\r\n",
            "0\r\nX: 1\n\r\n",
            &long,
        ];
        for body in bodies {
            let bytes = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
            assert!(scan(bytes.as_bytes()).is_err(), "{}", body.escape_debug());
        }
    }

    #[test]
    fn the_place_is_the_beginning_of_the_line() {
        let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n";
        assert_eq!(scan(bytes), Err(Refused { at: 25 }));
        let mut scanner = Scanner::default();
        assert_eq!(scanner.scan(b"GET / HTTP/1.1\r\nContent-Le"), Ok(()));
        assert!(scanner.is_in_head());
        assert_eq!(scanner.scan(b"ngth: x\r\n\r\n"), Err(Refused { at: 0 }));
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_does_not_matter(
            lines in proptest::collection::vec(
                proptest::sample::select(vec![
                    "GET / HTTP/1.1\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "\r\n",
                    "abc", "3\r\n", "0\r\n", "X: y\n", "A: b\r\n", "Upgrade: x\r\n",
                ]),
                0..12,
            ),
            step in 1usize..7,
        ) {
            let bytes = lines.concat().into_bytes();
            let mut whole = Scanner::default();
            let at_once = whole.scan(&bytes).is_ok();
            let mut parts = Scanner::default();
            let in_parts = bytes.chunks(step).all(|part| parts.scan(part).is_ok());
            prop_assert_eq!(at_once, in_parts);
            if at_once {
                prop_assert_eq!(whole.is_between_requests(), parts.is_between_requests());
            }
        }
    }
}
