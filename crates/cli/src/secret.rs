//! Passwords, as they come in: from a terminal that does not show them, or from standard input. Never from arguments, which
//! everybody on the machine can read.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use anyhow::{Context as _, bail};
use doorward::password::{PasswordBytes, PasswordPolicy};
use zeroize::Zeroizing;

use crate::failure::Usage;

/// Reads so many lines of standard input, each without its end.
///
/// # Errors
/// When there are fewer, or one is too long to be a password.
pub fn from_stdin<const LINES: usize>() -> anyhow::Result<[PasswordBytes; LINES]> {
    const GREATEST: u64 = PasswordPolicy::GREATEST as u64 + 3;
    let mut stdin = io::stdin().lock();
    let mut lines: [PasswordBytes; LINES] = std::array::from_fn(|_| PasswordBytes::default());
    for line in &mut lines {
        // Room for all of it: a buffer that grows would leave copies behind.
        line.reserve(GREATEST as usize);
        let read = stdin.by_ref().take(GREATEST).read_until(b'\n', line).context("cannot read standard input")?;
        if read == 0 {
            return Err(Usage("standard input ended where a password was expected".into()).into());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
    }
    Ok(lines)
}

/// Whether somebody can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks at the terminal.
///
/// # Errors
/// When there is no terminal.
pub fn ask(prompt: &str) -> anyhow::Result<PasswordBytes> {
    if !can_ask() {
        return Err(Usage("there is no terminal to ask for a password: add --password-stdin".into()).into());
    }
    let typed = Zeroizing::new(rpassword::prompt_password(prompt).context("cannot read from the terminal")?);
    Ok(Zeroizing::new(typed.as_bytes().to_vec()))
}

/// Asks twice for a new password; nothing when nothing is typed.
///
/// # Errors
/// When the two differ, or there is no terminal.
pub fn ask_new(prompt: &str) -> anyhow::Result<Option<PasswordBytes>> {
    let first = ask(prompt)?;
    if first.is_empty() {
        return Ok(None);
    }
    if *first != *ask("The same again: ")? {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(Some(first))
}
