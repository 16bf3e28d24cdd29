//! scrypt (RFC 7914), as a PHC string.

use argon2::password_hash::phc;
use zeroize::Zeroizing;

use super::digest::Digest;
use super::text::{Fields, GREATEST_SALT, Parameters};

/// The parameters of one hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scrypt {
    /// The cost is this power of two.
    power: u32,
    block: u32,
    lanes: u32,
    salt: Vec<u8>,
    /// How many bytes the digest has.
    pub(super) length: usize,
}

impl Scrypt {
    /// A stored hash may not take more memory than this, in bytes, nor more than four times as much work.
    const GREATEST: u64 = 256 << 20;

    fn new(power: u32, block: u32, lanes: u32, salt: Vec<u8>, length: usize) -> Option<Self> {
        let is_small = (1..=20).contains(&power) && (1..=32).contains(&block) && (1..=16).contains(&lanes);
        if !is_small || salt.len() > GREATEST_SALT || !(16..=64).contains(&length) {
            return None;
        }
        let memory = (128 * u64::from(block)) << power;
        let fits = memory <= Self::GREATEST && memory * u64::from(lanes) <= 4 * Self::GREATEST;
        fits.then_some(Self { power, block, lanes, salt, length })
    }

    /// `None` when there is no memory.
    pub(super) fn digest(&self, password: &[u8]) -> Option<Digest> {
        let mut digest = Zeroizing::new(vec![0; self.length]);
        let params = scrypt::Params::new(u8::try_from(self.power).ok()?, self.block, self.lanes).ok()?;
        scrypt::scrypt(password, &self.salt, &params, &mut digest).ok()?;
        Some(digest)
    }

    pub(super) fn parameters(&self) -> Parameters {
        let cost = Parameters::default().number("ln", self.power).number("r", self.block).number("p", self.lanes);
        cost.number("length", self.length as u32).text("salt", &self.salt)
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (power, block, lanes) = (fields.number("ln")?, fields.number("r")?, fields.number("p")?);
        let length = fields.number("length")? as usize;
        Self::new(power, block, lanes, fields.bytes("salt")?, length)
    }

    pub(super) fn of_phc(text: &str) -> Option<(Self, Digest)> {
        let parsed = phc::PasswordHash::new(text).ok().filter(|_| text.starts_with("$scrypt$"))?;
        let number = |name| parsed.params.get_decimal(name);
        let digest = Digest::new(parsed.hash.as_ref()?.as_bytes().to_vec());
        let salt: &[u8] = parsed.salt.as_ref()?.as_ref();
        Some((Self::new(number("ln")?, number("r")?, number("p")?, salt.to_vec(), digest.len())?, digest))
    }
}
