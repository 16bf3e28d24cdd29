//! Cookies: what is found is what a reader of RFC 6265bis finds, and what goes on holds none of ours.

#![no_main]

use doorward::cookie::{Found, Stripped, find, strip};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

const NAME: &str = "__Host-doorward-a";

fn is_own(name: &str) -> bool {
    name == "__host-doorward-a" || name == "doorward-a"
}

/// All values under a name, read as simply as can be: those of cookies with this name, and those of cookies without a name
/// that look as if they had it.
fn values(lines: &[HeaderValue], name: &str) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let joined = lines.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>().join(&b';');
    let (mut found, mut planted) = (Vec::new(), Vec::new());
    for pair in joined.split(|byte| *byte == b';') {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        let begin = pair.iter().position(|byte| !is_space(byte)).unwrap_or(pair.len());
        let end = pair.iter().rposition(|byte| !is_space(byte)).map_or(begin, |at| at + 1);
        let mut pair = &pair[begin..end.max(begin)];
        // A browser sends a cookie without a name as `=value`.
        let list = if pair.first() == Some(&b'=') {
            pair = &pair[1..];
            &mut planted
        } else {
            &mut found
        };
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
        if &pair[..equals] == name.as_bytes() {
            list.push(pair[equals + 1..].to_vec());
        }
    }
    (found, planted)
}

fuzz_target!(|bytes: &[u8]| {
    let lines: Vec<HeaderValue> =
        bytes.split(|byte| *byte == b'\n').take(8).filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    let headers: HeaderMap = lines.iter().map(|line| (http::header::COOKIE, line.clone())).collect();

    let (ours, planted) = values(&lines, NAME);
    match find(&headers, NAME) {
        // A cookie without a name is nobody's.
        Found::None => assert!(ours.is_empty()),
        Found::One(value) => {
            assert!(!ours.is_empty() && ours.iter().chain(&planted).all(|other| other == value.as_bytes()));
        }
        Found::Ambiguous => {
            let differ = ours.iter().chain(&planted).any(|value| *value != ours[0]);
            assert!(differ || ours.iter().any(|value| std::str::from_utf8(value).is_err()));
        }
    }

    let left: HeaderMap = match strip(&headers, &is_own) {
        None => headers.clone(),
        Some(Stripped::Nothing) => HeaderMap::new(),
        Some(Stripped::Value(value)) => [(http::header::COOKIE, value)].into_iter().collect(),
    };
    // None of ours goes on, in whatever case.
    for name in [NAME, "doorward-a", "Doorward-A", "__HOST-DOORWARD-A"] {
        assert_eq!(find(&left, name), Found::None, "{left:?}");
    }
    // What goes on was sent, in this order.
    let pairs = |headers: &HeaderMap| -> Vec<Vec<u8>> {
        let lines = headers.get_all(http::header::COOKIE).iter();
        lines
            .flat_map(|line| {
                line.as_bytes().split(|byte| *byte == b';').map(|pair| pair.trim_ascii().to_vec()).collect::<Vec<_>>()
            })
            .collect()
    };
    let sent = pairs(&headers);
    let mut sent = sent.iter();
    for pair in pairs(&left) {
        assert!(sent.any(|other| *other == pair), "{}", pair.escape_ascii());
    }
    // Taking ours out again takes out nothing more.
    match strip(&left, &is_own) {
        None => {}
        Some(Stripped::Nothing) => assert!(left.is_empty()),
        Some(Stripped::Value(value)) => assert_eq!(Some(&value), left.get(http::header::COOKIE)),
    }
});
