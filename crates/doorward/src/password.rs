//! Verifying and hashing passwords. The work is described here; the threads that do it are handed in.

pub mod foreign;
mod policy;
mod verify;

pub use policy::{PasswordPolicy, PasswordRefusal};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64ct::{Base64Unpadded, Encoding as _};
use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use crate::user::PasswordHash;

/// The bytes of a password, as received. Wiped when dropped; never formatted.
pub type PasswordBytes = Zeroizing<Vec<u8>>;

/// The cost of new hashes: argon2id, at least 19,456 KiB, two passes, one lane (the floor that OWASP names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory: 19_456, passes: 2 }
    }
}

/// Computes [`HashJob`]s away from the threads that serve requests.
pub trait Hasher: Send + Sync + 'static {
    /// Computes `job`, or refuses it at once when too many are waiting.
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>>;

    /// How many jobs wait, for whoever watches.
    fn waiting(&self) -> usize {
        0
    }
}

/// Too many passwords are waiting to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Busy {
    /// Seconds until it is worth trying again.
    pub retry_after: u32,
}

/// Memory that one job after the other uses, so that 19 MiB are not asked of the system for each log-in.
#[derive(Default)]
pub struct Scratch(Vec<Block>);

impl Scratch {
    /// Gives the memory back.
    pub fn release(&mut self) {
        self.0 = Vec::new();
    }

    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            self.0.resize(count, Block::new());
        }
        &mut self.0[..count]
    }
}

/// One computation.
pub enum HashJob {
    /// Whether `password` is the one that was hashed. Without a hash it costs the same and is wrong.
    Verify {
        /// What is stored, if anything.
        hash: Option<PasswordHash>,
        /// What was sent.
        password: PasswordBytes,
        /// The cost of new hashes: an older one is reported as such.
        cost: Cost,
    },
    /// A new hash.
    Hash {
        /// The password.
        password: PasswordBytes,
        /// Its cost.
        cost: Cost,
    },
}

/// What a job found out.
pub enum HashOutcome {
    /// The password is right. `outdated` when the stored hash is weaker than new ones are.
    Right {
        /// Whether to hash it again.
        outdated: bool,
    },
    /// The password is wrong.
    Wrong,
    /// A new hash.
    Hashed(PasswordHash),
    /// The machine could not do it: no memory, no randomness. Callers are told 503.
    Failed,
}

impl HashJob {
    /// Does the work on the calling thread: some 16 ms of it, 19 MiB of memory.
    pub fn execute(self, scratch: &mut Scratch) -> HashOutcome {
        match self {
            Self::Verify { hash, password, cost } => verify::verify(hash.as_ref(), &password, cost, scratch),
            Self::Hash { password, cost } => {
                hash(&password, cost, scratch).map_or(HashOutcome::Failed, HashOutcome::Hashed)
            }
        }
    }
}

/// Hashes with argon2id and a fresh salt, as a PHC string.
fn hash(password: &[u8], cost: Cost, scratch: &mut Scratch) -> Option<PasswordHash> {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).ok()?;
    let mut output = Zeroizing::new([0u8; 32]);
    let params = Params::new(cost.memory, cost.passes, 1, Some(output.len())).ok()?;
    let blocks = scratch.blocks(params.block_count());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password, &salt, output.as_mut_slice(), blocks).ok()?;
    let (salt, digest) = (Base64Unpadded::encode_string(&salt), Base64Unpadded::encode_string(output.as_slice()));
    let text = format!("$argon2id$v=19$m={},t={},p=1${salt}${digest}", cost.memory, cost.passes);
    Some(PasswordHash::new(text))
}

#[cfg(test)]
mod tests;
