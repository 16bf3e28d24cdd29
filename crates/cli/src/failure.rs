//! How a command fails: the only place where errors are printed, and where they become exit codes.

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use doorward::policy::Complaints;

/// Refused, or failed.
const REFUSED: u8 = 1;
/// Bad usage, or a bad file.
const USAGE: u8 = 2;

/// What was asked for makes no sense as it stands.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A file is bad, and everything about it has been printed already.
#[derive(Debug, thiserror::Error)]
#[error("the file is bad")]
pub struct BadFile;

/// Prints an error, and says which code the process ends with.
pub fn report(error: &anyhow::Error) -> ExitCode {
    // Whoever read our output has seen enough: `doorward user list | head`.
    let is_closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_closed) {
        return ExitCode::SUCCESS;
    }
    if error.is::<BadFile>() {
        return ExitCode::from(USAGE);
    }
    let mut stderr = io::stderr().lock();
    if let Some(complaints) = error.downcast_ref::<Complaints>() {
        // As compilers do it: the place comes first, so that editors find it.
        let _ = writeln!(stderr, "{complaints}");
        return ExitCode::from(USAGE);
    }
    let _ = writeln!(stderr, "doorward: {error:#}");
    ExitCode::from(if error.is::<Usage>() { USAGE } else { REFUSED })
}
