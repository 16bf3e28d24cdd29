//! PBKDF2 (RFC 8018, section 5.2): as Django writes it, and as PHC strings.

use argon2::password_hash::phc;
use base64ct::{Base64, Base64Unpadded, Encoding as _};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::digest::{Digest, Function};
use super::text::{Fields, GREATEST_SALT, Parameters};

/// A number of rounds of HMAC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pbkdf2 {
    pub(super) function: Function,
    pub(super) rounds: u32,
    pub(super) salt: Vec<u8>,
    /// How many bytes the digest has.
    pub(super) length: usize,
}

impl Pbkdf2 {
    /// A stored hash may not order more rounds than this.
    const GREATEST: u32 = 2_000_000;
    /// With fewer rounds it is as good as fast.
    const FAST_BELOW: u32 = 100_000;

    fn new(function: Function, rounds: u32, salt: Vec<u8>, length: usize) -> Option<Self> {
        let fits = (1..=Self::GREATEST).contains(&rounds) && salt.len() <= GREATEST_SALT && (16..=64).contains(&length);
        (fits && function != Function::Md5).then_some(Self { function, rounds, salt, length })
    }

    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        let mut digest = Zeroizing::new(vec![0; self.length]);
        let compute = match self.function {
            Function::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>,
            Function::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>,
            _ => pbkdf2::pbkdf2_hmac::<Sha1>,
        };
        compute(password, &self.salt, self.rounds, &mut digest);
        digest
    }

    /// Whether it is kept wrapped.
    pub(super) fn is_fast(&self) -> bool {
        self.function == Function::Sha1 || self.rounds < Self::FAST_BELOW
    }

    pub(super) fn parameters(&self) -> Parameters {
        let parameters = Parameters::default().word("function", self.function.name()).number("rounds", self.rounds);
        parameters.number("length", self.length as u32).text("salt", &self.salt)
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let function = Function::named(fields.word("function")?)?;
        let (rounds, length) = (fields.number("rounds")?, fields.number("length")?);
        Self::new(function, rounds, fields.bytes("salt")?, length as usize)
    }

    /// `pbkdf2_sha256$rounds$salt$base64` and `pbkdf2_sha1$…`. The salt counts as its text.
    pub(super) fn of_django(text: &str) -> Option<(Self, Digest)> {
        let mut parts = text.strip_prefix("pbkdf2_")?.split('$');
        let (function, rounds) = (parts.next()?, parts.next()?);
        let (salt, digest) = (parts.next()?, parts.next()?);
        let function =
            Function::named(function).filter(|function| matches!(function, Function::Sha1 | Function::Sha256))?;
        let digest = Digest::new(Base64::decode_vec(digest).ok()?);
        if parts.next().is_some() || digest.len() != function.length() {
            return None;
        }
        Some((Self::new(function, rounds.parse().ok()?, salt.as_bytes().to_vec(), digest.len())?, digest))
    }

    /// `$pbkdf2-sha256$i=600000,l=32$salt$hash`, and the form of passlib: `$pbkdf2-sha256$29000$salt$hash`.
    pub(super) fn of_phc(text: &str) -> Option<(Self, Digest)> {
        let (name, rest) = text.strip_prefix("$pbkdf2")?.split_once('$')?;
        let function = match name {
            "" | "-sha1" => Function::Sha1,
            "-sha256" => Function::Sha256,
            "-sha512" => Function::Sha512,
            _ => return None,
        };
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let mut parts = rest.split('$');
            let (rounds, salt, digest) = (parts.next()?, parts.next()?, parts.next()?);
            // Its letters are those of base64, but for one.
            let decode = |text: &str| Base64Unpadded::decode_vec(&text.replace('.', "+")).ok();
            let digest = Digest::new(decode(digest)?);
            if parts.next().is_some() || digest.len() != function.length() {
                return None;
            }
            return Some((Self::new(function, rounds.parse().ok()?, decode(salt)?, digest.len())?, digest));
        }
        let parsed = phc::PasswordHash::new(text).ok()?;
        let digest = Digest::new(parsed.hash.as_ref()?.as_bytes().to_vec());
        if parsed.params.get_decimal("l").is_some_and(|length| length as usize != digest.len()) {
            return None;
        }
        let salt: &[u8] = parsed.salt.as_ref()?.as_ref();
        Some((Self::new(function, parsed.params.get_decimal("i")?, salt.to_vec(), digest.len())?, digest))
    }
}
