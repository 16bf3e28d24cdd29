//! Hashes that other systems have written: how each is computed, and how it is kept here until its owner logs in.
//!
//! A hash that is fast to compute is *wrapped* at import: what is kept is argon2id of the old digest, so that nothing weak
//! stays at rest. At the first log-in the password itself is hashed again, and the old scheme is forgotten.

mod digest;
mod ez;
mod incoming;
mod ldap;
mod magento;
mod pbkdf2;
mod phpass;
mod recipe;
mod scrypt;
mod symfony;
mod text;

pub use incoming::{Incoming, Unreadable, Written};
pub use text::Foreign;
pub(super) use text::MARK;

use super::{Cost, HashOutcome, Scratch};
use crate::user::PasswordHash;

/// Whether nobody has logged in with this hash since it moved in: it would be argon2id otherwise.
///
/// An argon2id hash says nothing about where it was made, and does not count.
pub fn is_foreign(hash: &PasswordHash) -> bool {
    let text = hash.expose();
    text.starts_with(MARK) || text.starts_with("$2") || text.starts_with("$argon2i$")
}

/// Whether `password` is the one behind a stored foreign hash. `None` when the text is none that can be computed here.
pub(super) fn verify(stored: &str, password: &[u8], cost: Cost, scratch: &mut Scratch) -> Option<HashOutcome> {
    let stored = Foreign::parse(stored)?;
    let Some(digest) = stored.recipe.digest(password, scratch) else { return Some(HashOutcome::Failed) };
    match stored.is_made_of(&digest, cost, scratch) {
        // Whatever it is: a new hash is stronger.
        HashOutcome::Right { .. } => Some(HashOutcome::Right { outdated: true }),
        outcome => Some(outcome),
    }
}

#[cfg(test)]
mod tests;
