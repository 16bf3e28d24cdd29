//! A session: the server's record of a log-in.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::clock::Time;
use crate::seal;
use crate::user::UserNumber;

/// The text that the browser holds: 256 random bits as 43 characters of base64url. One that knows a text has 160.
///
/// It implements neither `Debug` nor `Display`, and is wiped when dropped. Stores see its [`SessionDigest`] only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken(String);

impl SessionToken {
    /// The length of a token's text.
    pub const LENGTH: usize = 43;
    /// How many bytes of a token that knows a text are random; the others are the MAC.
    const RANDOM: usize = 20;

    /// A new token from the operating system's random source.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        let token = Self(Base64UrlUnpadded::encode_string(&bytes));
        bytes.zeroize();
        Ok(token)
    }

    /// A new token that knows a text again: random bytes, and a MAC under them over the text. Nobody has to remember the text,
    /// and without the token nobody can tell which one it is.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub(crate) fn knowing(text: &[u8]) -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; 32];
        let (random, mac) = bytes.split_at_mut(Self::RANDOM);
        getrandom::fill(random)?;
        mac.copy_from_slice(&seal::mac(random, "known", text)[..32 - Self::RANDOM]);
        let token = Self(Base64UrlUnpadded::encode_string(&bytes));
        bytes.zeroize();
        Ok(token)
    }

    /// Whether the token in a cookie was made to know this text.
    pub(crate) fn knows(cookie_text: &str, text: &[u8]) -> bool {
        let mut bytes = [0u8; 32];
        let Ok(decoded) = Base64UrlUnpadded::decode(cookie_text, &mut bytes) else { return false };
        let Some((random, mac)) = decoded.split_at_checked(Self::RANDOM) else { return false };
        let is_known = bool::from(seal::mac(random, "known", text)[..32 - Self::RANDOM].ct_eq(mac));
        bytes.zeroize();
        is_known
    }

    /// The text for the cookie. Nothing else may hold it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `text` has a token's form: 43 characters of base64url. Nothing is trimmed or decoded.
    pub fn is_well_formed(text: &str) -> bool {
        text.len() == Self::LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    }
}

/// SHA-256 of a token's text. The first half finds the session, the second half names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionDigest([u8; 32]);

impl SessionDigest {
    /// The digest of a token's text, which is hashed as it is and not decoded.
    pub fn of(token_text: &str) -> Self {
        Self(Sha256::digest(token_text.as_bytes()).into())
    }

    /// The digest of a token that stands in an `Authorization` header. It differs from that of the same text in a cookie, so
    /// that neither can stand in for the other.
    pub fn of_bearer(token_text: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"Bearer ");
        hash.update(token_text.as_bytes());
        Self(hash.finalize().into())
    }

    /// A digest as a store kept it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest's bytes, for a store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of the session tables.
    pub fn key(&self) -> SessionKey {
        let mut key = [0; 16];
        key.copy_from_slice(&self.0[..16]);
        SessionKey(key)
    }

    /// The name of the session in lists, paths and logs.
    pub fn handle(&self) -> SessionHandle {
        let mut handle = [0; 16];
        handle.copy_from_slice(&self.0[16..]);
        SessionHandle(handle)
    }
}

/// The first 16 bytes of a [`SessionDigest`]: what finds a session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionKey(pub [u8; 16]);

impl std::hash::Hash for SessionKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // Without the length that an array would write first: all keys have the same.
        state.write(&self.0);
    }
}

/// The last 16 bytes of a [`SessionDigest`]: what names a session. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHandle(pub [u8; 16]);

impl SessionHandle {
    /// Reads the 22 characters that [`SessionHandle`]'s `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let decoded = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
        (decoded.len() == 16).then_some(Self(bytes))
    }
}

/// Base64 of the URL-safe kind (RFC 4648, section 5). A handle is no secret, and is written with every request: the library's
/// way, which takes the same time for all bytes, takes three times as long.
impl fmt::Display for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = [0; 22];
        let (front, last) = (u128::from_be_bytes(self.0) >> 2, self.0[15] & 3);
        for (place, digit) in text[..21].iter_mut().rev().zip(0..) {
            *place = ALPHABET[(front >> (6 * digit)) as usize & 63];
        }
        text[21] = ALPHABET[usize::from(last) << 4];
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is remembered of a session in memory: 32 bytes, copied out of the table by every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose session it is.
    pub user: UserNumber,
    /// The user's epoch at log-in. The session lives as long as the user's epoch is the same.
    pub epoch: u32,
    /// When the log-in happened.
    pub created: Time,
    /// When it was used last, up to a minute late.
    pub last_seen: Time,
    /// When it ends unless it is used. [`Time::MAX`] for a remembered session.
    pub idle_end: Time,
    /// When it ends at the latest.
    pub absolute_end: Time,
    /// When the password was given last.
    pub authenticated: Time,
    /// The realm's place in the policy's list.
    pub realm: u16,
    /// Bits of [`Session::REMEMBERED`] and [`Session::BEARER`].
    pub flags: u16,
}

