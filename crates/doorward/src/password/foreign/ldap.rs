//! LDAP: `{SHA}`, `{SSHA}`, `{SSHA256}` and `{SSHA512}` (RFC 2307, and what servers made of it).

use base64ct::{Base64, Encoding as _};

use super::digest::{Digest, Function};
use super::text::{Fields, GREATEST_SALT, Parameters};

/// A digest of the password and a salt, which may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ldap {
    pub(super) function: Function,
    pub(super) salt: Vec<u8>,
}

impl Ldap {
    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        self.function.of(&[password, &self.salt])
    }

    pub(super) fn parameters(&self) -> Parameters {
        Parameters::default().word("function", self.function.name()).text("salt", &self.salt)
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let function = Function::named(fields.word("function")?)?;
        Some(Self { function, salt: fields.bytes("salt")? })
    }

    /// A hash as a directory exports it.
    pub(super) fn written(text: &str) -> Option<(Self, Digest)> {
        let (scheme, encoded) = text.strip_prefix('{')?.split_once('}')?;
        let (function, is_salted) = match scheme.to_ascii_uppercase().as_str() {
            "SHA" => (Function::Sha1, false),
            "SHA256" => (Function::Sha256, false),
            "SHA512" => (Function::Sha512, false),
            "SSHA" => (Function::Sha1, true),
            "SSHA256" => (Function::Sha256, true),
            "SSHA512" => (Function::Sha512, true),
            _ => return None,
        };
        let mut bytes = Digest::new(Base64::decode_vec(encoded).ok()?);
        let length = function.length();
        let fits = if is_salted {
            (length + 1..=length + GREATEST_SALT).contains(&bytes.len())
        } else {
            bytes.len() == length
        };
        if !fits {
            return None;
        }
        let salt = bytes.split_off(length);
        Some((Self { function, salt }, bytes))
    }
}
