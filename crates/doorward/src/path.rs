//! One spelling of a path, or a refusal: what is matched is what is forwarded and what is logged (RFC 3986, section 6.2.2).

use std::borrow::Cow;

use memchr::memchr_iter;

/// The path of a request in its one spelling: unreserved characters decoded, all other escapes in capitals, no dot segments,
/// no empty segments but one at the end.
///
/// ```
/// use doorward::CanonicalPath;
/// assert_eq!(CanonicalPath::parse("/%61dmin/").unwrap().as_str(), "/admin/");
/// assert!(CanonicalPath::parse("/public/%2e%2e/admin").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalPath<'a> {
    text: Cow<'a, str>,
    encoded_slash: bool,
}

/// Why a path is refused rather than repaired: two readers could understand it in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// It does not begin with a slash.
    #[error("the path does not begin with a slash")]
    Relative,
    /// Two slashes beside each other.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..`, in any spelling.
    #[error("the path has a dot segment")]
    DotSegment,
    /// A `%` without two hexadecimal digits.
    #[error("the path has a `%` that encodes nothing")]
    Escape,
    /// What is left after decoding once would decode again.
    #[error("the path is encoded twice")]
    EncodedTwice,
    /// A control character, a backslash, `;`, `?`, `#`, or a byte that must be encoded.
    #[error("the path has a character that may not stand there")]
    Character,
    /// The decoded bytes are no UTF-8.
    #[error("the path is no UTF-8")]
    NotUtf8,
    /// An encoded slash or backslash, on a route that does not take one.
    #[error("the path has an encoded slash")]
    EncodedSlash,
}

