//! The path of a route: literal segments, `:name`, and `*rest` at the end.

use std::fmt;

/// One segment of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// This very text, in the one spelling that paths have.
    Literal(Box<str>),
    /// `:name`: any one segment.
    Parameter(Box<str>),
    /// `*name`: one or more segments, up to the end.
    Rest(Box<str>),
}

/// The path of a route.
///
/// ```
/// use doorward::policy::Pattern;
/// let pattern = Pattern::parse("/orders/:id/*rest").unwrap();
/// assert_eq!(pattern.to_string(), "/orders/:id/*rest");
/// assert!(Pattern::parse("/orders/../users").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Box<[Segment]>);

/// Why a text is no [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// No `/` at the beginning.
    #[error("a path begins with `/`")]
    Relative,
    /// Two slashes beside each other.
    #[error("a path has no empty segment")]
    EmptySegment,
    /// `.` or `..`, in any spelling.
    #[error("a path has no `.` and no `..`")]
    DotSegment,
    /// `?`, `#`, `\`, a control character, an encoded slash, or a `%` that encodes nothing.
    #[error("`{0}` cannot stand in a path")]
    Character(String),
    /// `:` or `*` without a proper name.
    #[error("`{0}` needs a name of letters, digits, `_` and `-` that begins with a letter or `_`")]
    Unnamed(String),
    /// The same name twice.
    #[error("two parameters are named `{0}`")]
    NamedTwice(String),
    /// Something after `*rest`.
    #[error("`*{0}` takes the rest of the path, and so stands at its end")]
    AfterRest(String),
    /// More segments than a path may have.
    #[error("a path has at most {MOST_SEGMENTS} segments")]
    TooLong,
}

/// Matching goes down one level a segment, so that the depth of rules is bounded.
const MOST_SEGMENTS: usize = 64;

impl Pattern {
    /// Reads a path. One slash at the end says nothing, as in requests.
    ///
    /// # Errors
    /// When no request's path could match it, or its parameters are not well named.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let mut segments: Vec<Segment> = Vec::new();
        for text in split(text)? {
            if let Some(Segment::Rest(name)) = segments.last() {
                return Err(InvalidPattern::AfterRest(name.to_string()));
            }
            let segment = match text.as_bytes().first() {
                Some(b':') => Segment::Parameter(name(text)?),
                Some(b'*') => Segment::Rest(name(text)?),
                _ => Segment::Literal(canonical(text)?.into()),
            };
            if let Some(name) = segment.name().filter(|name| segments.iter().any(|s| s.name() == Some(name))) {
                return Err(InvalidPattern::NamedTwice(name.into()));
            }
            segments.push(segment);
        }
        if segments.len() > MOST_SEGMENTS { Err(InvalidPattern::TooLong) } else { Ok(Self(segments.into())) }
    }

    /// The segments in order.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The names of `:name` and `*rest`, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Segment::name)
    }

    /// The parameter of this name.
    pub(crate) fn segment(&self, wanted: &str) -> Option<&Segment> {
        self.0.iter().find(|segment| segment.name() == Some(wanted))
    }

    /// What a parameter holds in a canonical path that this pattern matches: still encoded; for `*rest` with its slashes.
    pub fn parameter<'p>(&self, wanted: &str, path: &'p str) -> Option<&'p str> {
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        for segment in &self.0 {
            let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
            match segment {
                Segment::Parameter(name) if **name == *wanted => return Some(first),
                Segment::Rest(name) if **name == *wanted => return Some(rest.strip_suffix('/').unwrap_or(rest)),
                _ => rest = after,
            }
        }
        None
    }

    /// Whether some path matches both patterns.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            match (left.next(), right.next()) {
                (None, None) => return true,
                (None, _) | (_, None) => return false,
                // Each of them takes one segment at least, and the other one has one: nothing can keep them apart.
                (Some(Segment::Rest(_)), Some(_)) | (Some(_), Some(Segment::Rest(_))) => return true,
                (Some(Segment::Literal(one)), Some(Segment::Literal(two))) if one != two => return false,
                _ => {}
            }
        }
    }

    /// Whether every path of `other` matches this pattern too.
    pub fn covers(&self, other: &Self) -> bool {
        let (mut wide, mut narrow) = (self.0.iter(), other.0.iter());
        loop {
            match (wide.next(), narrow.next()) {
                (None, None) | (Some(Segment::Rest(_)), Some(_)) => return true,
                (Some(Segment::Parameter(_)), Some(Segment::Literal(_) | Segment::Parameter(_))) => {}
                (Some(Segment::Literal(one)), Some(Segment::Literal(two))) if one == two => {}
                _ => return false,
            }
        }
    }

    /// How long the beginning is that consists of literal segments.
    pub fn literal_length(&self) -> usize {
        self.0.iter().take_while(|segment| matches!(segment, Segment::Literal(_))).count()
    }

    /// Whether it ends with `*rest`.
    pub fn has_rest(&self) -> bool {
        matches!(self.0.last(), Some(Segment::Rest(_)))
    }
}

impl Segment {
    /// The name of a parameter.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Rest(name) => Some(name),
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Parameter(name) => write!(f, ":{name}"),
            Self::Rest(name) => write!(f, "*{name}"),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            write!(f, "/{segment}")?;
        }
        if self.0.is_empty() { f.write_str("/") } else { Ok(()) }
    }
}

