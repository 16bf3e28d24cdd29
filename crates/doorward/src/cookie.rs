//! Reading one cookie, taking ours out of what goes on, and writing `Set-Cookie` (RFC 6265bis).

use std::borrow::Cow;
use std::fmt::Write as _;

use http::header::{COOKIE, HeaderMap, HeaderValue};
use memchr::{memchr, memchr_iter};

use crate::clock::Time;
use crate::fields::Fields;
use crate::policy::SameSite;

/// What a request says under a cookie's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'h> {
    /// Nothing.
    None,
    /// One value, perhaps several times.
    One(&'h str),
    /// Two different values: nobody knows which one the browser means, since their order says nothing.
    Ambiguous,
}

/// Looks for a cookie of exactly this name. Nothing is trimmed from its value, unquoted or decoded.
///
/// ```
/// use doorward::cookie::{Found, find};
/// let mut headers = http::HeaderMap::new();
/// headers.append("cookie", "a=1; b=2".parse().unwrap());
/// assert_eq!(find(&headers, "b"), Found::One("2"));
/// headers.append("cookie", "b=3".parse().unwrap());
/// assert_eq!(find(&headers, "b"), Found::Ambiguous);
/// ```
pub fn find<'h>(headers: &'h HeaderMap, name: &str) -> Found<'h> {
    let mut found = Found::None;
    let (mut planted, mut planted_differ): (Option<&[u8]>, bool) = (None, false);
    for line in headers.get_all(COOKIE) {
        for pair in pairs(line.as_bytes()) {
            // A cookie without a name that looks like ours was planted: alone it is nobody's, beside ours it is a second one.
            if let Some(value) = pair.strip_prefix(b"=").and_then(|pair| value_of(pair, name)) {
                planted_differ |= planted.replace(value).is_some_and(|other| other != value);
                continue;
            }
            let Some(value) = value_of(pair, name) else { continue };
            found = match (found, std::str::from_utf8(value)) {
                (Found::None, Ok(value)) => Found::One(value),
                (Found::One(first), Ok(value)) if first == value => found,
                // What is no text is no token of ours, but it is a value.
                _ => return Found::Ambiguous,
            };
        }
    }
    match (found, planted) {
        (Found::One(value), Some(other)) if planted_differ || value.as_bytes() != other => Found::Ambiguous,
        _ => found,
    }
}

/// What is left of a request's cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stripped {
    /// Nothing: the header goes.
    Nothing,
    /// This.
    Value(HeaderValue),
}

/// Takes out the cookies whose name, in lower case, `is_own` claims, and pairs that readers with quoting would read in another
/// way. `None` when nothing has to be taken out.
pub fn strip(fields: &impl Fields, is_own: &dyn Fn(&str) -> bool) -> Option<Stripped> {
    let mut lines = fields.values(&COOKIE);
    let first = lines.next()?;
    // Several lines become one, which every reader reads alike.
    let mut is_changed = lines.next().is_some();
    let mut kept: Vec<u8> = Vec::new();
    for pair in fields.values(&COOKIE).flat_map(pairs) {
        if !stays(pair, is_own) {
            is_changed = true;
            continue;
        }
        if kept.is_empty() {
            kept.reserve(first.len());
        } else {
            kept.extend_from_slice(b"; ");
        }
        kept.extend_from_slice(pair);
    }
    if !is_changed {
        return None;
    }
    match HeaderValue::from_bytes(&kept) {
        Ok(value) if !kept.is_empty() => Some(Stripped::Value(value)),
        _ => Some(Stripped::Nothing),
    }
}

/// Whether the upstream gets a pair.
fn stays(pair: &[u8], is_own: &dyn Fn(&str) -> bool) -> bool {
    if pair.is_empty() || pair[0] == b'$' || memchr_iter(b'"', pair).count() % 2 == 1 {
        return false;
    }
    !is_own(&bare_name(pair))
}

/// The name of a pair as the laxest reader might take it, in lower case. Readers trim, fold and unquote names each in their
/// own way, and a browser sends the value alone of a cookie that was set without a name.
pub(crate) fn bare_name(pair: &[u8]) -> Cow<'_, str> {
    let name = pair.split(|byte| *byte == b'=').find(|part| !part.is_empty()).unwrap_or_default();
    let is_kept = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'.' | b'[');
    // Nearly every name is bare as it stands.
    if name.iter().all(|byte| is_kept(*byte) && !byte.is_ascii_uppercase())
        && let Ok(name) = std::str::from_utf8(name)
    {
        return Cow::Borrowed(name);
    }
    let kept = name.iter().filter(|byte| is_kept(**byte));
    kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

