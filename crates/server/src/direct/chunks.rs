//! The chunks of an upstream's answer, taken apart (RFC 9112, section 7.1). Trailers are passed over, once each of them is
//! known to be one: lines that are none would mean that something else follows than was thought.

use bytes::{Buf as _, BytesMut};
use http::{HeaderName, HeaderValue};

use crate::strict::chunk_size;

/// The longest line with the size of a chunk, and the most trailers and bytes of them.
const LONGEST_LINE: usize = 4 << 10;
const MOST_TRAILERS: usize = 64;
const LONGEST_TRAILERS: usize = 16 << 10;

/// How far an answer has come.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    state: State,
    /// How many trailers there were, and how long they were together.
    trailers: (usize, usize),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// At the line with the size of a chunk.
    #[default]
    Size,
    /// In a chunk; so many bytes are left.
    Data(usize),
    /// At the line end after a chunk.
    End,
    /// At the lines after the last chunk.
    Trailers,
    Done,
}

/// It is framed badly.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Chunks {
    /// Whether the last chunk and all after it have been read.
    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Moves the data in `input` to `data`, as far as it has come.
    pub(crate) fn read(&mut self, input: &mut BytesMut, data: &mut Vec<u8>) -> Result<(), Malformed> {
        while !input.is_empty() {
            match self.state {
                State::Done => return Ok(()),
                State::Data(left) => {
                    let length = left.min(input.len());
                    data.extend_from_slice(&input[..length]);
                    input.advance(length);
                    self.state = if left == length { State::End } else { State::Data(left - length) };
                }
                State::Size | State::End | State::Trailers => {
                    let Some(end) = memchr::memchr(b'\n', input) else { return self.keep(input.len()) };
                    self.line(&input[..end])?;
                    input.advance(end + 1);
                }
            }
        }
        Ok(())
    }

    fn keep(&self, length: usize) -> Result<(), Malformed> {
        let longest = match self.state {
            State::Trailers => LONGEST_TRAILERS,
            _ => LONGEST_LINE,
        };
        if length > longest { Err(Malformed) } else { Ok(()) }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Malformed> {
        let line = line.strip_suffix(b"\r").ok_or(Malformed)?;
        self.state = match self.state {
            State::Size => match chunk_size(without_blanks(line)).and_then(|size| size.try_into().ok()) {
                None => return Err(Malformed),
                Some(0) => State::Trailers,
                Some(size) => State::Data(size),
            },
            State::End if line.is_empty() => State::Size,
            State::Trailers if line.is_empty() => State::Done,
            State::Trailers => {
                self.trailers = (self.trailers.0 + 1, self.trailers.1 + line.len());
                if self.trailers.0 > MOST_TRAILERS || self.trailers.1 > LONGEST_TRAILERS || !is_field(line) {
                    return Err(Malformed);
                }
                State::Trailers
            }
            State::End | State::Data(_) | State::Done => return Err(Malformed),
        };
        Ok(())
    }
}

/// Without the blanks at its end. A CR is none.
fn without_blanks(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &line[..end]
}

fn is_field(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    HeaderName::from_bytes(&line[..colon]).is_ok() && HeaderValue::from_bytes(&line[colon + 1..]).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8], step: usize) -> Result<(Vec<u8>, bool, Vec<u8>), Malformed> {
        let (mut chunks, mut input, mut data) = (Chunks::default(), BytesMut::new(), Vec::new());
        for part in text.chunks(step) {
            input.extend_from_slice(part);
            chunks.read(&mut input, &mut data)?;
        }
        Ok((data, chunks.is_done(), input.to_vec()))
    }

    #[test]
    fn data_is_what_is_left_of_chunks() {
        let text = b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\nrest";
        for step in [1, 2, 7, 100] {
            assert_eq!(read(text, step), Ok((b"abc0123456789".to_vec(), true, b"rest".to_vec())), "{step}");
        }
        assert_eq!(read(b"3  \r\nabc\r\n", 4), Ok((b"abc".to_vec(), false, vec![])));
    }

    #[test]
    fn what_is_framed_badly_ends() {
        for text in [
            &b"x\r\n"[..],
            b"3\nabc\r\n",
            b"3\r\nabcd\r\n",
            b"3\r\r\nabc\r\n",
            b"\r\n",
            b"-1\r\n",
            b"FFFFFFFFFFFFFFFFF\r\n",
        ] {
            assert_eq!(read(text, 3), Err(Malformed), "{}", text.escape_ascii());
        }
        assert_eq!(read(&vec![b'1'; 5_000], 5_000), Err(Malformed));
    }

    #[test]
    fn only_fields_follow_the_last_chunk() {
        for text in [&b"0\r\n3\r\nabc\r\n\r\n"[..], b"0\r\n: x\r\n\r\n", b"0\r\na b: x\r\n\r\n", b"0\r\na: b\r\r\n\r\n"]
        {
            assert_eq!(read(text, 3), Err(Malformed), "{}", text.escape_ascii());
        }
        let fields = |count| [&b"0\r\n"[..], &b"a: b\r\n".repeat(count), b"\r\n"].concat();
        assert_eq!(read(&fields(MOST_TRAILERS), 100), Ok((vec![], true, vec![])));
        assert_eq!(read(&fields(MOST_TRAILERS + 1), 100), Err(Malformed));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_steps_come_to_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..200), step in 1usize..9) {
            let whole = read(&bytes, bytes.len().max(1)).map(|(data, done, _)| (data, done));
            let parts = read(&bytes, step).map(|(data, done, _)| (data, done));
            prop_assert_eq!(whole, parts);
        }
    }
}
