//! Symfony's message digest, of FOSUserBundle and others: SHA-512, five thousand times.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::digest::{Digest, Function};
use super::text::{Fields, GREATEST_SALT, Parameters};

/// The digest of `password{salt}`, many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symfony {
    salt: String,
    rounds: u32,
}

impl Symfony {
    /// What Symfony does unless it is configured otherwise.
    const ROUNDS: u32 = 5_000;
    /// A stored hash may not order more rounds than this.
    const GREATEST: u32 = 200_000;

    /// Braces would make two salts one, and Symfony refuses them.
    pub(super) fn new(salt: &str, rounds: u32) -> Option<Self> {
        let fits = (1..=Self::GREATEST).contains(&rounds) && salt.len() <= GREATEST_SALT;
        (fits && !salt.contains(['{', '}'])).then(|| Self { salt: salt.to_owned(), rounds })
    }

    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        let mut salted = Zeroizing::new(password.to_vec());
        if !self.salt.is_empty() {
            for part in [b"{", self.salt.as_bytes(), b"}"] {
                salted.extend_from_slice(part);
            }
        }
        let first = Function::Sha512.of(&[&salted]);
        (1..self.rounds).fold(first, |before, _| Function::Sha512.of(&[&before, &salted]))
    }

    pub(super) fn parameters(&self) -> Parameters {
        Parameters::default().number("rounds", self.rounds).text("salt", self.salt.as_bytes())
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let rounds = fields.number("rounds")?;
        Self::new(&fields.words("salt")?, rounds)
    }

    /// A hash in base64, with the salt that stands beside it.
    pub(super) fn written(text: &str, salt: &str) -> Option<(Self, Digest)> {
        let digest = Digest::new(Base64::decode_vec(text).ok()?);
        let fits = digest.len() == Function::Sha512.length();
        fits.then_some(())?;
        Some((Self::new(salt, Self::ROUNDS)?, digest))
    }
}
