//! How an old digest is computed from a password.

use super::digest::Digest;
use super::ez::Ez;
use super::ldap::Ldap;
use super::magento::Magento;
use super::pbkdf2::Pbkdf2;
use super::phpass::Phpass;
use super::scrypt::Scrypt;
use super::symfony::Symfony;
use super::text::{Fields, Parameters};
use crate::password::Scratch;

/// A scheme with its parameters. Each was checked against its greatest cost when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recipe {
    Ez(Ez),
    Ldap(Ldap),
    Magento(Magento),
    Pbkdf2(Pbkdf2),
    Phpass(Phpass),
    Scrypt(Scrypt),
    Symfony(Symfony),
}

impl Recipe {
    /// The digest of a password; `None` when the machine cannot do it.
    pub(super) fn digest(&self, password: &[u8], scratch: &mut Scratch) -> Option<Digest> {
        match self {
            Self::Ez(ez) => Some(ez.digest(password)),
            Self::Ldap(ldap) => Some(ldap.digest(password)),
            Self::Magento(magento) => magento.digest(password, scratch),
            Self::Pbkdf2(pbkdf2) => Some(pbkdf2.digest(password)),
            Self::Phpass(phpass) => Some(phpass.digest(password)),
            Self::Scrypt(scrypt) => scrypt.digest(password),
            Self::Symfony(symfony) => Some(symfony.digest(password)),
        }
    }

    /// Whether guesses are so cheap that the digest is kept wrapped.
    pub(super) fn is_fast(&self) -> bool {
        match self {
            Self::Magento(magento) => magento.is_fast(),
            Self::Pbkdf2(pbkdf2) => pbkdf2.is_fast(),
            Self::Scrypt(_) => false,
            Self::Ez(_) | Self::Ldap(_) | Self::Phpass(_) | Self::Symfony(_) => true,
        }
    }

    /// How many bytes the digest has.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Ez(_) | Self::Phpass(_) => 16,
            Self::Ldap(ldap) => ldap.function.length(),
            Self::Magento(magento) => magento.length(),
            Self::Pbkdf2(pbkdf2) => pbkdf2.length,
            Self::Scrypt(scrypt) => scrypt.length,
            Self::Symfony(symfony) => symfony.function.length(),
        }
    }

    /// The word for it in stored texts.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Ez(ez) => ez.name(),
            Self::Ldap(_) => "ldap",
            Self::Magento(_) => "magento",
            Self::Pbkdf2(_) => "pbkdf2",
            Self::Phpass(_) => "phpass",
            Self::Scrypt(_) => "scrypt",
            Self::Symfony(symfony) => symfony.name(),
        }
    }

    pub(super) fn parameters(&self) -> Parameters {
        match self {
            Self::Ez(ez) => ez.parameters(),
            Self::Ldap(ldap) => ldap.parameters(),
            Self::Magento(magento) => magento.parameters(),
            Self::Pbkdf2(pbkdf2) => pbkdf2.parameters(),
            Self::Phpass(phpass) => phpass.parameters(),
            Self::Scrypt(scrypt) => scrypt.parameters(),
            Self::Symfony(symfony) => symfony.parameters(),
        }
    }

    pub(super) fn read(name: &str, fields: &mut Fields<'_>) -> Option<Self> {
        Some(match name {
            "ldap" => Self::Ldap(Ldap::read(fields)?),
            "magento" => Self::Magento(Magento::read(fields)?),
            "pbkdf2" => Self::Pbkdf2(Pbkdf2::read(fields)?),
            "phpass" => Self::Phpass(Phpass::read(fields)?),
            "scrypt" => Self::Scrypt(Scrypt::read(fields)?),
            name if name.starts_with("symfony-") => Self::Symfony(Symfony::read(name, fields)?),
            _ => Self::Ez(Ez::read(name, fields)?),
        })
    }
}
