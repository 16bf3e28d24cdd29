//! The head of an upstream's answer, and how long what follows it is (RFC 9112, section 6.3).

use bytes::{Buf as _, BytesMut};
use doorward::Fields as _;
use http::header;
use http::{Method, StatusCode};

use super::chunks::Chunks;
use super::lines::Lines;
use crate::forward::check_framing;
use crate::headers::tokens;
use crate::upstream::LARGEST_HEAD;

/// The most lines in the head of an answer.
const MOST_FIELDS: usize = 100;

/// What every answer begins with.
const BEGINNING: &[u8] = b"HTTP/1.";

/// A head.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) lines: Lines,
    pub(crate) body: Framing,
    /// Whether the connection can serve again.
    pub(crate) keeps: bool,
}

/// What follows a head.
#[derive(Debug)]
pub(crate) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked(Chunks),
    /// All that comes until the connection ends.
    UntilClose,
}

/// Takes a head from what has come. `None` while it is incomplete. Those of interim answers are passed over.
pub(crate) fn take(input: &mut BytesMut, method: &Method) -> Result<Option<Answer>, &'static str> {
    loop {
        let begun = input.len().min(BEGINNING.len());
        if input[..begun] != BEGINNING[..begun] {
            return Err("it is none of HTTP/1");
        }
        let Some((answer, end)) = read(input, method)? else {
            return if input.len() > LARGEST_HEAD { Err("its head is too large") } else { Ok(None) };
        };
        input.advance(end);
        if !answer.status.is_informational() {
            return Ok(Some(answer));
        }
    }
}

/// A head, and how long it is. `None` while it is incomplete.
fn read(head: &[u8], method: &Method) -> Result<Option<(Answer, usize)>, &'static str> {
    let mut fields = [const { std::mem::MaybeUninit::uninit() }; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    let parsed = config.parse_response_with_uninit_headers(&mut response, head, &mut fields);
    let (end, version, code) = match (parsed, response.version, response.code) {
        (Ok(httparse::Status::Complete(end)), Some(version), Some(code)) => (end, version, code),
        (Ok(httparse::Status::Partial), ..) => return Ok(None),
        _ => return Err("its head cannot be read"),
    };
    let status = StatusCode::from_u16(code).map_err(|_| "its status is none")?;
    let lines = Lines::parsed(&head[..end], response.headers);
    check_framing(status, &lines)?;
    let body = framing(status, &lines, version, method)?;
    let closes = version == 0 || tokens(&lines, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case(b"close"));
    // A 204 has no length (RFC 9112, section 6.1). Of one that states it nobody knows what follows.
    let is_odd = status == StatusCode::NO_CONTENT
        && (lines.has(&header::TRANSFER_ENCODING)
            || lines.values(&header::CONTENT_LENGTH).any(|length| length != b"0"));
    let keeps = !closes && !is_odd && !matches!(body, Framing::UntilClose);
    Ok(Some((Answer { status, lines, body, keeps }, end)))
}

fn framing(status: StatusCode, lines: &Lines, version: u8, method: &Method) -> Result<Framing, &'static str> {
    let length = lines.values(&header::CONTENT_LENGTH).next().map(decimal);
    let length = length.map(|length| length.ok_or("its length is none")).transpose()?;
    let is_chunked = lines.has(&header::TRANSFER_ENCODING);
    if is_chunked && version == 0 {
        return Err("its framing is ambiguous");
    }
    let has_none = status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    Ok(match (is_chunked, length) {
        _ if has_none || *method == Method::HEAD => Framing::Length(0),
        (true, _) => Framing::Chunked(Chunks::default()),
        (false, Some(length)) => Framing::Length(length),
        (false, None) => Framing::UntilClose,
    })
}

fn decimal(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.len() <= 18 && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| text.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &str, method: &Method) -> Result<Option<(u16, String, bool, String)>, &'static str> {
        let mut input = BytesMut::from(text);
        let answer = super::take(&mut input, method)?;
        let left = String::from_utf8_lossy(&input).into_owned();
        Ok(answer.map(|answer| (answer.status.as_u16(), format!("{:?}", answer.body), answer.keeps, left)))
    }

    fn get(text: &str) -> Result<Option<(u16, String, bool, String)>, &'static str> {
        take(text, &Method::GET)
    }

    #[test]
    fn the_length_of_an_answer_follows_from_its_head() {
        let is = |status, body: &str, keeps, left: &str| Ok(Some((status, body.to_owned(), keeps, left.to_owned())));
        assert_eq!(get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), is(200, "Length(3)", true, "abc"));
        assert_eq!(get("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"), is(200, "Length(3)", true, "abc"));
        assert_eq!(get("HTTP/1.1 204 None\r\n\r\n"), is(204, "Length(0)", true, ""));
        assert_eq!(get("HTTP/1.1 304 \r\nContent-Length: 3\r\n\r\n"), is(304, "Length(0)", true, ""));
        assert_eq!(get("HTTP/1.1 200 OK\r\n\r\nabc"), is(200, "UntilClose", false, "abc"));
        assert_eq!(get("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n"), is(200, "Length(1)", false, ""));
        let close = "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(get(close), is(200, "Length(0)", false, ""));
        let interim = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(get(interim), is(200, "Length(0)", true, ""));
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        assert_eq!(take(head, &Method::HEAD), is(200, "Length(0)", true, ""));
        assert_eq!(get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"), Ok(None));
    }

    #[test]
    fn what_can_be_understood_in_two_ways_is_no_answer() {
        for head in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n",
            "HTTP/2 200\r\n\r\n",
            "nothing\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "\r\nHTTP/1.1 200 OK\r\n\r\n",
        ] {
            assert!(get(head).is_err(), "{}", head.escape_debug());
        }
        assert!(get(&format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(LARGEST_HEAD))).is_err());
    }
}
