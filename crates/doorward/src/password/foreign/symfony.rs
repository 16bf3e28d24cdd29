//! Symfony's message digest, of FOSUserBundle and others: SHA-512, five thousand times, unless it was configured otherwise.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::digest::{Digest, Function};
use super::text::{Fields, GREATEST_SALT, Parameters};

/// The digest of `password{salt}`, many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symfony {
    pub(super) function: Function,
    salt: String,
    rounds: u32,
}

/// What every name of such a scheme begins with.
const NAME: &str = "symfony-";

impl Symfony {
    /// What Symfony does unless it is configured otherwise.
    const ROUNDS: u32 = 5_000;
    /// A stored hash may not order more rounds than this.
    const GREATEST: u32 = 200_000;

    /// Braces would make two salts one, and Symfony refuses them.
    fn new(function: Function, salt: &str, rounds: u32) -> Option<Self> {
        let fits = (1..=Self::GREATEST).contains(&rounds) && salt.len() <= GREATEST_SALT;
        (fits && !salt.contains(['{', '}'])).then(|| Self { function, salt: salt.to_owned(), rounds })
    }

    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        let mut salted = Zeroizing::new(password.to_vec());
        if !self.salt.is_empty() {
            for part in [b"{", self.salt.as_bytes(), b"}"] {
                salted.extend_from_slice(part);
            }
        }
        let first = self.function.of(&[&salted]);
        (1..self.rounds).fold(first, |before, _| self.function.of(&[&before, &salted]))
    }

    /// The word for it in stored texts.
    pub(super) fn name(&self) -> &'static str {
        match self.function {
            Function::Md5 => "symfony-md5",
            Function::Sha1 => "symfony-sha1",
            Function::Sha256 => "symfony-sha256",
            Function::Sha512 => "symfony-sha512",
        }
    }

    pub(super) fn parameters(&self) -> Parameters {
        Parameters::default().number("rounds", self.rounds).text("salt", self.salt.as_bytes())
    }

    pub(super) fn read(name: &str, fields: &mut Fields<'_>) -> Option<Self> {
        let function = Function::named(name.strip_prefix(NAME)?)?;
        let rounds = fields.number("rounds")?;
        Self::new(function, &fields.words("salt")?, rounds)
    }

    /// The function and the rounds of a scheme as it is named: `symfony-sha512`, or `symfony-sha512:10000`.
    pub(super) fn named(scheme: &str) -> Option<(Function, u32)> {
        let scheme = scheme.strip_prefix(NAME)?;
        let (function, rounds) = match scheme.split_once(':') {
            Some((function, rounds)) => (function, rounds.parse().ok()?),
            None => (scheme, Self::ROUNDS),
        };
        Some((Function::named(function)?, rounds))
    }

    /// A hash in base64, with the salt that stands beside it.
    pub(super) fn written((function, rounds): (Function, u32), text: &str, salt: &str) -> Option<(Self, Digest)> {
        let digest = Digest::new(Base64::decode_vec(text).ok()?);
        let fits = digest.len() == function.length();
        fits.then_some(())?;
        Some((Self::new(function, salt, rounds)?, digest))
    }
}