/// A path of literal segments alone in its one spelling, without a slash at the end: `/auth`, and nothing for `/`.
///
/// # Errors
/// When it is no such path.
pub(crate) fn literal_path(text: &str) -> Result<String, InvalidPattern> {
    let pattern = Pattern::parse(text)?;
    match pattern.parameters().next() {
        Some(name) => Err(InvalidPattern::Character(format!(":{name}"))),
        None if pattern.0.is_empty() => Ok(String::new()),
        None => Ok(pattern.to_string()),
    }
}

fn split(text: &str) -> Result<Vec<&str>, InvalidPattern> {
    let rest = text.strip_prefix('/').ok_or(InvalidPattern::Relative)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if text == "/" {
        return Ok(Vec::new());
    }
    let segments: Vec<&str> = rest.split('/').collect();
    if segments.contains(&"") { Err(InvalidPattern::EmptySegment) } else { Ok(segments) }
}

fn name(segment: &str) -> Result<Box<str>, InvalidPattern> {
    let name = &segment[1..];
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if begins && goes_on { Ok(name.into()) } else { Err(InvalidPattern::Unnamed(segment.into())) }
}

/// The one spelling of a literal segment. People may write it in Unicode.
fn canonical(segment: &str) -> Result<String, InvalidPattern> {
    let mut spelled = String::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let decoded = if byte == b'%' { escape(&mut bytes, segment)? } else { byte };
        match decoded {
            b'-' | b'.' | b'_' | b'~' => spelled.push(char::from(decoded)),
            _ if decoded.is_ascii_alphanumeric() => spelled.push(char::from(decoded)),
            b'/' | b'\\' | b'\0'..=b' ' | 0x7f => return Err(InvalidPattern::Character(segment.into())),
            b'?' | b'#' | b';' if byte != b'%' => return Err(InvalidPattern::Character(segment.into())),
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=' | b':' | b'@' if byte != b'%' => {
                spelled.push(char::from(decoded));
            }
            _ => spelled.push_str(&format!("%{decoded:02X}")),
        }
    }
    if matches!(&*spelled, "." | "..") { Err(InvalidPattern::DotSegment) } else { Ok(spelled) }
}

fn escape(bytes: &mut std::str::Bytes<'_>, segment: &str) -> Result<u8, InvalidPattern> {
    let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
    match (digit(), digit()) {
        (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
        _ => Err(InvalidPattern::Character(segment.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_no_request_can_have_is_refused() {
        let refused = |text: &str| Pattern::parse(text).expect_err(text);
        assert_eq!(refused("orders"), InvalidPattern::Relative);
        assert_eq!(refused(""), InvalidPattern::Relative);
        for text in ["//", "/a//b", "//a", "/a//"] {
            assert_eq!(refused(text), InvalidPattern::EmptySegment, "{text}");
        }
        for text in ["/a/../b", "/.", "/%2e%2E/b", "/a/.%2e"] {
            assert_eq!(refused(text), InvalidPattern::DotSegment, "{text}");
        }
        for text in ["/a?b", "/a#b", "/a\\b", "/a%2fb", "/a b", "/%", "/%zz", "/%00", "/a;b"] {
            assert!(matches!(refused(text), InvalidPattern::Character(_)), "{text}");
        }
    }

    #[test]
    fn parameters_are_named_once_and_the_rest_is_last() {
        for text in ["/:", "/*", "/:1a", "/::a", "/:a.b", "/*a*"] {
            assert!(matches!(Pattern::parse(text), Err(InvalidPattern::Unnamed(_))), "{text}");
        }
        assert_eq!(Pattern::parse("/:a/:a"), Err(InvalidPattern::NamedTwice("a".into())));
        assert_eq!(Pattern::parse("/*a/b"), Err(InvalidPattern::AfterRest("a".into())));
    }

    #[test]
    fn a_literal_has_one_spelling() {
        let spelled = |text: &str| Pattern::parse(text).expect(text).to_string();
        assert_eq!(spelled("/%61dmin/"), "/admin");
        assert_eq!(spelled("/zo\u{eb}/%c3%ab"), "/zo%C3%AB/%C3%AB");
        assert_eq!(spelled("/a:b@c/(d)"), "/a:b@c/(d)");
        assert_eq!(spelled("/"), "/");
    }

    #[test]
    fn a_parameter_is_a_slice_of_the_path() {
        let pattern = Pattern::parse("/a/:id/x/*rest").expect("a pattern");
        let path = "/a/7%20b/x/1/2/";
        assert_eq!(pattern.parameter("id", path), Some("7%20b"));
        assert_eq!(pattern.parameter("rest", path), Some("1/2"));
        assert_eq!(pattern.parameter("other", path), None);
    }

    #[test]
    fn overlap_and_cover_follow_the_segments() {
        let pattern = |text: &str| Pattern::parse(text).expect(text);
        for (one, two, overlaps, covers) in [
            ("/a/:x", "/a/b", true, true),
            ("/a/b", "/a/:x", true, false),
            ("/:x/b", "/a/:y", true, false),
            ("/*all", "/", false, false),
            ("/*all", "/a/b", true, true),
            ("/a/*all", "/a", false, false),
            ("/a", "/b", false, false),
            ("/:x/*all", "/*all", true, false),
        ] {
            assert_eq!(pattern(one).overlaps(&pattern(two)), overlaps, "{one} {two}");
            assert_eq!(pattern(two).overlaps(&pattern(one)), overlaps, "{two} {one}");
            assert_eq!(pattern(one).covers(&pattern(two)), covers, "{one} {two}");
        }
    }
}
