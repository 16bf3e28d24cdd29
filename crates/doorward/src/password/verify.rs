//! Whether a password is the one behind a stored hash.

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Bcrypt, Encoding as _};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Cost, HashOutcome, PasswordPolicy, Scratch, foreign, hash};
use crate::user::PasswordHash;

/// A stored hash may not make us work harder than this: memory in KiB, passes, lanes.
const GREATEST: (u32, u32, u32) = (262_144, 16, 16);
/// The greatest cost of a bcrypt hash; each step doubles the work.
const GREATEST_BCRYPT: u32 = 15;

/// What every stored text of bcrypt begins with; a letter says whose mistakes it has.
const BCRYPT: &str = "$2";

pub(super) fn verify(stored: Option<&PasswordHash>, password: &[u8], cost: Cost, scratch: &mut Scratch) -> HashOutcome {
    // Nobody can have a longer one, and old schemes read all of it in each of their many rounds.
    let stored = stored.filter(|_| password.len() <= PasswordPolicy::GREATEST);
    let Some(stored) = stored else { return waste(password, cost, scratch) };
    let text = stored.expose();
    let outcome = match text {
        _ if text.starts_with(BCRYPT) => bcrypt(text, password),
        _ if text.starts_with(foreign::MARK) => foreign::verify(text, password, cost, scratch),
        _ => argon2(text, password, cost, scratch),
    };
    outcome.unwrap_or_else(|| waste(password, cost, scratch))
}

/// Whether a text is an argon2 or bcrypt hash that may be computed here.
pub(super) fn is_computable(text: &str) -> bool {
    if text.starts_with(BCRYPT) { bcrypt_parts(text).is_some() } else { Parsed::new(text).is_some() }
}

/// Whether so much memory in KiB, so many passes and lanes may be asked for.
pub(super) fn is_affordable(memory: u32, passes: u32, lanes: u32) -> bool {
    memory <= GREATEST.0 && passes <= GREATEST.1 && lanes <= GREATEST.2
}

/// Unknown users, unreadable hashes and unusable passwords cost what a real verification costs, and are wrong.
pub(super) fn waste(password: &[u8], cost: Cost, scratch: &mut Scratch) -> HashOutcome {
    match hash(password, cost, scratch) {
        Some(_) => HashOutcome::Wrong,
        None => HashOutcome::Failed,
    }
}

/// An argon2 hash that may be computed here.
struct Parsed {
    hash: phc::PasswordHash,
    algorithm: Algorithm,
    version: Version,
    params: Params,
}

impl Parsed {
    fn new(text: &str) -> Option<Self> {
        let hash = phc::PasswordHash::new(text).ok()?;
        let algorithm = match hash.algorithm.as_str() {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            _ => return None,
        };
        let version = match hash.version {
            Some(16) => Version::V0x10,
            Some(19) | None => Version::V0x13,
            Some(_) => return None,
        };
        let number = |name| hash.params.get_decimal(name);
        let (memory, passes, lanes) = (number("m")?, number("t")?, number("p")?);
        if hash.salt.is_none() || !is_affordable(memory, passes, lanes) {
            return None;
        }
        let params = Params::new(memory, passes, lanes, Some(hash.hash.as_ref()?.len())).ok()?;
        Some(Self { hash, algorithm, version, params })
    }
}

/// `None` when the text is no argon2 hash that may be computed here.
pub(super) fn argon2(text: &str, password: &[u8], cost: Cost, scratch: &mut Scratch) -> Option<HashOutcome> {
    let Parsed { hash, algorithm, version, params } = Parsed::new(text)?;
    let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    let weaker = params.m_cost() < cost.memory || params.t_cost() < cost.passes;
    let blocks = scratch.blocks(params.block_count());
    let mut output = Zeroizing::new(vec![0u8; expected.len()]);
    let argon2 = Argon2::new(algorithm, version, params);
    if argon2.hash_password_into_with_memory(password, salt.as_ref(), &mut output, blocks).is_err() {
        return Some(HashOutcome::Failed);
    }
    if !bool::from(output.as_slice().ct_eq(expected.as_bytes())) {
        return Some(HashOutcome::Wrong);
    }
    Some(HashOutcome::Right { outdated: algorithm != Algorithm::Argon2id || weaker })
}

fn bcrypt_parts(text: &str) -> Option<bcrypt::HashParts> {
    let parts = text.parse::<bcrypt::HashParts>().ok()?;
    (4..=GREATEST_BCRYPT).contains(&parts.get_cost()).then_some(parts)
}

/// bcrypt ignores what comes after 72 bytes or a NUL: such passwords are refused rather than half verified.
fn bcrypt(text: &str, password: &[u8]) -> Option<HashOutcome> {
    let parts = bcrypt_parts(text).filter(|_| password.len() <= 72 && !password.contains(&0))?;
    if text.starts_with("$2x$") && !password.is_ascii() {
        let computed = bcrypt::bcrypt(parts.get_cost(), parts.get_salt_raw(), &*sign_extended(password));
        let computed = Base64Bcrypt::encode_string(&computed[..23]);
        let expected = text.get(29..)?;
        let is_right = bool::from(computed.as_bytes().ct_eq(expected.as_bytes()));
        return Some(if is_right { HashOutcome::Right { outdated: true } } else { HashOutcome::Wrong });
    }
    match bcrypt::verify(password, text) {
        Ok(true) => Some(HashOutcome::Right { outdated: true }),
        Ok(false) => Some(HashOutcome::Wrong),
        Err(_) => None,
    }
}

/// The key that `2x` takes for a password: in it, a byte above 127 overwrites those before it in its word (CVE-2011-2483).
fn sign_extended(password: &[u8]) -> Zeroizing<[u8; 72]> {
    let mut bytes = password.iter().copied().chain([0]).cycle();
    let mut key = Zeroizing::new([0; 72]);
    for word in key.chunks_mut(4) {
        let signed = bytes.by_ref().take(4).map(|byte| i32::from(byte.cast_signed()).cast_unsigned());
        word.copy_from_slice(&signed.fold(0u32, |word, byte| word << 8 | byte).to_be_bytes());
    }
    key
}
