//! Heads as bytes: one buffer, sent at once with what follows it.

use std::cell::RefCell;
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use doorward::Fields;
use http::header::{self, HeaderValue};
use http::{Method, StatusCode, Uri};

/// Room for an ordinary head.
const HEAD: usize = 1 << 10;

/// A request as HTTP/1.1 writes it.
pub(crate) fn request(method: &Method, uri: &Uri, fields: &impl Fields, body: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + body.map_or(0, <[u8]>::len));
    bytes.extend_from_slice(method.as_str().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(uri.path_and_query().map_or("/", |target| target.as_str()).as_bytes());
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    fields.write_to(&mut bytes);
    if let Some(body) = body
        && !fields.has(&header::CONTENT_LENGTH)
    {
        let _ = write!(bytes, "content-length: {}\r\n", body.len());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.unwrap_or_default());
    bytes
}

/// How a head says where the body of a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// There is none, whatever the head says of its length.
    None,
    /// The head states its length.
    Stated,
    /// So many bytes, which the head does not state yet.
    Length(u64),
    /// In chunks.
    Chunked,
}

impl Body {
    /// What the head of this answer to a request with this method says, where it would say `whole` of a whole one.
    pub(super) fn of(method: &Method, status: StatusCode, whole: Self) -> Self {
        let has_none = status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        // An answer to HEAD has the length that one to GET would have, and no body (RFC 9110, section 9.3.2).
        let is_unknown = *method == Method::HEAD && whole == Self::Chunked;
        if has_none || is_unknown { Self::None } else { whole }
    }
}

/// The head of a response.
pub(super) fn response(status: StatusCode, fields: &mut impl Fields, body: Body, closes: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD);
    bytes.extend_from_slice(b"HTTP/1.1 ");
    bytes.extend_from_slice(status.as_str().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    bytes.extend_from_slice(b"\r\n");
    // RFC 9110, section 8.6.
    if status == StatusCode::NO_CONTENT || body == Body::Chunked {
        fields.remove(&header::CONTENT_LENGTH);
    }
    fields.write_to(&mut bytes);
    match body {
        Body::Chunked => bytes.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Body::Length(length) => {
            let _ = write!(bytes, "content-length: {length}\r\n");
        }
        Body::None | Body::Stated => {}
    }
    if closes {
        bytes.extend_from_slice(b"connection: close\r\n");
    }
    // RFC 9110, section 6.6.1.
    if !fields.has(&header::DATE) {
        bytes.extend_from_slice(b"date: ");
        bytes.extend_from_slice(date().as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// One chunk.
pub(super) fn chunk(bytes: &mut Vec<u8>, data: &[u8]) {
    if !data.is_empty() {
        let _ = write!(bytes, "{:X}\r\n", data.len());
        bytes.extend_from_slice(data);
        bytes.extend_from_slice(b"\r\n");
    }
}

/// After the last chunk.
pub(super) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// What time it is, written once a second.
fn date() -> HeaderValue {
    thread_local! {
        static WRITTEN: RefCell<(i64, HeaderValue)> = const { RefCell::new((0, HeaderValue::from_static(""))) };
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
    WRITTEN.with_borrow_mut(|(second, text)| {
        if *second != now {
            let time = jiff::Timestamp::from_second(now).unwrap_or_default();
            let written = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time);
            *text = written.ok().and_then(|text| text.try_into().ok()).unwrap_or(HeaderValue::from_static(""));
            *second = now;
        }
        text.clone()
    })
}

#[cfg(test)]
mod tests {
    use http::header::HeaderMap;
    use http::request::Parts;

    use super::*;

    fn request(parts: &Parts, body: Option<&[u8]>) -> Vec<u8> {
        super::request(&parts.method, &parts.uri, &parts.headers, body)
    }

    fn head(status: u16, lines: &[(&'static str, &'static str)], body: Body, closes: bool) -> String {
        let status = StatusCode::from_u16(status).expect("a status");
        let mut headers: HeaderMap = lines
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
            .collect();
        headers.insert(header::DATE, HeaderValue::from_static("now"));
        String::from_utf8(response(status, &mut headers, body, closes)).expect("text")
    }

    #[test]
    fn a_head_says_how_long_what_follows_is() {
        let chunked = head(200, &[("content-length", "5")], Body::Chunked, false);
        assert_eq!(chunked, "HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n");
        let closing = head(404, &[], Body::Length(3), true);
        assert_eq!(closing, "HTTP/1.1 404 Not Found\r\ndate: now\r\ncontent-length: 3\r\nconnection: close\r\n\r\n");
        assert_eq!(
            head(204, &[("content-length", "0")], Body::None, false),
            "HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n"
        );
        assert_eq!(head(299, &[], Body::None, false), "HTTP/1.1 299 \r\ndate: now\r\n\r\n");
    }

    #[test]
    fn a_request_states_the_length_of_its_body() {
        let mut parts = http::Request::post("/a?b").body(()).expect("a request").into_parts().0;
        assert_eq!(request(&parts, Some(b"xyz")), b"POST /a?b HTTP/1.1\r\ncontent-length: 3\r\n\r\nxyz");
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(3));
        assert_eq!(request(&parts, Some(b"xyz")), b"POST /a?b HTTP/1.1\r\ncontent-length: 3\r\n\r\nxyz");
        assert_eq!(request(&http::Request::new(()).into_parts().0, None), b"GET / HTTP/1.1\r\n\r\n");
    }

    #[test]
    fn a_date_is_one() {
        let text = date();
        assert_eq!(text.len(), "Sun, 06 Nov 1994 08:49:37 GMT".len());
        assert!(text.to_str().expect("text").ends_with(" GMT"));
    }
}
