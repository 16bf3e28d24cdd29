//! In which order users are listed, and where a part of such a list begins.

use std::fmt;

use super::Page;
use crate::clock::Time;
use crate::name::Name;
use crate::user::{User, UserNumber};

/// What users are put in order by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserKey {
    /// The login, byte by byte; the same login in several realms by realm.
    #[default]
    Login,
    /// When they were seen last: those who never were come before all others. Of one second, as they were added.
    LastSeen,
    /// When they were added. Of one second, as they were added.
    Created,
}

/// In which order users are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserOrder {
    /// By what.
    pub by: UserKey,
    /// Whether the last one comes first.
    pub descending: bool,
}

/// The place of a user in a list. It stays where it is when the user goes.
///
/// ```
/// use doorward::store::{Page, UserOrder};
///
/// let page = Page { after: Some("customer.616e6e61".into()), limit: 10 };
/// let place = UserOrder::default().place(&page).expect("a place").expect("not the beginning");
/// assert_eq!(place.to_string(), "customer.616e6e61");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserPlace {
    /// By login and realm.
    Login(String, Name),
    /// By the time when they were seen last, 0 for never, and number.
    LastSeen(Time, UserNumber),
    /// By the time when they were added, and number.
    Created(Time, UserNumber),
}

/// The text is no place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl UserOrder {
    /// Where a user stands.
    pub fn place_of(self, user: &User) -> UserPlace {
        match self.by {
            UserKey::Login => UserPlace::Login(user.login.as_str().to_owned(), user.realm.clone()),
            UserKey::LastSeen => UserPlace::LastSeen(user.last_seen.unwrap_or(0), user.number),
            UserKey::Created => UserPlace::Created(user.created, user.number),
        }
    }

    /// The place after which a part begins; none at the beginning.
    ///
    /// # Errors
    /// When no list in this order has ever said that.
    pub fn place(self, page: &Page) -> Result<Option<UserPlace>, NoPlace> {
        page.after.as_deref().map(|text| self.read(text).ok_or(NoPlace)).transpose()
    }

    fn read(self, text: &str) -> Option<UserPlace> {
        match self.by {
            // A login may hold anything, a dot too; its hexadecimal form may not.
            UserKey::Login => {
                let (realm, login) = text.rsplit_once('.')?;
                Some(UserPlace::Login(unhex(login)?, Name::parse(realm).ok()?))
            }
            UserKey::LastSeen => numbers(text.strip_prefix("seen.")?).map(|(at, user)| UserPlace::LastSeen(at, user)),
            UserKey::Created => numbers(text.strip_prefix("created.")?).map(|(at, user)| UserPlace::Created(at, user)),
        }
    }
}

impl fmt::Display for UserPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login(login, realm) => write!(f, "{realm}.{}", hex(login)),
            Self::LastSeen(at, user) => write!(f, "seen.{at}.{}", user.0),
            Self::Created(at, user) => write!(f, "created.{at}.{}", user.0),
        }
    }
}

fn numbers(text: &str) -> Option<(Time, UserNumber)> {
    let (at, user) = text.split_once('.')?;
    Some((at.parse().ok()?, UserNumber(user.parse().ok()?)))
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<String> {
    let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(pairs.collect::<Option<Vec<u8>>>()?)
        .ok()
        .filter(|decoded| !decoded.is_empty() && hex(decoded) == text)
}
