//! The files that settings name and a server depends on, looked at before it does: what keeps a server from starting is said
//! by `doorward check` too, in the same words.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use doorward::policy::{Complaint, Complaints, Settings};
use rustls::pki_types::pem::{Error, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, RootCertStore};

use crate::pages::Look;
use crate::tls::{Served, TlsError, TlsFiles};

/// Looks at certificates, keys and issuers, and at what the pages show. `base` is what paths in the settings are relative to.
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
    complaints.0.extend(Look::new(settings, base).err().into_iter().flat_map(|found| found.0));
    complaints.unless_any(())
}

/// What is wrong, and what to do.
pub(crate) type Wrong = (String, &'static str);

/// Opens a file.
///
/// # Errors
/// Why it cannot be read, and what to do.
pub(crate) fn open(path: &Path) -> Result<File, Wrong> {
    File::open(path).map_err(|error| {
        let fix = advice(error.kind()).unwrap_or("name a file that can be read");
        (format!("cannot read {}: {error}", path.display()), fix)
    })
}

/// What to do where a file cannot be opened.
fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NotFound => Some("paths are relative to the file that names them"),
        ErrorKind::PermissionDenied => Some("give the user that the server runs as the right to read it"),
        _ => None,
    }
}

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
            let fix = advice(error.kind()).unwrap_or(fix);
            (format!("cannot read {path}: {error}"), fix)
        }
        Error::NoItemsFound => (format!("{path} holds no {what}"), fix),
        error => (format!("{path} is no PEM file: {error}"), fix),
    }
}

/// A path of the settings. The folder `.` is left out, as people do.
pub(crate) fn within(base: &Path, name: &str) -> PathBuf {
    if base == Path::new(".") { PathBuf::from(name) } else { base.join(name) }
}
