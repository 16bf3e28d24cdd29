//! A user: who may log in.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Map;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::clock::Time;
use crate::name::Name;
use crate::policy::Values;

/// The store's number of a user. Never used again, also when the user is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserNumber(pub u32);

/// The public id of a user: 1 to 64 characters of `A-Z a-z 0-9 _ -`; a decimal number when it was generated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(Box<str>);

/// The text cannot be an id or a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUser {
    /// Not a [`UserId`].
    #[error("an id has 1 to 64 characters, all of them letters, digits, `_` or `-`")]
    Id,
    /// Not a [`Login`].
    #[error("a login has 1 to 254 characters, no `:`, no control characters, and no space at either end")]
    Login,
}

impl UserId {
    /// Reads an id.
    ///
    /// # Errors
    /// When the text is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidUser> {
        let safe = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if safe && (1..=64).contains(&text.len()) { Ok(Self(text.into())) } else { Err(InvalidUser::Id) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person types to say who they are: NFC, lower case, without `:` and control characters.
///
/// ```
/// use doorward::Login;
/// assert_eq!(Login::parse("ANNA@example.com").unwrap().as_str(), "anna@example.com");
/// assert!(Login::parse("a:b").is_err()); // RFC 7617, section 2: a user-id has no colon
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Login(Box<str>);

impl Login {
    /// Reads a login and brings it into its one form.
    ///
    /// # Errors
    /// When it is empty, longer than 254 characters, has a `:`, a control character or a space at an end.
    pub fn parse(text: &str) -> Result<Self, InvalidUser> {
        if text.len() > 1_024 {
            return Err(InvalidUser::Login);
        }
        // Lower-casing may take text out of NFC, and composing may bring upper case back: the order matters.
        let folded: String = text.nfc().collect::<String>().to_lowercase().nfc().collect();
        let fits = (1..=254).contains(&folded.chars().count());
        let clean = !folded.chars().any(|c| c.is_control() || c == ':' || is_invisible(c));
        if fits && clean && folded.trim() == folded { Ok(Self(folded.into())) } else { Err(InvalidUser::Login) }
    }

    /// The login as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Directional marks and zero-width characters make two logins look alike.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}')
}

/// Whether a user may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// May log in.
    Active,
    /// May not, and has no live session.
    Disabled,
}

/// A stored password: a PHC string or a foreign format. Never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps the text of a hash.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the store and for verification.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A user as a store keeps it.
#[derive(Clone)]
pub struct User {
    /// The store's number.
    pub number: UserNumber,
    /// The realm that the user belongs to.
    pub realm: Name,
    /// The public id.
    pub id: UserId,
    /// What the person types.
    pub login: Login,
    /// The name to show.
    pub name: String,
    /// An address to write to.
    pub email: Option<String>,
    /// Names of roles, sorted, each once.
    pub roles: Vec<Name>,
    /// Whether the user may log in.
    pub state: UserState,
    /// Values for forced parameters, such as `cart_id`.
    pub attributes: Map<String, serde_json::Value>,
    /// Goes up by one when all sessions of the user end.
    pub epoch: u32,
    /// The stored password; none for somebody who has not redeemed their first code yet.
    pub password: Option<PasswordHash>,
    /// Wrong passwords from everywhere since the last right one.
    pub failures: u32,
    /// When the user was added.
    pub created: Time,
    /// When the user logged in last.
    pub last_login: Option<Time>,
    /// When the user was seen last, up to a minute late: by a log-in, by a request with a session, or by HTTP Basic. What is in
    /// memory for decisions may be older.
    pub last_seen: Option<Time>,
}

impl User {
    /// What rules may say of a user: the values of placeholders.
    pub(crate) fn values(&self) -> Values<'_> {
        Values { user_id: self.id.as_str(), user_login: self.login.as_str(), attributes: &self.attributes }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("number", &self.number).field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_has_one_form_whatever_was_typed() {
        let composed = Login::parse("Zo\u{eb}@Example.COM").expect("a login");
        let decomposed = Login::parse("zoe\u{308}@example.com").expect("a login");
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn what_cannot_be_told_apart_or_carried_is_no_login() {
        for text in ["", " a", "a ", "a:b", "a\nb", "a\u{200B}b", "\u{202E}a", &"x".repeat(255)] {
            assert_eq!(Login::parse(text), Err(InvalidUser::Login), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_a_login_again_changes_nothing(text in "\\PC{0,40}") {
            if let Ok(login) = Login::parse(&text) {
                proptest::prop_assert_eq!(Login::parse(login.as_str()), Ok(login));
            }
        }
    }
}
