//! Magento: `hash:salt:versions`, where a hash was hashed again at each upgrade of the shop.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::digest::{Digest, Function, hex, unhex};
use super::text::{Fields, GREATEST_SALT, Parameters};
use crate::password::Scratch;
use crate::password::verify::is_affordable;

/// A chain of hashes over one salt, oldest first. Each step hashes the hexadecimal digits of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Magento {
    salt: String,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `0`: MD5.
    Md5,
    /// `1`: SHA-256.
    Sha256,
    /// `2`, or `3_length_passes_memory`: argon2id.
    Argon2 { is_agnostic: bool, length: u32, passes: u32, memory: u32 },
}

impl Magento {
    /// A chain may not be longer.
    const GREATEST: usize = 8;
    /// Nor have more steps of argon2id.
    const GREATEST_SLOW: usize = 2;

    fn new(salt: &str, steps: &str) -> Option<Self> {
        let steps = steps.split(':').map(Step::parse).collect::<Option<Vec<Step>>>()?;
        let slow = steps.iter().filter(|step| matches!(step, Step::Argon2 { .. })).count();
        let fits = steps.len() <= Self::GREATEST && slow <= Self::GREATEST_SLOW && salt.len() <= GREATEST_SALT;
        // argon2 has no empty salt, and there is nothing to repeat.
        (fits && (slow == 0 || !salt.is_empty())).then(|| Self { salt: salt.to_owned(), steps })
    }

    /// `None` when there is no memory.
    pub(super) fn digest(&self, password: &[u8], scratch: &mut Scratch) -> Option<Digest> {
        let mut digest = Digest::default();
        let mut before = Zeroizing::new(password.to_vec());
        for step in &self.steps {
            digest = step.digest(&before, self.salt.as_bytes(), scratch)?;
            before = Zeroizing::new(hex(&digest).as_bytes().to_vec());
        }
        Some(digest)
    }

    /// Whether it is kept wrapped: the last step decides how long a guess takes at least.
    pub(super) fn is_fast(&self) -> bool {
        matches!(self.steps.last(), None | Some(Step::Md5 | Step::Sha256))
    }

    /// How many bytes the digest has.
    pub(super) fn length(&self) -> usize {
        match self.steps.last() {
            None | Some(Step::Md5) => Function::Md5.length(),
            Some(Step::Sha256) => Function::Sha256.length(),
            Some(Step::Argon2 { length, .. }) => *length as usize,
        }
    }

    pub(super) fn parameters(&self) -> Parameters {
        let steps: Vec<String> = self.steps.iter().map(|step| step.text()).collect();
        Parameters::default().word("steps", &steps.join(":")).text("salt", self.salt.as_bytes())
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let steps = fields.word("steps")?;
        Self::new(&fields.words("salt")?, steps)
    }

    /// A hash as the shop's table has it. One without versions is a MAC under the shop's own key: nobody else can verify it.
    pub(super) fn written(text: &str) -> Option<(Self, Digest)> {
        let mut parts = text.splitn(3, ':');
        let digest = unhex(parts.next()?)?;
        let (salt, steps) = (parts.next()?, parts.next()?);
        let magento = Self::new(salt, steps)?;
        (digest.len() == magento.length()).then_some((magento, digest))
    }
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "0" => return Some(Self::Md5),
            "1" => return Some(Self::Sha256),
            // What libsodium calls interactive.
            "2" => return Some(Self::Argon2 { is_agnostic: false, length: 32, passes: 2, memory: 65_536 }),
            _ => {}
        }
        let numbers = text.strip_prefix("3_")?.split('_').map(|number| number.parse().ok());
        let [length, passes, bytes] = numbers.collect::<Option<Vec<u32>>>()?.try_into().ok()?;
        let memory = bytes / 1_024;
        let fits = (16..=64).contains(&length) && passes >= 1 && memory >= 8 && is_affordable(memory, passes, 1);
        (fits && bytes.is_multiple_of(1_024)).then_some(Self::Argon2 { is_agnostic: true, length, passes, memory })
    }

    fn text(self) -> String {
        match self {
            Self::Md5 => "0".into(),
            Self::Sha256 => "1".into(),
            Self::Argon2 { is_agnostic: false, .. } => "2".into(),
            Self::Argon2 { length, passes, memory, .. } => format!("3_{length}_{passes}_{}", memory * 1_024),
        }
    }

    fn digest(self, before: &[u8], salt: &[u8], scratch: &mut Scratch) -> Option<Digest> {
        let (length, passes, memory) = match self {
            Self::Md5 => return Some(Function::Md5.of(&[salt, before])),
            Self::Sha256 => return Some(Function::Sha256.of(&[salt, before])),
            Self::Argon2 { length, passes, memory, .. } => (length as usize, passes, memory),
        };
        // Sixteen bytes, cut off or repeated.
        let salt: Vec<u8> = salt.iter().copied().cycle().take(16).collect();
        let params = Params::new(memory, passes, 1, Some(length)).ok()?;
        let blocks = scratch.blocks(params.block_count());
        let mut digest = Zeroizing::new(vec![0; length]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into_with_memory(before, &salt, &mut digest, blocks).ok()?;
        Some(digest)
    }
}
