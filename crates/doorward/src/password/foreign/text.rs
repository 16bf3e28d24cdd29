//! The one text in which a foreign hash is kept.
//!
//! ```text
//! $doorward$ SCHEME $ NAME=VALUE,… $ DIGEST                         a slow scheme: its own digest, in base64
//! $doorward$ SCHEME $ NAME=VALUE,… $argon2id$v=19$m=…,t=…,p=1$…$…   a fast one: argon2id of its digest
//! ```
//!
//! Without the spaces. Numbers and words stand as they are, texts in base64 without padding, names in the one order that the
//! scheme has: each hash has one text.

use base64ct::{Base64Unpadded, Encoding as _};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::digest::Digest;
use super::recipe::Recipe;
use crate::password::{Cost, HashOutcome, Scratch, hash, verify};
use crate::user::PasswordHash;

/// What every such text begins with.
pub(in crate::password) const MARK: &str = "$doorward$";
/// A salt may have so many bytes, and a login and a site as many.
pub(super) const GREATEST_SALT: usize = 256;
/// No text is longer.
const GREATEST: usize = 2_048;

/// A hash of another system: how its digest is computed, and what it must be.
#[derive(Clone)]
pub struct Foreign {
    pub(super) recipe: Recipe,
    kept: Kept,
}

/// What the digest is compared with.
#[derive(Clone)]
enum Kept {
    /// The digest itself.
    Plain(Digest),
    /// argon2id of it.
    Wrapped(Zeroizing<String>),
}

impl Foreign {
    pub(super) fn plain(recipe: Recipe, digest: Digest) -> Self {
        Self { recipe, kept: Kept::Plain(digest) }
    }

    /// Reads a stored text. `None` for any text that [`text`](Self::text) never writes, and for one that orders more work
    /// than is allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(MARK).filter(|_| text.len() <= GREATEST)?;
        let (name, rest) = rest.split_once('$')?;
        let (parameters, kept) = rest.split_once('$')?;
        let mut fields = Fields(parameters);
        let recipe = Recipe::read(name, &mut fields).filter(|_| fields.0.is_empty())?;
        let kept = if kept.starts_with("argon2id$") {
            let kept = Zeroizing::new(format!("${kept}"));
            if !verify::is_computable(&kept) {
                return None;
            }
            Kept::Wrapped(kept)
        } else {
            let digest = Digest::new(Base64Unpadded::decode_vec(kept).ok()?);
            if digest.len() != recipe.length() {
                return None;
            }
            Kept::Plain(digest)
        };
        Some(Self { recipe, kept }).filter(|foreign| foreign.text().expose() == text)
    }

    /// The text to store.
    pub fn text(&self) -> PasswordHash {
        let (name, Parameters(parameters)) = (self.recipe.name(), self.recipe.parameters());
        PasswordHash::new(match &self.kept {
            Kept::Plain(digest) => {
                let mut encoded = Base64Unpadded::encode_string(digest);
                let text = format!("{MARK}{name}${parameters}${encoded}");
                encoded.zeroize();
                text
            }
            Kept::Wrapped(kept) => format!("{MARK}{name}${parameters}{}", kept.as_str()),
        })
    }

    /// Whether it is kept as it is though guesses are cheap: it must be [`wrap`](Self::wrap)ped before it is stored.
    pub fn is_bare(&self) -> bool {
        self.recipe.is_fast() && matches!(self.kept, Kept::Plain(_))
    }

    /// The same hash, kept as argon2id of its digest. `None` when the machine cannot do it.
    #[must_use]
    pub fn wrap(self, cost: Cost, scratch: &mut Scratch) -> Option<Self> {
        let Kept::Plain(digest) = &self.kept else { return Some(self) };
        let wrapped = hash(digest, cost, scratch)?.expose().to_owned();
        Some(Self { recipe: self.recipe, kept: Kept::Wrapped(wrapped.into()) })
    }

    /// Whether `other`, which is not wrapped, is the same hash. Costs as much as a log-in where this one is wrapped.
    #[must_use]
    pub fn is_same(&self, other: &Self, scratch: &mut Scratch) -> bool {
        let Kept::Plain(digest) = &other.kept else { return false };
        self.recipe == other.recipe
            && matches!(self.is_made_of(digest, Cost::default(), scratch), HashOutcome::Right { .. })
    }

    /// Whether what is kept belongs to this digest.
    pub(super) fn is_made_of(&self, digest: &Digest, cost: Cost, scratch: &mut Scratch) -> HashOutcome {
        match &self.kept {
            Kept::Plain(kept) if kept.as_slice().ct_eq(digest).into() => HashOutcome::Right { outdated: true },
            Kept::Plain(_) => HashOutcome::Wrong,
            Kept::Wrapped(kept) => {
                verify::argon2(kept, digest, cost, scratch).unwrap_or_else(|| verify::waste(digest, cost, scratch))
            }
        }
    }
}

/// Parameters, being written.
#[derive(Default)]
pub(super) struct Parameters(String);

impl Parameters {
    fn add(mut self, name: &str, value: &str) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        self.0.extend([comma, name, "=", value]);
        self
    }

    pub(super) fn word(self, name: &str, value: &str) -> Self {
        self.add(name, value)
    }

    pub(super) fn number(self, name: &str, value: u32) -> Self {
        self.add(name, &value.to_string())
    }

    pub(super) fn text(self, name: &str, value: &[u8]) -> Self {
        self.add(name, &Base64Unpadded::encode_string(value))
    }
}

/// Parameters, being read one after the other.
pub(super) struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    pub(super) fn word(&mut self, name: &str) -> Option<&'a str> {
        let value = self.0.strip_prefix(name)?.strip_prefix('=')?;
        let (value, rest) = match value.split_once(',') {
            // A comma announces another one.
            Some((_, "")) => return None,
            Some(split) => split,
            None => (value, ""),
        };
        self.0 = rest;
        Some(value)
    }

    pub(super) fn number(&mut self, name: &str) -> Option<u32> {
        let word = self.word(name)?;
        word.parse().ok().filter(|number: &u32| number.to_string() == word)
    }

    pub(super) fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        Base64Unpadded::decode_vec(self.word(name)?).ok().filter(|bytes| bytes.len() <= GREATEST_SALT)
    }

    pub(super) fn words(&mut self, name: &str) -> Option<String> {
        String::from_utf8(self.bytes(name)?).ok()
    }
}
