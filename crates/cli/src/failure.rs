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
        // What could not be done because of them, where somebody added that.
        if error.chain().nth(1).is_some() {
            let _ = writeln!(stderr, "\ndoorward: {error}");
        }
        return ExitCode::from(USAGE);
    }
    let _ = writeln!(stderr, "doorward: {}", in_one_line(error));
    ExitCode::from(if error.is::<Usage>() { USAGE } else { REFUSED })
}

/// An error with its causes. What quotes its cause already is followed by the cause of that.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot listen on :80: {source}")]
    struct Quoting {
        source: io::Error,
    }

    #[test]
    fn a_cause_that_is_quoted_is_said_once() {
        let quoting = || Quoting { source: io::Error::other("it is taken") };
        let error = anyhow::Error::new(quoting()).context("cannot start");
        assert_eq!(in_one_line(&error), "cannot start: cannot listen on :80: it is taken");
        assert_eq!(in_one_line(&anyhow::anyhow!("nothing else")), "nothing else");
    }
}
