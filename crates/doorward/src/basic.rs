//! HTTP Basic credentials (RFC 7617), read strictly: one decoder, no repair, no lossy conversion.

use base64ct::{Base64, Encoding as _};
use http::header::{AUTHORIZATION, HeaderMap};
use zeroize::Zeroizing;

use crate::password::PasswordPolicy;

/// What the `Authorization` header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization<'h> {
    /// There is none.
    Absent,
    /// There are two, or one with a comma: nobody knows which one is meant.
    Duplicate,
    /// `Basic` with this.
    Basic(&'h str),
    /// It has no scheme, or nothing after it.
    Malformed,
    /// Another scheme.
    Other(&'h str),
}

/// Reads the header without decoding anything (RFC 9110, section 11.4).
pub fn authorization(headers: &HeaderMap) -> Authorization<'_> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Authorization::Absent };
    if lines.next().is_some() {
        return Authorization::Duplicate;
    }
    let Ok(text) = line.to_str() else { return Authorization::Malformed };
    let Some((scheme, rest)) = text.split_once(' ') else { return Authorization::Malformed };
    let rest = rest.trim_start_matches(' ');
    let is_token = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    match (scheme.eq_ignore_ascii_case("basic"), rest) {
        (_, "") => Authorization::Malformed,
        (true, rest) if rest.contains(',') => Authorization::Duplicate,
        (true, rest) => Authorization::Basic(rest),
        (false, _) if scheme.is_empty() || !is_token => Authorization::Malformed,
        (false, _) => Authorization::Other(scheme),
    }
}

/// Login and password, as they were sent. Wiped when dropped.
pub struct Credentials {
    text: Zeroizing<Vec<u8>>,
    colon: usize,
}

/// The text is no pair of login and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credentials are not base64 of login, colon and password in UTF-8")]
pub struct InvalidCredentials;

impl Credentials {
    /// The login.
    pub fn login(&self) -> &str {
        // The whole was checked to be UTF-8, and a colon ends a character.
        std::str::from_utf8(&self.text[..self.colon]).unwrap_or_default()
    }

    /// The password's bytes.
    pub fn password(&self) -> &[u8] {
        &self.text[self.colon + 1..]
    }
}

/// Decodes what follows `Basic `.
///
/// # Errors
/// When it is not padded standard base64 of `login:password` in UTF-8 without control characters, either part is empty, or the
/// password is longer than any can be.
pub fn decode(encoded: &str) -> Result<Credentials, InvalidCredentials> {
    let text = Zeroizing::new(Base64::decode_vec(encoded).map_err(|_| InvalidCredentials)?);
    let readable = std::str::from_utf8(&text).map_err(|_| InvalidCredentials)?;
    if readable.chars().any(char::is_control) {
        return Err(InvalidCredentials);
    }
    let colon = text.iter().position(|byte| *byte == b':').ok_or(InvalidCredentials)?;
    let password = text.len() - colon - 1;
    if colon == 0 || password == 0 || password > PasswordPolicy::GREATEST {
        return Err(InvalidCredentials);
    }
    Ok(Credentials { text, colon })
}

/// Whether it is the base64 of anything with a colon, good credentials or not.
pub(crate) fn is_pair(encoded: &str) -> bool {
    Base64::decode_vec(encoded).map(Zeroizing::new).is_ok_and(|text| text.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn read(value: &str) -> Result<&str, bool> {
        let headers: HeaderMap =
            [(AUTHORIZATION, HeaderValue::from_str(value).expect("a value"))].into_iter().collect();
        match authorization(&headers) {
            Authorization::Basic(rest) => Ok(value.split_at(value.len() - rest.len()).1),
            other => Err(other == Authorization::Malformed),
        }
    }

    #[test]
    fn the_scheme_has_any_case_and_spaces_after_it() {
        assert_eq!(read("bAsIc YTpi"), Ok("YTpi"));
        assert_eq!(read("Basic    YTpi"), Ok("YTpi"));
        for text in ["Basic", "Basic ", "Basic\tYTpi", "YTpi", ""] {
            assert_eq!(read(text), Err(true), "{text:?}");
        }
        assert_eq!(read("Bearer x"), Err(false));
    }

    #[test]
    fn two_headers_are_two_whoever_they_name() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
        assert_eq!(authorization(&headers), Authorization::Duplicate);
        assert_eq!(read("Basic YTpi, Basic YTpi"), Err(false));
    }

    #[test]
    fn the_first_colon_divides() {
        let credentials = decode(&Base64::encode_string(b"u:p:q")).expect("credentials");
        assert_eq!((credentials.login(), credentials.password()), ("u", &b"p:q"[..]));
        let credentials = decode("QWxhZGRpbjpvcGVuIHNlc2FtZQ==").expect("credentials");
        assert_eq!((credentials.login(), credentials.password()), ("Aladdin", &b"open sesame"[..]));
    }

    #[test]
    fn what_is_not_exactly_credentials_is_refused() {
        for bytes in [&b"user"[..], b":p", b"u:", b":", b"", b"u:\xff", b"u:\x00", b"a\nb:c", b"u:\xc2\x85"] {
            assert!(decode(&Base64::encode_string(bytes)).is_err(), "{bytes:?}");
        }
        for text in ["YTpi=", "YTpiYw", "YTpi YTpi", "_-==", "YTpiYx==", "YTp i", "YTpi\n", "===="] {
            assert!(decode(text).is_err(), "{text:?}");
        }
        let long = [b"u:".as_slice(), &[b'x'; PasswordPolicy::GREATEST + 1]].concat();
        assert!(decode(&Base64::encode_string(&long)).is_err());
        assert!(decode(&Base64::encode_string(&long[..long.len() - 1])).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_encoded_comes_back(login in "[^:\\p{Cc}]{1,20}", password in "\\P{Cc}{1,20}") {
            let credentials = decode(&Base64::encode_string(format!("{login}:{password}").as_bytes())).expect("credentials");
            prop_assert_eq!(credentials.login(), login);
            prop_assert_eq!(credentials.password(), password.as_bytes());
        }

        #[test]
        fn nothing_that_is_sent_makes_it_panic(text in "\\PC{0,60}") {
            let _ = decode(&text);
        }
    }
}
