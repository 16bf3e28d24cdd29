//! `Authorization`: one strict decoder, so that no two texts are the same credentials.

#![no_main]

use doorward::basic::{Authorization, authorization, decode};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 as RFC 4648 writes it.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, place| bits << 8 | u32::from(part.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= part.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.split(|byte| *byte == b'\n').take(3).filter_map(|line| HeaderValue::from_bytes(line).ok());
    let headers: HeaderMap = lines.map(|line| (http::header::AUTHORIZATION, line)).collect();
    let count = headers.len();
    let first = headers.get(http::header::AUTHORIZATION).and_then(|line| line.to_str().ok());
    match authorization(&headers) {
        Authorization::Absent => assert_eq!(count, 0),
        Authorization::Duplicate => assert!(count > 1 || first.is_some_and(|text| text.contains(','))),
        Authorization::Malformed => assert_eq!(count, 1),
        Authorization::Other(scheme) => {
            assert_eq!(count, 1);
            assert!(!scheme.eq_ignore_ascii_case("basic") && !scheme.is_empty() && !scheme.contains([' ', ',']));
        }
        Authorization::Basic(encoded) => {
            assert_eq!(count, 1);
            let text = first.expect("text");
            assert!(text[..6].eq_ignore_ascii_case("basic ") && text.ends_with(encoded));
            assert!(!encoded.is_empty() && !encoded.starts_with(' ') && !encoded.contains(','));
        }
    }

    // Whatever can be decoded is exactly what encoding it again gives.
    for encoded in [std::str::from_utf8(bytes).unwrap_or_default(), &encode(bytes)] {
        let Ok(credentials) = decode(encoded) else { continue };
        let (login, password) = (credentials.login(), credentials.password());
        assert!(!login.is_empty() && !login.contains(':') && !password.is_empty());
        assert!(!login.chars().any(char::is_control));
        assert!(!std::str::from_utf8(password).expect("UTF-8").chars().any(char::is_control));
        assert_eq!(encode(&[login.as_bytes(), b":", password].concat()), encoded);
    }
});
