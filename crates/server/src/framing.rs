//! What is refused in the head of a request, although it can be parsed, before anybody asks who sent it.

use http::header::{self, HeaderMap};
use http::request::Parts;
use http::{Method, Version};

use crate::fault::Fault;
use crate::headers::{is_loop, is_protected, tokens};

/// How large a head may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    /// The target, in bytes.
    pub(crate) target: usize,
    /// All header lines together, in bytes.
    pub(crate) headers: usize,
    /// The number of header lines.
    pub(crate) fields: usize,
}

/// Checks the head of a request; `has_body` as the framing says.
pub(crate) fn check(parts: &Parts, has_body: bool, limits: HeadLimits, pseudonym: &str) -> Result<(), Fault> {
    if matches!(parts.method.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return Err(Fault::MethodRefused);
    }
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.target {
        return Err(Fault::TargetTooLong);
    }
    let headers = &parts.headers;
    if headers.len() > limits.fields || size(headers) > limits.headers {
        return Err(Fault::HeadTooLarge);
    }
    check_length(parts)?;
    check_expectation(parts)?;
    if has_body && has_none(&parts.method) {
        return Err(Fault::BodyNotExpected);
    }
    if headers.contains_key(header::UPGRADE) && frames_a_body(headers) {
        return Err(Fault::UpgradeWithBody);
    }
    if nominates_protected(headers) {
        return Err(Fault::ProtectedNomination);
    }
    if headers.contains_key(header::VIA) && is_loop(headers, pseudonym) {
        return Err(Fault::Loop);
    }
    Ok(())
}

/// Whether no request with this method has a body.
pub(crate) fn has_none(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// What the lines would take on the wire: name, colon, space, value, line end.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// The parser's neighbour has refused all of this on HTTP/1; here it holds for whatever comes otherwise.
fn check_length(parts: &Parts) -> Result<(), Fault> {
    let mut lengths = parts.headers.get_all(header::CONTENT_LENGTH).iter();
    let length = lengths.next();
    let is_digits = |value: &header::HeaderValue| !value.is_empty() && value.as_bytes().iter().all(u8::is_ascii_digit);
    if lengths.next().is_some() || !length.is_none_or(is_digits) {
        return Err(Fault::Malformed);
    }
    let mut encodings = parts.headers.get_all(header::TRANSFER_ENCODING).iter();
    match (encodings.next(), encodings.next()) {
        (None, _) => Ok(()),
        (Some(encoding), None)
            if parts.version == Version::HTTP_11
                && length.is_none()
                && encoding.as_bytes().eq_ignore_ascii_case(b"chunked") =>
        {
            Ok(())
        }
        _ => Err(Fault::Malformed),
    }
}

/// RFC 9110 section 10.1.1: the one expectation there is; an old client's is not read.
fn check_expectation(parts: &Parts) -> Result<(), Fault> {
    if parts.version < Version::HTTP_11 || !parts.headers.contains_key(header::EXPECT) {
        return Ok(());
    }
    let known = tokens(&parts.headers, &header::EXPECT).all(|token| token.eq_ignore_ascii_case(b"100-continue"));
    if known { Ok(()) } else { Err(Fault::UnknownExpectation) }
}

fn frames_a_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING)
}

fn nominates_protected(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONNECTION)
        && tokens(headers, &header::CONNECTION).any(|token| {
            let plain: String = token
                .iter()
                .map(|byte| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase().into() } else { '-' })
                .collect();
            is_protected(&plain)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_lines(method: &str, version: Version, lines: &[(&str, &str)], has_body: bool) -> Result<(), Fault> {
        let mut request = http::Request::builder().method(method).uri("/a").version(version);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let limits = HeadLimits { target: 64, headers: 256, fields: 8 };
        check(&request.body(()).expect("a request").into_parts().0, has_body, limits, "doorward-1")
    }

    fn get(lines: &[(&str, &str)]) -> Result<(), Fault> {
        check_lines("GET", Version::HTTP_11, lines, false)
    }

    #[test]
    fn ordinary_requests_pass() {
        assert_eq!(get(&[("Host", "a"), ("Connection", "keep-alive")]), Ok(()));
        assert_eq!(get(&[("Content-Length", "0")]), Ok(()));
        assert_eq!(get(&[("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")]), Ok(()));
        let post = |lines| check_lines("POST", Version::HTTP_11, lines, true);
        assert_eq!(post(&[("Transfer-Encoding", "chunked"), ("Expect", "100-Continue")]), Ok(()));
        assert_eq!(check_lines("DELETE", Version::HTTP_11, &[("Content-Length", "2")], true), Ok(()));
    }

    #[test]
    fn ambiguous_framing_is_malformed() {
        for lines in [
            &[("Content-Length", "5"), ("Transfer-Encoding", "chunked")][..],
            &[("Content-Length", "5"), ("Content-Length", "5")],
            &[("Content-Length", "+5")],
            &[("Transfer-Encoding", "identity, chunked")],
            &[("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        ] {
            assert_eq!(check_lines("POST", Version::HTTP_11, lines, true), Err(Fault::Malformed), "{lines:?}");
        }
        let old = check_lines("POST", Version::HTTP_10, &[("Transfer-Encoding", "chunked")], true);
        assert_eq!(old, Err(Fault::Malformed));
    }

    #[test]
    fn a_body_where_none_is_expected_is_refused() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let result = check_lines(method, Version::HTTP_11, &[("Content-Length", "2")], true);
            assert_eq!(result, Err(Fault::BodyNotExpected), "{method}");
        }
    }

    #[test]
    fn unknown_expectations_fail_and_old_ones_are_not_read() {
        assert_eq!(get(&[("Expect", "200-ok")]), Err(Fault::UnknownExpectation));
        assert_eq!(check_lines("GET", Version::HTTP_10, &[("Expect", "200-ok")], false), Ok(()));
    }

    #[test]
    fn a_protected_header_cannot_be_nominated() {
        for name in [
            "Cookie",
            "Authorization",
            "Origin",
            "Host",
            "Content-Length",
            "X-CSRF",
            "Sec-Fetch-Site",
            "X-Doorward-User",
            "x_doorward_user",
            "X-Forwarded-For",
        ] {
            let line = format!("close, {name}");
            assert_eq!(get(&[("Connection", &line)]), Err(Fault::ProtectedNomination), "{name}");
        }
    }

    #[test]
    fn methods_that_would_tunnel_or_echo_are_refused() {
        for method in ["CONNECT", "TRACE", "TRACK"] {
            assert_eq!(check_lines(method, Version::HTTP_11, &[], false), Err(Fault::MethodRefused), "{method}");
        }
    }

    #[test]
    fn an_upgrade_has_no_body() {
        let lines = [("Upgrade", "websocket"), ("Content-Length", "0")];
        assert_eq!(get(&lines), Err(Fault::UpgradeWithBody));
    }

    #[test]
    fn a_head_is_as_large_as_allowed_and_no_larger() {
        let fits = "x".repeat(256 - "x: \r\n".len());
        assert_eq!(get(&[("X", &fits)]), Ok(()));
        assert_eq!(get(&[("X", &format!("{fits}x"))]), Err(Fault::HeadTooLarge));
        assert_eq!(get(&[("A", ""); 8]), Ok(()));
        assert_eq!(get(&[("A", ""); 9]), Err(Fault::HeadTooLarge));
    }

    #[test]
    fn a_request_that_was_here_before_is_a_loop() {
        assert_eq!(get(&[("Via", "1.1 doorward-1")]), Err(Fault::Loop));
    }
}
