//! The files that settings name and a server depends on, looked at before it does: what keeps a server from starting is said
//! by `doorward check` too, in the same words.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use doorward::policy::{Complaint, Complaints, Settings};
use rustls::pki_types::pem::{Error, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, RootCertStore};

use crate::tls::{Served, TlsError, TlsFiles};

/// Looks at certificates, keys and issuers. `base` is what paths in the settings are relative to.
///
/// # Errors
/// Complaints about what a server could not use, each with the line that names the file, and what to do.
pub fn examine_files(settings: &Settings, base: &Path) -> Result<(), Complaints> {
    let mut complaints = Complaints::default();
    complaints.0.extend(own_certificate(settings, base));
    for (name, upstream) in &settings.upstream.0 {
        let Some(ca) = &upstream.ca else { continue };
        if let Err((text, fix)) = issuers(&within(base, ca)) {
            complaints.push(settings.complaint(&format!("upstream.{name}.ca"), text).fix(fix));
        }
    }
    complaints.unless_any(())
}

/// What is wrong, and what to do.
type Wrong = (String, &'static str);

const CERTIFICATES: &str = "a PEM file: the server's own certificate first, then those that lead to its issuer";
const KEY: &str = "a PEM file with the private key, without a passphrase";
const ISSUERS: &str = "a PEM file with the certificates of the issuers";

fn own_certificate(settings: &Settings, base: &Path) -> Vec<Complaint> {
    let Some(tls) = &settings.tls else { return Vec::new() };
    let files = TlsFiles { cert: within(base, &tls.cert), key: within(base, &tls.key) };
    let cert = certificates(&files.cert, CERTIFICATES).map(drop);
    let key = PrivateKeyDer::from_pem_file(&files.key).map(drop);
    let key = key.map_err(|error| unreadable(&files.key, &error, "private key", KEY));
    if let (Ok(()), Ok(())) = (&cert, &key) {
        let Err(error) = Served::read(files.clone()) else { return Vec::new() };
        let (text, fix) = misfit(&files, &error);
        return vec![settings.complaint("tls.key", text).other(settings.source("tls.cert")).fix(fix)];
    }
    let found = [("tls.cert", cert), ("tls.key", key)].into_iter();
    let found = found.filter_map(|(path, looked)| Some((path, looked.err()?)));
    found.map(|(path, (text, fix))| settings.complaint(path, text).fix(fix)).collect()
}

/// Both files are what they should be, and yet cannot be served together.
fn misfit(files: &TlsFiles, error: &TlsError) -> Wrong {
    let (key, cert) = (files.key.display(), files.cert.display());
    let text = match error {
        TlsError::Certificate { source: rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch), .. } => {
            format!("the key in {key} is not that of the certificate in {cert}")
        }
        TlsError::Certificate { source, .. } => format!("{key} and {cert} cannot be served: {source}"),
        TlsError::File { path, reason } => format!("cannot read {}: {reason}", path.display()),
    };
    (text, "name a certificate and a key that belong together")
}

fn issuers(path: &Path) -> Result<(), Wrong> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(path, ISSUERS)? {
        let added = store.add(certificate);
        added.map_err(|error| (format!("a certificate in {} is no issuer's: {error}", path.display()), ISSUERS))?;
    }
    Ok(())
}

fn certificates(path: &Path, fix: &'static str) -> Result<Vec<CertificateDer<'static>>, Wrong> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|error| unreadable(path, &error, "certificate", fix))?;
    if found.is_empty() { Err(unreadable(path, &Error::NoItemsFound, "certificate", fix)) } else { Ok(found) }
}

fn unreadable(path: &Path, error: &Error, what: &str, fix: &'static str) -> Wrong {
    let path = path.display();
    match error {
        Error::Io(error) => {
            let fix = match error.kind() {
                ErrorKind::NotFound => "paths are relative to the file that names them",
                ErrorKind::PermissionDenied => "give the user that the server runs as the right to read it",
                _ => fix,
            };
            (format!("cannot read {path}: {error}"), fix)
        }
        Error::NoItemsFound => (format!("{path} holds no {what}"), fix),
        error => (format!("{path} is no PEM file: {error}"), fix),
    }
}

/// A path of the settings. The folder `.` is left out, as people do.
fn within(base: &Path, name: &str) -> PathBuf {
    if base == Path::new(".") { PathBuf::from(name) } else { base.join(name) }
}
