//! Before any load: what is to be measured does what it is measured for.

use std::process::Command;

use anyhow::{Context as _, ensure};

/// Opens with what is right, and to nobody else: with a credential that is one letter off, and with none.
pub(crate) fn opens_and_shuts(url: &str, right: &str, wrong: &str) -> anyhow::Result<()> {
    opens_and_shuts_to("GET", url, right, wrong)
}

/// The same of another method.
pub(crate) fn opens_and_shuts_to(method: &str, url: &str, right: &str, wrong: &str) -> anyhow::Result<()> {
    let opened = ask(method, url, &[right], "%{http_code}")?;
    ensure!(opened == "200", "{url} is answered with {opened}, and the credential was right");
    for headers in [&[wrong][..], &[]] {
        let shut = ask(method, url, headers, "%{http_code}")?;
        ensure!(shut == "401", "{url} is answered with {shut}, and the credential was not right");
    }
    Ok(())
}

/// Answers whoever asks.
pub(crate) fn opens(url: &str) -> anyhow::Result<()> {
    let opened = ask("GET", url, &[], "%{http_code}")?;
    ensure!(opened == "200", "{url} is answered with {opened}");
    Ok(())
}

/// Speaks HTTP/2 when it is asked to.
pub(crate) fn speaks_http2(url: &str) -> anyhow::Result<()> {
    let version = ask("GET", url, &[], "%{http_version}")?;
    ensure!(version == "2", "{url} is answered in HTTP/{version}");
    Ok(())
}

/// Asks through a client that is not ours. `--insecure`: our certificates are made by ourselves.
fn ask(method: &str, url: &str, headers: &[&str], what: &str) -> anyhow::Result<String> {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--insecure",
        "--max-time",
        "10",
        "--output",
        "/dev/null",
        "--write-out",
        what,
        "--request",
        method,
    ]);
    if url.starts_with("https:") {
        curl.arg("--tlsv1.3");
    }
    for header in headers {
        curl.args(["--header", header]);
    }
    let output = curl.arg(url).output().context("curl does not start: apt-get install curl")?;
    ensure!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
