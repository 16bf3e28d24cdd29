//! Cookies: one that is made here, and those that a peer gives to who logs in.

use std::process::Command;

use anyhow::{Context as _, ensure};

/// What a service that compares one string lets in.
pub(crate) const RIGHT: &str = "Cookie: session=c2FpbHMgb24gYSBxdWlldCBzZWEgYXQgbmlnaHQ";
/// One letter off.
pub(crate) const WRONG: &str = "Cookie: session=c2FpbHMgb24gYSBxdWlldCBzZWEgYXQgbmlnaHR";

/// Posts this body, and gives back the line of the cookies that come with the answer.
pub(crate) fn log_in(url: &str, headers: &[&str], body: &str) -> anyhow::Result<String> {
    let (status, answer) = post(url, headers, body)?;
    ensure!(matches!(status, 200..=399), "a log-in at {url} is answered with {status}");
    let cookies: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .filter_map(|(_, value)| value.split(';').next())
        .map(str::trim)
        .collect();
    ensure!(!cookies.is_empty(), "a log-in at {url} gives no cookie: {answer}");
    Ok(format!("Cookie: {}", cookies.join("; ")))
}

/// Fails if this logs anybody in.
pub(crate) fn does_not_log_in(url: &str, headers: &[&str], body: &str) -> anyhow::Result<()> {
    let (status, _) = post(url, headers, body)?;
    ensure!(matches!(status, 400..=499), "a log-in with a wrong password at {url} is answered with {status}");
    Ok(())
}

/// The same with a letter in the middle of each cookie exchanged: well formed, and nobody's.
pub(crate) fn one_letter_off(line: &str) -> String {
    let cookies = line.trim_start_matches("Cookie: ").split("; ").map(|cookie| {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        format!("{name}={}", exchange(value))
    });
    format!("Cookie: {}", cookies.collect::<Vec<_>>().join("; "))
}

fn exchange(value: &str) -> String {
    let mut letters: Vec<char> = value.chars().collect();
    let is_escape = |place: usize| letters[place.saturating_sub(2)..place].contains(&'%');
    let place =
        (letters.len() / 2..letters.len()).find(|place| letters[*place].is_ascii_alphanumeric() && !is_escape(*place));
    if let Some(place) = place {
        letters[place] = if letters[place] == 'b' { 'c' } else { 'b' };
    }
    letters.into_iter().collect()
}

/// The status, and the head with what follows it.
fn post(url: &str, headers: &[&str], body: &str) -> anyhow::Result<(u16, String)> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "30", "--include", "--data", body]);
    for header in headers {
        curl.args(["--header", header]);
    }
    let output = curl.arg(url).output().context("curl does not start: apt-get install curl")?;
    ensure!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stderr).trim());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let status = text.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    Ok((status.with_context(|| format!("{url} answers nothing: {text}"))?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_is_exchanged_and_no_escape_is_broken() {
        assert_eq!(one_letter_off("Cookie: a=aaaa; b=bb"), "Cookie: a=aaba; b=bc");
        assert_eq!(one_letter_off("Cookie: a=xx%3Ayy"), "Cookie: a=xx%3Aby");
        assert_ne!(RIGHT, WRONG);
    }
}
