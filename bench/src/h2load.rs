//! As many requests over one connection of HTTP/2 as there is time for, by `h2load`: a hundred streams at once.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::rounds::Loaded;

pub(crate) const STREAMS: u32 = 100;

pub(crate) fn run(url: &str, header: &str, seconds: u32) -> anyhow::Result<Loaded> {
    let output = Command::new("h2load")
        .args(["--clients=1", "--threads=1", &format!("--max-concurrent-streams={STREAMS}")])
        .args([&format!("--duration={seconds}"), "--header", header, url])
        .output()
        .context("h2load does not start: apt-get install nghttp2-client")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let of = |start: &str, word: &str| {
        let line = text.lines().find(|line| line.starts_with(start))?;
        line.split([',', ':']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<f64>().ok())
    };
    let rate = of("finished in", "req/s").with_context(|| format!("h2load says no rate: {text}"))?;
    let requests = of("status codes:", "2xx").context("h2load says no statuses")?;
    let (failed, errored) = (of("requests:", "failed"), of("requests:", "errored"));
    let refused = [of("status codes:", "3xx"), of("status codes:", "4xx"), of("status codes:", "5xx")];
    ensure!(failed == Some(0.0) && errored == Some(0.0) && refused == [Some(0.0); 3], "{url}: {text}");
    // It says no more about times than least, mean and greatest.
    Ok(Loaded { rate, requests, times: None })
}
