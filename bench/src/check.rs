//! Before any load: what is to be measured does what it is measured for.

use std::process::Command;

use anyhow::{Context as _, ensure};

/// The answer that all give, as an API gives it: 34 bytes.
pub(crate) const ANSWER: &str = r#"{"id":7,"name":"Anna","group":"a"}"#;

/// What is asked, and what must come back where it is let in.
pub(crate) struct Question<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) answer: &'a [u8],
}

impl<'a> Question<'a> {
    pub(crate) fn get(url: &'a str) -> Self {
        Self { method: "GET", url, answer: ANSWER.as_bytes() }
    }

    /// Answers whoever asks.
    pub(crate) fn opens(&self) -> anyhow::Result<()> {
        self.opens_to(&[])
    }

    /// Opens with what is right, and to nobody else: with a credential that is one letter off, and with none.
    pub(crate) fn opens_and_shuts(&self, right: &str, wrong: &str) -> anyhow::Result<()> {
        self.opens_to(&[right])?;
        for headers in [&[wrong][..], &[]] {
            let (shut, _) = self.ask(headers, "%{http_code}")?;
            ensure!(shut == "401", "{} is answered with {shut}, and the credential was not right", self.url);
        }
        Ok(())
    }

    fn opens_to(&self, headers: &[&str]) -> anyhow::Result<()> {
        let (opened, body) = self.ask(headers, "%{http_code}")?;
        ensure!(opened == "200", "{} is answered with {opened}", self.url);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
        ensure!(
            body == self.answer,
            "{} is answered with {} other bytes than it should: {shown}",
            self.url,
            body.len()
        );
        Ok(())
    }

    /// Asks through a client that is not ours. Gives back what it says about the answer, and the body.
    fn ask(&self, headers: &[&str], what: &str) -> anyhow::Result<(String, Vec<u8>)> {
        let mut curl = Command::new("curl");
        // `--insecure`: our certificates are made by ourselves.
        curl.args(["--silent", "--show-error", "--insecure", "--max-time", "10", "--request", self.method]);
        curl.args(["--write-out", &format!("%{{stderr}}{what}")]);
        if self.url.starts_with("https:") {
            curl.arg("--tlsv1.3");
        }
        for header in headers {
            curl.args(["--header", header]);
        }
        let output = curl.arg(self.url).output().context("curl does not start: apt-get install curl")?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        ensure!(output.status.success(), "{}: {said}", self.url);
        Ok((said, output.stdout))
    }
}

pub(crate) fn opens(url: &str) -> anyhow::Result<()> {
    Question::get(url).opens()
}

pub(crate) fn opens_and_shuts(url: &str, right: &str, wrong: &str) -> anyhow::Result<()> {
    Question::get(url).opens_and_shuts(right, wrong)
}

/// The upstream is told who asks: it answers here with the line that says so.
pub(crate) fn tells(url: &str, credential: &str, login: &str) -> anyhow::Result<()> {
    Question { answer: login.as_bytes(), ..Question::get(url) }.opens_to(&[credential])
}

/// Speaks HTTP/2 when it is asked to.
pub(crate) fn speaks_http2(url: &str) -> anyhow::Result<()> {
    let (version, _) = Question::get(url).ask(&[], "%{http_version}")?;
    ensure!(version == "2", "{url} is answered in HTTP/{version}");
    Ok(())
}

#[cfg(test)]
mod tests;
