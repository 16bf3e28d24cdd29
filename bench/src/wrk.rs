//! As many requests over HTTP/1.1 as there is time for, by `wrk`: each connection asks again as soon as it has its answer.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::rounds::Loaded;

/// What `wrk` asks.
pub(crate) struct Wrk<'a> {
    pub(crate) url: String,
    pub(crate) header: &'a str,
    pub(crate) connections: u32,
    /// A program in Lua that says more about the request.
    pub(crate) script: Option<&'a Path>,
}

/// So many connections, where nothing speaks for another number.
pub(crate) const CONNECTIONS: u32 = 32;

impl<'a> Wrk<'a> {
    pub(crate) fn new(url: String, header: &'a str) -> Self {
        Self { url, header, connections: CONNECTIONS, script: None }
    }

    pub(crate) fn run(&self, seconds: u32) -> anyhow::Result<Loaded> {
        let mut wrk = Command::new("wrk");
        // One thread: more would take the time of what is measured.
        wrk.args(["-t1", "-c", &self.connections.to_string(), "-d", &format!("{seconds}s"), "--timeout", "20s"]);
        wrk.args(["--latency", "-H", self.header]);
        if let Some(script) = self.script {
            wrk.arg("-s").arg(script);
        }
        let output = wrk.arg(&self.url).output().context("wrk does not start: apt-get install wrk")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
            bail!("{}: {text}{}", self.url, String::from_utf8_lossy(&output.stderr));
        }
        let rate = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
        let rate = rate.context("wrk says no rate")?.trim().parse()?;
        let requests = text.lines().find_map(|line| line.trim().split_once(" requests in "));
        let requests: f64 = requests.context("wrk says no number")?.0.parse()?;
        ensure!(requests > 0.0, "{}: nothing was answered in {seconds} s: {text}", self.url);
        let times = [time(&text, "50%"), time(&text, "99%")];
        let [Some(half), Some(tail)] = times else { bail!("wrk says no times: {text}") };
        Ok(Loaded { rate, requests, times: Some([half, tail]) })
    }
}

/// Milliseconds behind this share, as `wrk` says them: `635.00us`, `2.87ms`, `1.04s`, `1.02m`.
fn time(text: &str, share: &str) -> Option<f64> {
    let time = text.lines().find_map(|line| line.trim().strip_prefix(share))?.trim();
    let unit = time.find(|letter: char| letter.is_ascii_alphabetic())?;
    let milliseconds = match &time[unit..] {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        _ => return None,
    };
    Some(time[..unit].parse::<f64>().ok()? * milliseconds)
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_read_in_each_of_their_units() {
        let text = "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   635.91us    0.89ms  12.92ms   93.69%\n  \
                    Latency Distribution\n     50%  635.00us\n     75%    2.50ms\n     90%    1.04s \n     99%    1.50m \n";
        let times = ["50%", "75%", "90%", "99%"].map(|share| time(text, share).expect("a time"));
        assert_eq!(times, [0.635, 2.5, 1_040.0, 90_000.0]);
        assert_eq!(time(text, "99.9%"), None);
    }
}