fn pairs(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let (pair, after) = match memchr(b';', bytes) {
            Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
            None => (bytes, None),
        };
        rest = after;
        Some(trim(pair))
    })
}

/// Spaces and tabs around a pair say nothing (RFC 6265bis, section 5.8.3 writes `; ` between pairs).
fn trim(mut pair: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = pair {
        pair = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = pair {
        pair = rest;
    }
    pair
}

fn value_of<'p>(pair: &'p [u8], name: &str) -> Option<&'p [u8]> {
    pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

/// A cookie to be set: always for the whole site, never for scripts.
#[derive(Clone, Debug)]
pub struct SetCookie<'a> {
    name: &'a str,
    value: &'a str,
    secure: bool,
    same_site: SameSite,
    domain: Option<&'a str>,
    max_age: Option<u32>,
    expires: Option<Time>,
}

impl<'a> SetCookie<'a> {
    /// A cookie that lasts as long as the browser runs, `SameSite=Lax`.
    pub fn new(name: &'a str) -> Self {
        Self { name, value: "", secure: true, same_site: SameSite::Lax, domain: None, max_age: None, expires: None }
    }

    /// Its value.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// Whether it travels over https alone.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Which requests of other sites carry it.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// The domain whose hosts share it; only this host when absent.
    #[must_use]
    pub fn domain(mut self, domain: Option<&'a str>) -> Self {
        self.domain = domain;
        self
    }

    /// How many seconds it lasts; zero expires it.
    #[must_use]
    pub fn max_age(mut self, seconds: Option<u32>) -> Self {
        self.max_age = seconds;
        self
    }

    /// When it ends, for clients that know no `Max-Age`.
    #[must_use]
    pub fn expires(mut self, time: Option<Time>) -> Self {
        self.expires = time;
        self
    }

    /// The header's value. Names and values are ours and always fit; a text that did not would expire nothing and set nothing.
    pub fn header(&self) -> HeaderValue {
        let mut text = format!("{}={}", self.name, self.value);
        if let Some(time) = self.expires {
            let _ = write!(text, "; Expires={}", date(time));
        }
        text.push_str("; Path=/; HttpOnly");
        if self.secure {
            text.push_str("; Secure");
        }
        text.push_str(match self.same_site {
            SameSite::Lax => "; SameSite=Lax",
            SameSite::Strict => "; SameSite=Strict",
            SameSite::None => "; SameSite=None",
        });
        if let Some(domain) = self.domain {
            let _ = write!(text, "; Domain={domain}");
        }
        if let Some(seconds) = self.max_age {
            let _ = write!(text, "; Max-Age={seconds}");
        }
        let mut value = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        // Values hold tokens: `Debug` must not show them.
        value.set_sensitive(true);
        value
    }
}

