//! Requests through the gateway, beside nginx that checks nothing: the same upstream, the same load, rounds interleaved.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use doorward::store::Change;
use doorward::{Engine, SessionDigest, SessionToken};

use crate::client::Connection;
use crate::memory::{Server, cpu_of};
use crate::place::{PASSWORD, add_user, engine, rules};

const CONNECTIONS: &str = "32";

pub(crate) fn measure(doorward: &Path, seconds: u32, rounds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let nginx = Nginx::proxy(folder.path(), upstream.address)?;
    let data = folder.path().join("bench.db");
    let text = rules(&format!("http://{}", upstream.address), &data, "127.0.0.1:0")
        + "\n[[route]]\nmatch = \"GET /basic\"\naccess = \"self\"\nbasic = true\nstrip_prefix = \"/basic\"\n\n[basic]\nallow_insecure = true\n";
    let file = folder.path().join("doorward.toml");
    std::fs::write(&file, &text)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let token = runtime.block_on(async { session(&*engine(&text, &data).await?).await })?;
    let mut server = Server::start(doorward, &file)?;
    let cookie = format!("Cookie: doorward-default={token}");
    let basic = format!("Authorization: Basic {}", base64(format!("anna:{PASSWORD}").as_bytes()));
    let status = Connection::open(server.address)?.get("/me", &format!("doorward-default={token}"))?;
    if status != 200 {
        bail!("a request with a session is answered with {status}");
    }
    let cases: [(&str, SocketAddr, &str, &str); 4] = [
        ("nginx, plain proxy, no authentication", nginx.address, "/me", "X-Nothing: 1"),
        ("Doorward, anonymous route", server.address, "/", "X-Nothing: 1"),
        ("Doorward, session, identity headers", server.address, "/me", &cookie),
        ("Doorward, Basic, identity headers", server.address, "/basic", &basic),
    ];
    let mut figures = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (place, (_, address, path, header)) in cases.iter().enumerate() {
            let before = if place == 0 { nginx.cpu()? } else { server.cpu()? };
            let rate = load(*address, path, header, seconds)?;
            let after = if place == 0 { nginx.cpu()? } else { server.cpu()? };
            figures[place].push((rate, (after - before) / (rate * f64::from(seconds)) * 1e6));
        }
    }
    let medians: Vec<(f64, f64)> = figures.into_iter().map(median).collect();
    println!("| | requests/s | CPU \u{b5}s per request | ratio |\n| --- | ---: | ---: | ---: |");
    for ((name, ..), (rate, cpu)) in cases.iter().zip(&medians) {
        println!("| {name} | {rate:.0} | {cpu:.1} | {:.2} |", rate / medians[0].0);
    }
    server.end()
}

async fn session(engine: &Engine) -> anyhow::Result<String> {
    let user = add_user(engine, "anna").await?;
    let token = SessionToken::random()?;
    let session = doorward::store::StoredSession {
        digest: SessionDigest::of(token.expose()),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: engine.now(),
        last_seen: engine.now(),
        idle_end: engine.now() + 1_800,
        absolute_end: engine.now() + 43_200,
        authenticated: engine.now(),
        remembered: false,
        bearer: false,
        address: "127.0.0.1".into(),
        device: "wrk".into(),
    };
    engine.store().commit(Change::CreateSession { session, replaces: None, limit: None }, vec![]).await?;
    Ok(token.expose().to_owned())
}

/// Requests a second.
fn load(address: SocketAddr, path: &str, header: &str, seconds: u32) -> anyhow::Result<f64> {
    let output = Command::new("wrk")
        .args(["-t1", "-c", CONNECTIONS, "-d", &format!("{seconds}s"), "-H", header])
        .arg(format!("http://{address}{path}"))
        .output()
        .context("wrk does not start: apt-get install wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("{path} at {address}: {text}");
    }
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:")).context("wrk says no figure")?;
    Ok(line.trim().parse()?)
}

fn median(mut rounds: Vec<(f64, f64)>) -> (f64, f64) {
    rounds.sort_unstable_by(|one, two| one.0.total_cmp(&two.0));
    rounds[rounds.len() / 2]
}

/// One nginx: an upstream with a constant answer, or a proxy before it. Two processes, so that CPU time is told apart.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    fn upstream(folder: &Path) -> anyhow::Result<Self> {
        let answer = "default_type application/json;\n location / { return 200 '{\"id\":7,\"name\":\"Anna\",\"group\":\"a\"}'; }";
        Self::start(&folder.join("upstream"), "", answer)
    }

    fn proxy(folder: &Path, upstream: SocketAddr) -> anyhow::Result<Self> {
        let pool = format!("upstream api {{ server {upstream}; keepalive 64; keepalive_requests 1000000000; }}");
        let forward = "location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                       proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; }";
        Self::start(&folder.join("proxy"), &pool, forward)
    }

    fn start(folder: &Path, pool: &str, server: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let place = folder.display();
        let text = format!(
            "worker_processes 2;\ndaemon off;\npid {place}/nginx.pid;\nerror_log stderr crit;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\n access_log off;\n client_body_temp_path {place}/body;\n proxy_temp_path {place}/proxy;\n \
             fastcgi_temp_path {place}/fastcgi;\n uwsgi_temp_path {place}/uwsgi;\n scgi_temp_path {place}/scgi;\n \
             keepalive_requests 1000000000;\n {pool}\n server {{ listen {address};\n {server} }}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, text)?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).stdout(Stdio::null());
        let child = command.spawn().context("nginx does not start: apt-get install nginx-light")?;
        let started = Self { child, address };
        for _ in 0..100 {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(started);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("nginx does not listen")
    }

    /// CPU seconds of all its workers.
    fn cpu(&self) -> anyhow::Result<f64> {
        let list = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.child.id()))?;
        list.split_whitespace().filter_map(|id| id.parse().ok()).map(cpu_of).sum()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers when it is asked, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let joined = chunk.iter().fold(0u32, |joined, byte| joined << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(joined >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
