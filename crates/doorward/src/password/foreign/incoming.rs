//! Hashes as other systems export them.

use super::digest::{Digest, Function, unhex};
use super::ez::Ez;
use super::ldap::Ldap;
use super::magento::Magento;
use super::pbkdf2::Pbkdf2;
use super::phpass::Phpass;
use super::recipe::Recipe;
use super::scrypt::Scrypt;
use super::symfony::Symfony;
use super::text::{Foreign, GREATEST_SALT};
use crate::password::{Cost, PasswordBytes, PasswordPolicy, Scratch, hash, verify};
use crate::user::PasswordHash;

/// A hash as an export has it, with what stands beside it.
#[derive(Clone, Copy, Default)]
pub struct Written<'a> {
    /// The hash; with the scheme `ez5` the password itself.
    pub hash: &'a str,
    /// The scheme, where the hash does not name it: one of [`Written::SCHEMES`]; one of Symfony's may end with its rounds,
    /// `symfony-sha512:10000`, where those are not the usual five thousand.
    pub scheme: Option<&'a str>,
    /// A salt of its own column.
    pub salt: Option<&'a str>,
    /// The login, spelled as it was there.
    pub login: &'a str,
    /// The site, which `ez3` hashes along.
    pub site: Option<&'a str>,
}

/// What was read. None of it is to be stored before [`stored`](Self::stored) has seen to it that nothing weak is.
#[derive(Clone)]
pub enum Incoming {
    /// A hash that is stored as it stands.
    Ready(PasswordHash),
    /// A hash of an old scheme.
    Old(Foreign),
    /// A password, to be hashed at once.
    Password(PasswordBytes),
}

/// Why a hash cannot move in. No text has anything of the hash in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No scheme has this name.
    #[error("there is no such scheme: it is one of {}", Written::SCHEMES.join(", "))]
    Scheme,
    /// The hash does not say what it is.
    #[error("the hash does not name its scheme: say which one it is, one of {}", Written::SCHEMES.join(", "))]
    Unnamed,
    /// The hash is not as its scheme writes one.
    #[error("the hash is not one of its scheme, or orders more work than is allowed")]
    Malformed,
    /// A MAC under a key that the shop keeps.
    #[error("the hash has no version: it was made with the shop's own key, and nobody else can verify it")]
    Keyed,
    /// A site is missing.
    #[error("the scheme ez3 hashes the site along: say which one it is")]
    SiteMissing,
    /// A salt is missing.
    #[error("the scheme has its salt in a column of its own, and there is none")]
    SaltMissing,
}

impl Written<'_> {
    /// The schemes that a hash does not name itself.
    pub const SCHEMES: [&'static str; 11] = [
        "ez1",
        "ez2",
        "ez3",
        "ez5",
        "ez6",
        "ez7",
        "symfony-sha512",
        "symfony-sha256",
        "symfony-sha1",
        "symfony-md5",
        "magento",
    ];
}

impl Incoming {
    /// Reads a hash.
    ///
    /// # Errors
    /// Why it cannot move in.
    pub fn read(written: Written<'_>) -> Result<Self, Unreadable> {
        let Written { hash, scheme, salt, login, site } = written;
        let ez = |ez: Ez| {
            let digest = unhex(hash).filter(|digest| digest.len() == Function::Md5.length());
            let digest =
                digest.filter(|_| login.len() <= GREATEST_SALT && site.is_none_or(|site| site.len() <= GREATEST_SALT));
            digest.map(|digest| (Recipe::Ez(ez), digest))
        };
        let Some(scheme) = scheme else { return named(hash) };
        let read = match scheme {
            "ez1" => ez(Ez::Password),
            "ez2" => ez(Ez::Login(login.to_owned())),
            "ez3" => {
                let site = site.ok_or(Unreadable::SiteMissing)?;
                ez(Ez::LoginAndSite(login.to_owned(), site.to_owned()))
            }
            "ez5" if (1..=PasswordPolicy::GREATEST).contains(&hash.len()) => {
                return Ok(Self::Password(hash.as_bytes().to_vec().into()));
            }
            "ez5" => None,
            "ez6" | "ez7" => return ready(hash).ok_or(Unreadable::Malformed),
            scheme if scheme.starts_with("symfony-") => {
                let how = Symfony::named(scheme).ok_or(Unreadable::Scheme)?;
                let salt = salt.ok_or(Unreadable::SaltMissing)?;
                Symfony::written(how, hash, salt).map(|(symfony, digest)| (Recipe::Symfony(symfony), digest))
            }
            "magento" => {
                if hash.matches(':').count() < 2 {
                    return Err(Unreadable::Keyed);
                }
                Magento::written(hash).map(|(magento, digest)| (Recipe::Magento(magento), digest))
            }
            _ => return Err(Unreadable::Scheme),
        };
        old(read)
    }

