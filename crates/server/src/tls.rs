//! TLS towards clients: a certificate and a key from files, read again when the files change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Where the certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// A PEM file with the certificate and what leads to its issuer.
    pub(crate) cert: PathBuf,
    /// A PEM file with the private key.
    pub(crate) key: PathBuf,
}

/// A certificate that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is not PEM.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate does not go with the key, or is none that can be served.
    #[error("{path}: {source}")]
    Certificate {
        /// The file of the certificate.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The certificate that is served now.
pub(crate) struct Certificate {
    served: ArcSwap<Served>,
}

/// Files, and what was read from them.
pub(crate) struct Served {
    files: TlsFiles,
    config: Arc<ServerConfig>,
}

impl Served {
    /// Reads the files.
    pub(crate) fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let config = Arc::new(server_config(&files)?);
        Ok(Self { files, config })
    }
}

impl Certificate {
    /// Reads the files.
    pub(crate) fn load(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self { served: ArcSwap::from_pointee(Served::read(files)?) }))
    }

    /// Takes TLS connections with the certificate as it is now.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.served.load().config.clone())
    }

    /// Serves another certificate from now on.
    pub(crate) fn replace(&self, served: Served) {
        self.served.store(Arc::new(served));
    }

    /// Reads the files again. What cannot be served leaves the old certificate in place.
    fn reload(&self) -> Result<(), TlsError> {
        let files = self.served.load().files.clone();
        self.replace(Served::read(files)?);
        Ok(())
    }

    /// Reads the files whenever they have changed.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut seen = self.stamps();
        loop {
            tokio::time::sleep(LOOK).await;
            let stamps = self.stamps();
            if stamps == seen {
                continue;
            }
            let served = self.served.load_full();
            match self.reload() {
                Ok(()) => tracing::info!(cert = %served.files.cert.display(), "certificate reloaded"),
                // Two files do not change at once: the next look sees both.
                Err(error) => tracing::warn!(%error, "certificate not reloaded, the old one stays"),
            }
            seen = stamps;
        }
    }

    fn stamps(&self) -> [Option<(SystemTime, u64)>; 2] {
        let served = self.served.load_full();
        [&served.files.cert, &served.files.key].map(|path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
    }
}

/// The cryptography that everything here uses, chosen explicitly.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The certificates of a PEM file; at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let file = |reason: String| TlsError::File { path: path.to_owned(), reason };
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| file(error.to_string()));
    match found {
        Ok(found) if found.is_empty() => Err(file("holds no certificate".into())),
        other => other,
    }
}

fn server_config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let chain = certificates(&files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| TlsError::File { path: files.key.clone(), reason: error.to_string() })?;
    let certificate = |source| TlsError::Certificate { path: files.cert.clone(), source };
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(certificate)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(certificate)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new().map_err(certificate)?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &TlsFiles, name: &str) {
        let pair = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
        std::fs::write(&files.cert, pair.cert.pem()).expect("written");
        std::fs::write(&files.key, pair.signing_key.serialize_pem()).expect("written");
    }

    fn files(folder: &tempfile::TempDir) -> TlsFiles {
        TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") }
    }

    #[test]
    fn a_certificate_that_does_not_go_with_the_key_is_refused_and_the_old_one_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = files(&folder);
        write(&files, "one.example");
        let certificate = Certificate::load(files.clone()).expect("loads");
        let key = std::fs::read(&files.key).expect("read");
        write(&files, "two.example");
        std::fs::write(&files.key, key).expect("written");
        let before = certificate.served.load_full();
        assert!(matches!(certificate.reload(), Err(TlsError::Certificate { .. })));
        assert!(Arc::ptr_eq(&before, &certificate.served.load_full()));
        write(&files, "two.example");
        certificate.reload().expect("reloads");
        assert!(!Arc::ptr_eq(&before, &certificate.served.load_full()));
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = files(&folder);
        let absent = Certificate::load(files.clone()).err().expect("absent").to_string();
        assert!(absent.contains("cert.pem"), "{absent}");
        write(&files, "one.example");
        std::fs::write(&files.cert, "").expect("written");
        let empty = Certificate::load(files).err().expect("empty").to_string();
        assert!(empty.contains("holds no certificate"), "{empty}");
    }
}
