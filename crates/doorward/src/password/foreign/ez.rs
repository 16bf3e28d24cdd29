//! eZ Publish and eZ Platform: `password_hash_type` 1 to 3.

use super::digest::{Digest, Function};
use super::text::{Fields, Parameters};

/// What is hashed beside the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ez {
    /// Nothing.
    Password,
    /// The login, spelled as it was when the password was set.
    Login(String),
    /// Login and site.
    LoginAndSite(String, String),
}

impl Ez {
    pub(super) fn digest(&self, password: &[u8]) -> Digest {
        match self {
            Self::Password => Function::Md5.of(&[password]),
            Self::Login(login) => Function::Md5.of(&[login.as_bytes(), b"\n", password]),
            Self::LoginAndSite(login, site) => {
                Function::Md5.of(&[login.as_bytes(), b"\n", password, b"\n", site.as_bytes()])
            }
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Password => "ez1",
            Self::Login(_) => "ez2",
            Self::LoginAndSite(..) => "ez3",
        }
    }

    pub(super) fn parameters(&self) -> Parameters {
        match self {
            Self::Password => Parameters::default(),
            Self::Login(login) => Parameters::default().text("login", login.as_bytes()),
            Self::LoginAndSite(login, site) => {
                Parameters::default().text("login", login.as_bytes()).text("site", site.as_bytes())
            }
        }
    }

    pub(super) fn read(name: &str, fields: &mut Fields<'_>) -> Option<Self> {
        match name {
            "ez1" => Some(Self::Password),
            "ez2" => Some(Self::Login(fields.words("login")?)),
            "ez3" => Some(Self::LoginAndSite(fields.words("login")?, fields.words("site")?)),
            _ => None,
        }
    }
}
