//! A certificate for this machine, of the kind that most sites have.

use std::path::{Path, PathBuf};

/// Where its two files are.
pub(crate) struct Certificate {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificate {
    /// ECDSA over P-256, signed by itself.
    pub(crate) fn make(folder: &Path) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()])?;
        let certificate = Self { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&certificate.cert, made.cert.pem())?;
        std::fs::write(&certificate.key, made.signing_key.serialize_pem())?;
        Ok(certificate)
    }
}
