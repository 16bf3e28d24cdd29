//! Basic credentials verified moments ago: right and wrong ones, for a minute.
//!
//! Stored is a digest under a key that this process made and nobody else knows, never the credentials. With it goes
//! the epoch of the user, so that a new password, a changed role or a disabled account is felt by the next request.

use hmac::{Hmac, KeyInit as _, Mac as _};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, UnitWeighter};
use sha2::Sha256;
use zeroize::Zeroize as _;

use crate::clock::Time;
use crate::user::UserNumber;

/// The cache.
pub(crate) struct Verified {
    /// The keyed state, so that a look-up pays for the message alone.
    mac: Hmac<Sha256>,
    cache: Cache<Digest, Checked>,
}

/// A keyed digest of realm, login and password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 16]);

/// What was found out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    /// Whose login it is; nobody's when no user has it.
    pub(crate) user: Option<UserNumber>,
    /// The user's epoch then.
    pub(crate) epoch: u32,
    /// Whether the password was right.
    pub(crate) right: bool,
    /// Believed until then.
    pub(crate) until: Time,
}

/// The right to verify these credentials, while all others with the same wait.
pub(crate) type Turn<'c> = quick_cache::sync::PlaceholderGuard<
    'c,
    Digest,
    Checked,
    UnitWeighter,
    DefaultHashBuilder,
    DefaultLifecycle<Digest, Checked>,
>;

impl Verified {
    /// Credentials are believed for so many seconds.
    pub(crate) const LIFETIME: u32 = 60;
    const AT_MOST: usize = 16_384;

    /// An empty cache with a key of its own.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0u8; 32];
        getrandom::fill(&mut key)?;
        let mac = Hmac::new_from_slice(&key).map_err(|_| getrandom::Error::UNEXPECTED)?;
        key.zeroize();
        Ok(Self { mac, cache: Cache::new(Self::AT_MOST) })
    }

    /// The digest of credentials.
    pub(crate) fn digest(&self, realm: &str, login: &str, password: &[u8]) -> Digest {
        let mut mac = self.mac.clone();
        for part in [realm.as_bytes(), login.as_bytes(), password] {
            // With its length before each part, no two triples make the same message.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let mut digest = [0u8; 16];
        digest.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Digest(digest)
    }

    /// What is known of these credentials.
    pub(crate) fn peek(&self, digest: Digest, now: Time) -> Option<Checked> {
        self.cache.get(&digest).filter(|checked| checked.until > now)
    }

    /// What is known, or the right to find out. Others with the same credentials wait meanwhile.
    pub(crate) async fn wait(&self, digest: Digest, now: Time) -> Result<Checked, Turn<'_>> {
        loop {
            match self.cache.get_value_or_guard_async(&digest).await {
                Ok(checked) if checked.until > now => return Ok(checked),
                Ok(_) => {
                    self.cache.remove_if(&digest, |checked| checked.until <= now);
                }
                Err(turn) => return Err(turn),
            }
        }
    }

    /// Forgets one pair: the user has changed since.
    pub(crate) fn forget(&self, digest: Digest) {
        self.cache.remove(&digest);
    }

    /// Forgets all of them.
    pub(crate) fn forget_all(&self) {
        self.cache.clear();
    }
}

#[cfg(test)]
mod tests;
