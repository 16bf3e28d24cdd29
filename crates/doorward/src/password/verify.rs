//! Whether a password is the one behind a stored hash.

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Cost, HashOutcome, Scratch, hash};
use crate::user::PasswordHash;

/// A stored hash may not make us work harder than this: memory in KiB, passes, lanes.
const GREATEST: (u32, u32, u32) = (262_144, 16, 16);
/// The greatest cost of a bcrypt hash; each step doubles the work.
const GREATEST_BCRYPT: u32 = 15;

pub(super) fn verify(stored: Option<&PasswordHash>, password: &[u8], cost: Cost, scratch: &mut Scratch) -> HashOutcome {
    let Some(stored) = stored else { return waste(password, cost, scratch) };
    let text = stored.expose();
    if text.starts_with("$2") {
        return bcrypt(text, password, cost, scratch);
    }
    match argon2(text, password, cost, scratch) {
        Some(outcome) => outcome,
        None => waste(password, cost, scratch),
    }
}

/// Unknown users, unreadable hashes and unusable passwords cost what a real verification costs, and are wrong.
fn waste(password: &[u8], cost: Cost, scratch: &mut Scratch) -> HashOutcome {
    match hash(password, cost, scratch) {
        Some(_) => HashOutcome::Wrong,
        None => HashOutcome::Failed,
    }
}

/// `None` when the text is no argon2 hash that may be computed here.
fn argon2(text: &str, password: &[u8], cost: Cost, scratch: &mut Scratch) -> Option<HashOutcome> {
    let parsed = phc::PasswordHash::new(text).ok()?;
    let algorithm = match parsed.algorithm.as_str() {
        "argon2id" => Algorithm::Argon2id,
        "argon2i" => Algorithm::Argon2i,
        _ => return None,
    };
    let version = match parsed.version {
        Some(16) => Version::V0x10,
        Some(19) | None => Version::V0x13,
        Some(_) => return None,
    };
    let (salt, expected) = (parsed.salt.as_ref()?, parsed.hash.as_ref()?);
    let (memory, passes, lanes) =
        (parsed.params.get_decimal("m")?, parsed.params.get_decimal("t")?, parsed.params.get_decimal("p")?);
    if memory > GREATEST.0 || passes > GREATEST.1 || lanes > GREATEST.2 {
        return None;
    }
    let params = Params::new(memory, passes, lanes, Some(expected.len())).ok()?;
    let blocks = scratch.blocks(params.block_count());
    let mut output = Zeroizing::new(vec![0u8; expected.len()]);
    let argon2 = Argon2::new(algorithm, version, params);
    if argon2.hash_password_into_with_memory(password, salt.as_ref(), &mut output, blocks).is_err() {
        return Some(HashOutcome::Failed);
    }
    if !bool::from(output.as_slice().ct_eq(expected.as_bytes())) {
        return Some(HashOutcome::Wrong);
    }
    let weaker = memory < cost.memory || passes < cost.passes;
    Some(HashOutcome::Right { outdated: algorithm != Algorithm::Argon2id || weaker })
}

/// bcrypt ignores what comes after 72 bytes or a NUL: such passwords are refused rather than half verified.
fn bcrypt(text: &str, password: &[u8], cost: Cost, scratch: &mut Scratch) -> HashOutcome {
    let computable =
        text.parse::<bcrypt::HashParts>().is_ok_and(|parts| (4..=GREATEST_BCRYPT).contains(&parts.get_cost()));
    if !computable || password.len() > 72 || password.contains(&0) {
        return waste(password, cost, scratch);
    }
    match bcrypt::verify(password, text) {
        Ok(true) => HashOutcome::Right { outdated: true },
        Ok(false) => HashOutcome::Wrong,
        Err(_) => waste(password, cost, scratch),
    }
}
