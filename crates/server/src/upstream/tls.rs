//! TLS towards upstreams: always verified, against the system's issuers or against those of one file.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_rustls::TlsConnector;

use crate::tls::{TlsError, certificates, provider};

/// Trusts the issuers in `ca`, or those that the system trusts.
pub(crate) fn connector(ca: Option<&Path>) -> Result<TlsConnector, TlsError> {
    let system = |source| TlsError::Certificate { path: ca.unwrap_or(Path::new("system")).to_owned(), source };
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(system)?;
    let mut config = match ca {
        Some(path) => {
            let mut issuers = RootCertStore::empty();
            for certificate in certificates(path)? {
                issuers.add(certificate).map_err(|source| TlsError::Certificate { path: path.to_owned(), source })?;
            }
            builder.with_root_certificates(issuers).with_no_client_auth()
        }
        None => builder.with_platform_verifier().map_err(system)?.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
