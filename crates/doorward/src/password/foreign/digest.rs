//! The digests that old schemes are made of.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroizing;

/// Bytes from which a password could be guessed. Wiped when dropped.
pub(super) type Digest = Zeroizing<Vec<u8>>;

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Function {
    /// The digest of these parts, one after the other.
    pub(super) fn of(self, parts: &[&[u8]]) -> Digest {
        fn all<D: sha2::Digest>(parts: &[&[u8]]) -> Digest {
            let mut state = D::new();
            parts.iter().for_each(|part| state.update(part));
            Zeroizing::new(state.finalize().to_vec())
        }
        match self {
            Self::Md5 => all::<Md5>(parts),
            Self::Sha1 => all::<Sha1>(parts),
            Self::Sha256 => all::<Sha256>(parts),
            Self::Sha512 => all::<Sha512>(parts),
        }
    }

    /// How many bytes a digest has.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Md5 => Md5::output_size(),
            Self::Sha1 => Sha1::output_size(),
            Self::Sha256 => Sha256::output_size(),
            Self::Sha512 => Sha512::output_size(),
        }
    }

    /// The word for it in stored texts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512].into_iter().find(|function| function.name() == name)
    }
}

/// Lower-case hexadecimal digits, as PHP writes them.
pub(super) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let pairs = bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    Zeroizing::new(pairs.collect())
}

/// What hexadecimal digits of either case say.
pub(super) fn unhex(text: &str) -> Option<Digest> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok());
    pairs.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}