impl<'a> CanonicalPath<'a> {
    /// Brings a path into its one spelling. Each escape is decoded once.
    ///
    /// # Errors
    /// When the path could be understood in two ways.
    pub fn parse(path: &'a str) -> Result<Self, PathError> {
        if !path.starts_with('/') {
            return Err(PathError::Relative);
        }
        let (text, encoded_slash) = if path.bytes().all(|byte| PLAIN[usize::from(byte)]) {
            (Cow::Borrowed(path), false)
        } else {
            let Spelled { text, encoded_slash, changed } = spell(path)?;
            (if changed { Cow::Owned(text) } else { Cow::Borrowed(path) }, encoded_slash)
        };
        check_segments(&text)?;
        if encoded_slash {
            // Whoever decodes the slash finds these segments.
            check_segments(&text.replace("%2F", "/").replace("%5C", "/"))?;
        }
        Ok(Self { text, encoded_slash })
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a segment holds an encoded slash or backslash. Only routes that say so take one.
    pub fn has_encoded_slash(&self) -> bool {
        self.encoded_slash
    }

    /// Whether it was sent in another spelling.
    pub fn is_rewritten(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

struct Spelled {
    text: String,
    encoded_slash: bool,
    changed: bool,
}

/// [`is_plain`] for each byte.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = is_plain(byte as u8);
        byte += 1;
    }
    plain
};

/// Bytes that stand for themselves and are never encoded here (RFC 3986, section 3.3), and the slash between segments.
const fn is_plain(byte: u8) -> bool {
    byte == b'/'
        || is_unreserved(byte)
        || matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=' | b':' | b'@')
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn spell(path: &str) -> Result<Spelled, PathError> {
    let mut text = String::with_capacity(path.len() + 8);
    let mut decoded = Vec::new();
    let mut encoded_slash = false;
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'%' {
            let value = escape(bytes, at)?;
            at += 3;
            decoded.push(value);
            match value {
                _ if is_unreserved(value) => text.push(char::from(value)),
                0..=0x1f | 0x7f => return Err(PathError::Character),
                _ => {
                    encoded_slash |= matches!(value, b'/' | b'\\');
                    push_escape(&mut text, value);
                }
            }
            continue;
        }
        at += 1;
        decoded.push(byte);
        match byte {
            _ if is_plain(byte) => text.push(char::from(byte)),
            // Browsers leave these as they are; encoded, no upstream reads them in another way.
            b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' | b'[' | b']' => push_escape(&mut text, byte),
            _ => return Err(PathError::Character),
        }
    }
    if std::str::from_utf8(&decoded).is_err() {
        return Err(PathError::NotUtf8);
    }
    if is_encoded_twice(&text) {
        return Err(PathError::EncodedTwice);
    }
    let changed = text != path;
    Ok(Spelled { text, encoded_slash, changed })
}

fn escape(bytes: &[u8], at: usize) -> Result<u8, PathError> {
    let digit = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
    match (digit(1), digit(2)) {
        (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
        _ => Err(PathError::Escape),
    }
}

fn push_escape(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Whether an upstream that decodes a second time would find a dot, a slash, a backslash, a NUL, or the beginning of another
/// escape. A lone `%25` before anything else is a percent sign.
fn is_encoded_twice(text: &str) -> bool {
    text.match_indices("%25").any(|(at, _)| {
        let rest = text.as_bytes().get(at + 3..at + 5).unwrap_or_default();
        let [high, low] = rest else { return false };
        let digits = (char::from(*high).to_digit(16), char::from(*low).to_digit(16));
        let (Some(high), Some(low)) = digits else { return false };
        matches!((high * 16 + low) as u8, b'.' | b'/' | b'\\' | 0 | b'%' | b';')
    })
}

fn check_segments(text: &str) -> Result<(), PathError> {
    let inner = text[1..].strip_suffix('/').unwrap_or(&text[1..]);
    // `/` alone has no segment, `//` has an empty one.
    if inner.is_empty() {
        return if text.len() == 1 { Ok(()) } else { Err(PathError::EmptySegment) };
    }
    let mut begin = 0;
    for end in memchr_iter(b'/', inner.as_bytes()).chain([inner.len()]) {
        match &inner.as_bytes()[begin..end] {
            b"" => return Err(PathError::EmptySegment),
            b"." | b".." => return Err(PathError::DotSegment),
            _ => begin = end + 1,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(path: &str) -> PathError {
        CanonicalPath::parse(path).expect_err(path)
    }

    #[test]
    fn dot_segments_are_refused_in_every_spelling() {
        for path in [
            "/public/../admin",
            "/a/./b",
            "/a/..",
            "/a/.",
            "/.",
            "/..",
            "/%2e%2e/a",
            "/.%2e/a",
            "/%2E/a",
            "/a/%2E%2E/",
            "/a/../",
        ] {
            assert_eq!(refused(path), PathError::DotSegment, "{path}");
        }
        for path in ["/.well-known/x", "/...", "/a..b", "/..a", "/.a"] {
            assert_eq!(CanonicalPath::parse(path).expect(path).as_str(), path);
        }
    }

    #[test]
    fn empty_segments_are_never_merged() {
        for path in ["//", "//admin", "/a//b", "///", "/a//"] {
            assert_eq!(refused(path), PathError::EmptySegment, "{path}");
        }
        assert_eq!(CanonicalPath::parse("/a/").expect("a path").as_str(), "/a/");
        assert_eq!(CanonicalPath::parse("/").expect("a path").as_str(), "/");
    }

    #[test]
    fn what_would_decode_again_is_refused() {
        for path in ["/%252e%252e%252f", "/%25%32%65", "/a%255cb", "/%2500", "/%252e", "/%25252e", "/a%253b"] {
            assert_eq!(refused(path), PathError::EncodedTwice, "{path}");
        }
        assert_eq!(CanonicalPath::parse("/100%25").expect("a path").as_str(), "/100%25");
        assert_eq!(CanonicalPath::parse("/100%25ok").expect("a path").as_str(), "/100%25ok");
    }

    #[test]
    fn bytes_that_readers_disagree_about_are_refused() {
        for path in ["/a\\b", "/a;b", "/a;", "/a?b", "/a#b", "/\u{e9}", "/a b", "/%00", "/%0a", "/%7f", "/a\tb"] {
            assert_eq!(refused(path), PathError::Character, "{path}");
        }
        for path in ["/%", "/%z1", "/%1", "/a%zz"] {
            assert_eq!(refused(path), PathError::Escape, "{path}");
        }
        for path in ["/%ff", "/%c0%af", "/%e2%82", "/%ed%a0%80"] {
            assert_eq!(refused(path), PathError::NotUtf8, "{path}");
        }
        assert_eq!(refused("a"), PathError::Relative);
        assert_eq!(refused(""), PathError::Relative);
        assert_eq!(refused("*"), PathError::Relative);
    }

    #[test]
    fn an_encoded_slash_is_kept_and_noticed() {
        for (path, spelled) in [("/a%2fb", "/a%2Fb"), ("/a%5Cb", "/a%5Cb")] {
            let path = CanonicalPath::parse(path).expect(path);
            assert!(path.has_encoded_slash());
            assert_eq!(path.as_str(), spelled);
        }
    }

    #[test]
    fn an_encoded_slash_hides_no_dots_and_no_empty_segments() {
        for path in ["/s/..%2f..%2fpub", "/a%2f..%2fb", "/a%5C..%5cb", "/a%2f.", "/%2e%2e%2fa"] {
            assert_eq!(refused(path), PathError::DotSegment, "{path}");
        }
        for path in ["/s/%2f%2fevil", "/%2fevil", "/a%2f%2f", "/a/%2f"] {
            assert_eq!(refused(path), PathError::EmptySegment, "{path}");
        }
    }

    #[test]
    fn unreserved_characters_have_one_spelling_and_reserved_ones_keep_theirs() {
        for (path, spelled) in [
            ("/%61dmin", "/admin"),
            ("/%7ea", "/~a"),
            ("/a%3ab", "/a%3Ab"),
            ("/a:b", "/a:b"),
            ("/%c3%ab", "/%C3%AB"),
            ("/a|b", "/a%7Cb"),
            ("/%23%3f", "/%23%3F"),
            ("/a%3Bb", "/a%3Bb"),
        ] {
            assert_eq!(CanonicalPath::parse(path).expect(path).as_str(), spelled);
        }
    }

    proptest! {
        #[test]
        fn spelling_a_spelled_path_changes_nothing(path in "/[ -~]{0,40}") {
            if let Ok(first) = CanonicalPath::parse(&path) {
                let second = CanonicalPath::parse(first.as_str());
                prop_assert_eq!(second.as_ref().map(CanonicalPath::as_str), Ok(first.as_str()));
                prop_assert!(!second.expect("a path").is_rewritten());
            }
        }

        #[test]
        fn an_accepted_path_decodes_to_what_was_meant(path in "(/[a-z%0-9.]{1,6}){1,4}") {
            if let Ok(spelled) = CanonicalPath::parse(&path) {
                let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
                prop_assert_eq!(decode(spelled.as_str()), decode(&path));
                prop_assert!(decode(spelled.as_str()).split(|byte| *byte == b'/').all(|part| part != b"." && part != b".."));
            }
        }
    }
}