/// A date as HTTP writes it (RFC 9110, section 5.6.7).
fn date(time: Time) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [(&str, u32); 12] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let (days, second) = (time / 86_400, time % 86_400);
    // The years that a time can say, 1970 to 2106, have one without a leap day where four years would have one: 2100.
    let is_leap = |year: u32| year.is_multiple_of(4) && year != 2100;
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u32::from(is_leap(year)) {
        left -= 365 + u32::from(is_leap(year));
        year += 1;
    }
    let mut month = "Dec";
    for (name, length) in MONTHS {
        let length = length + u32::from(name == "Feb" && is_leap(year));
        if left < length {
            month = name;
            break;
        }
        left -= length;
    }
    let (day, hour, minute) = (DAYS[(days % 7) as usize], second / 3_600, second / 60 % 60);
    format!("{day}, {:02} {month} {year} {hour:02}:{minute:02}:{:02} GMT", left + 1, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, HeaderValue::from_bytes(line).expect("a value"))).collect()
    }

    fn kept(lines: &[&[u8]]) -> Option<String> {
        let own = |name: &str| name.ends_with("doorward-a");
        match strip(&headers(lines), &own) {
            None => Some("untouched".into()),
            Some(Stripped::Nothing) => None,
            Some(Stripped::Value(value)) => Some(value.to_str().expect("text").to_owned()),
        }
    }

    #[test]
    fn one_value_is_found_and_two_are_ambiguous() {
        assert_eq!(find(&headers(&[b"x=1; n=a;y=2"]), "n"), Found::One("a"));
        assert_eq!(find(&headers(&[b"n=a; n=a", b"n=a"]), "n"), Found::One("a"));
        assert_eq!(find(&headers(&[b"n=a; n=b"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[b"n=a", b"n=b"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[b"n=a; =n=b"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[b"=n=b; n=a"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[b"=n=b; =n=a; n=a"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[b"=n=a; n=a"]), "n"), Found::One("a"));
        assert_eq!(find(&headers(&[b"=n=a"]), "n"), Found::None);
        assert_eq!(find(&headers(&[b"n=\xff"]), "n"), Found::Ambiguous);
        assert_eq!(find(&headers(&[]), "n"), Found::None);
    }

    #[test]
    fn a_name_is_matched_byte_for_byte() {
        for line in ["N=a", "nn=a", "n =a", "n", ".n=a", "[n=a", "\"n=a\"", "n.=a"] {
            assert_eq!(find(&headers(&[line.as_bytes()]), "n"), Found::None, "{line}");
        }
        assert_eq!(find(&headers(&[b"x=\"y; n=a; z\""]), "n"), Found::One("a"));
    }

    #[test]
    fn a_value_is_neither_trimmed_inside_nor_unquoted() {
        assert_eq!(find(&headers(&[b"n=\"a\""]), "n"), Found::One("\"a\""));
        assert_eq!(find(&headers(&[b"n=a%20b=c"]), "n"), Found::One("a%20b=c"));
    }

    #[test]
    fn the_upstream_gets_none_of_our_cookies_in_any_spelling() {
        assert_eq!(kept(&[b"x=1; y=2"]).as_deref(), Some("untouched"));
        assert_eq!(kept(&[b"x=1; doorward-a=t; y=2"]).as_deref(), Some("x=1; y=2"));
        assert_eq!(kept(&[b"__HOST-Doorward-A=t"]), None);
        for line in [
            &b".doorward-a=t"[..],
            b"=doorward-a=t",
            b"[doorward-a=t",
            b"\xa0__Host-doorward-a=t",
            b"\"doorward-a\"=t",
            b"$Version=1",
            b"x=\"open",
            b"doorward-a",
            b"doorward-a =t",
            b" \t doorward-a=t",
        ] {
            assert_eq!(kept(&[line]), None, "{}", String::from_utf8_lossy(line));
        }
        assert_eq!(kept(&[b"x=1", b"doorward-a=t", b"y=2"]).as_deref(), Some("x=1; y=2"));
    }

    #[test]
    fn a_cookie_is_written_with_all_that_protects_it() {
        let cookie = SetCookie::new("__Host-x").value("t");
        assert_eq!(cookie.header(), "__Host-x=t; Path=/; HttpOnly; Secure; SameSite=Lax");
        let cookie = SetCookie::new("x").secure(false).same_site(SameSite::Strict).max_age(Some(0));
        assert_eq!(cookie.header(), "x=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        assert!(!format!("{:?}", SetCookie::new("x").value("secret").header()).contains("secret"));
    }

    #[test]
    fn a_date_is_written_as_http_writes_it() {
        for (time, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (u32::MAX, "Sun, 07 Feb 2106 06:28:15 GMT"),
        ] {
            assert_eq!(date(time), text);
        }
        let cookie = SetCookie::new("x").value("deleted").secure(false).max_age(Some(0)).expires(Some(0));
        assert_eq!(
            cookie.header(),
            "x=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    proptest! {
        #[test]
        fn what_is_stripped_is_not_found_any_more(line in "[ -~]{0,60}") {
            let headers = headers(&[line.as_bytes(), b"doorward-a=t"]);
            if let Some(Stripped::Value(value)) = strip(&headers, &|name| name.ends_with("doorward-a")) {
                let left: HeaderMap = [(COOKIE, value)].into_iter().collect();
                prop_assert_eq!(find(&left, "doorward-a"), Found::None);
            }
        }
    }
}