impl Session {
    /// The person asked to stay logged in: no idle end, a longer absolute one, and a cookie that lasts.
    pub const REMEMBERED: u16 = 1;
    /// Its token stands in an `Authorization` header: it ends when it was said to, used or not.
    pub const BEARER: u16 = 2;
    /// A session from the future by more than this many seconds is refused: a clock was wrong.
    const SKEW: u32 = 120;

    /// Whether the session may still be used at `now`, as far as time is concerned.
    pub fn is_live(&self, now: Time) -> bool {
        now < self.idle_end && now < self.absolute_end && self.created <= now.saturating_add(Self::SKEW)
    }

    /// Whether the person asked to stay logged in.
    pub fn is_remembered(&self) -> bool {
        self.flags & Self::REMEMBERED != 0
    }

    /// Whether its token is one for the `Authorization` header.
    pub fn is_bearer(&self) -> bool {
        self.flags & Self::BEARER != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_tokens_are_all_different() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000_000 {
            let token = SessionToken::random().expect("the system has randomness");
            assert!(SessionToken::is_well_formed(token.expose()));
            assert!(seen.insert(SessionDigest::of(token.expose())));
        }
    }

    #[test]
    fn a_token_knows_the_text_that_it_was_made_for_and_no_other() {
        let token = SessionToken::knowing(b"text").expect("the system has randomness");
        let other = SessionToken::knowing(b"text").expect("the system has randomness");
        assert!(SessionToken::is_well_formed(token.expose()) && token.expose() != other.expose());
        assert!(SessionToken::knows(token.expose(), b"text") && SessionToken::knows(other.expose(), b"text"));
        let random = SessionToken::random().expect("the system has randomness");
        for (token, text) in [(token.expose(), &b"texts"[..]), (token.expose(), b""), (random.expose(), b"text")] {
            assert!(!SessionToken::knows(token, text));
        }
        for text in ["", "AAAA", "!", &"A".repeat(44)] {
            assert!(!SessionToken::knows(text, b"") && !SessionToken::knows(text, b"text"), "{text}");
        }
    }

    #[test]
    fn a_cookie_is_no_bearer_token() {
        assert!(SessionDigest::of("x") != SessionDigest::of_bearer("x"));
        let token = SessionToken::random().expect("the system has randomness");
        assert!(!SessionToken::is_well_formed(&format!("Bearer {}", token.expose())));
    }

    #[test]
    fn a_handle_reads_back_what_it_wrote() {
        let handle = SessionDigest::of("x").handle();
        assert_eq!(SessionHandle::parse(&handle.to_string()), Some(handle));
        assert_eq!(SessionHandle::parse("short"), None);
    }

    #[test]
    fn a_handle_is_written_as_the_library_writes_it() {
        for text in ["", "a", "b", "c", "1", "2", "3"] {
            let handle = SessionDigest::of(text).handle();
            assert_eq!(handle.to_string(), Base64UrlUnpadded::encode_string(&handle.0));
        }
        for bytes in [[0; 16], [0xff; 16]] {
            assert_eq!(SessionHandle(bytes).to_string(), Base64UrlUnpadded::encode_string(&bytes));
        }
    }

    #[test]
    fn a_session_fits_in_32_bytes_or_so() {
        assert!(size_of::<Session>() <= 40, "{}", size_of::<Session>());
    }

    #[test]
    fn a_session_from_the_future_is_refused() {
        let session = Session {
            user: UserNumber(1),
            epoch: 0,
            created: 1_000,
            last_seen: 1_000,
            idle_end: 5_000,
            absolute_end: 9_000,
            authenticated: 1_000,
            realm: 0,
            flags: 0,
        };
        assert!(session.is_live(1_000) && session.is_live(900) && !session.is_live(800));
        assert!(session.is_live(4_999) && !session.is_live(5_000));
    }
}