    /// Whether [`stored`](Self::stored) computes argon2id, which takes a while.
    pub fn is_slow_to_store(&self) -> bool {
        match self {
            Self::Ready(_) => false,
            Self::Old(foreign) => foreign.is_bare(),
            Self::Password(_) => true,
        }
    }

    /// What is stored: nothing that is cheap to guess. `None` when the machine cannot compute it.
    #[must_use]
    pub fn stored(self, cost: Cost, scratch: &mut Scratch) -> Option<PasswordHash> {
        match self {
            Self::Ready(hash) => Some(hash),
            Self::Old(foreign) if foreign.is_bare() => Some(foreign.wrap(cost, scratch)?.text()),
            Self::Old(foreign) => Some(foreign.text()),
            Self::Password(password) => hash(&password, cost, scratch),
        }
    }

    /// Whether `stored` is what this one would be stored as. Costs as much as a log-in where it is wrapped.
    #[must_use]
    pub fn is_stored_as(&self, stored: &PasswordHash, scratch: &mut Scratch) -> bool {
        match self {
            Self::Ready(hash) => hash == stored,
            Self::Old(foreign) => Foreign::parse(stored.expose()).is_some_and(|kept| kept.is_same(foreign, scratch)),
            Self::Password(_) => false,
        }
    }
}

fn old(read: Option<(Recipe, Digest)>) -> Result<Incoming, Unreadable> {
    let (recipe, digest) = read.ok_or(Unreadable::Malformed)?;
    Ok(Incoming::Old(Foreign::plain(recipe, digest)))
}

/// A hash that names its scheme.
fn named(text: &str) -> Result<Incoming, Unreadable> {
    if text.starts_with("$2") || text.starts_with("$argon2") {
        return ready(text).ok_or(Unreadable::Malformed);
    }
    old(if text.starts_with("$scrypt$") {
        Scrypt::of_phc(text).map(|(scrypt, digest)| (Recipe::Scrypt(scrypt), digest))
    } else if text.starts_with("$pbkdf2") {
        Pbkdf2::of_phc(text).map(|(pbkdf2, digest)| (Recipe::Pbkdf2(pbkdf2), digest))
    } else if text.starts_with("pbkdf2_") {
        Pbkdf2::of_django(text).map(|(pbkdf2, digest)| (Recipe::Pbkdf2(pbkdf2), digest))
    } else if text.starts_with("$P$") || text.starts_with("$H$") {
        Phpass::written(text).map(|(phpass, digest)| (Recipe::Phpass(phpass), digest))
    } else if text.starts_with('{') {
        Ldap::written(text).map(|(ldap, digest)| (Recipe::Ldap(ldap), digest))
    } else {
        return Err(Unreadable::Unnamed);
    })
}

/// bcrypt and argon2 are stored as they stand.
fn ready(text: &str) -> Option<Incoming> {
    verify::is_computable(text).then(|| Incoming::Ready(PasswordHash::new(text.to_owned())))
}
