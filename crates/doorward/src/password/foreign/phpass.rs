//! phpass, the portable hashes of WordPress, phpBB and others: `$P$` and `$H$`.

use super::digest::{Digest, Function};
use super::text::{Fields, Parameters};

/// MD5, stretched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phpass {
    /// The number of rounds is this power of two.
    pub(super) power: u32,
    pub(super) salt: [u8; 8],
}

/// The letters of six bits each.
const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Phpass {
    /// A stored hash may not order more than 2²⁰ rounds, a fifth of a second; those in use order 2⁸ to 2¹⁹.
    const GREATEST: u32 = 20;

    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        let first = Function::Md5.of(&[&self.salt, password]);
        (0..1u32 << self.power).fold(first, |before, _| Function::Md5.of(&[&before, password]))
    }

    pub(super) fn parameters(&self) -> Parameters {
        Parameters::default().number("power", self.power).text("salt", &self.salt)
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Self::new(fields.number("power")?, &fields.bytes("salt")?)
    }

    fn new(power: u32, salt: &[u8]) -> Option<Self> {
        let salt = salt.try_into().ok()?;
        (7..=Self::GREATEST).contains(&power).then_some(Self { power, salt })
    }

    /// A hash as it was written: the rounds in one letter, a salt of eight bytes, and 22 letters of digest.
    pub(super) fn written(text: &str) -> Option<(Self, Digest)> {
        let rest = text.strip_prefix("$P$").or_else(|| text.strip_prefix("$H$"))?.as_bytes();
        let (&power, rest) = rest.split_first()?;
        let (salt, digest) = rest.split_at_checked(8)?;
        let power = u32::try_from(LETTERS.iter().position(|letter| *letter == power)?).ok()?;
        Some((Self::new(power, salt)?, decode(digest)?))
    }
}

/// Sixteen bytes: each three of them are four letters, the lowest six bits first.
fn decode(letters: &[u8]) -> Option<Digest> {
    if letters.len() != 22 {
        return None;
    }
    let mut bytes = Digest::new(Vec::with_capacity(18));
    for four in letters.chunks(4) {
        let mut word = 0u32;
        for (place, letter) in four.iter().enumerate() {
            word |= u32::try_from(LETTERS.iter().position(|known| known == letter)?).ok()? << (6 * place);
        }
        bytes.extend_from_slice(&word.to_le_bytes()[..3]);
    }
    // Two letters at the end are one byte; what they have beyond it must be nothing.
    let is_whole = bytes[16..].iter().all(|byte| *byte == 0);
    bytes.truncate(16);
    is_whole.then_some(bytes)
}
