//! Memory of the real process: before the first log-in, and with a million sessions of ten thousand users.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use doorward::store::{Change, NewUser, StoredSession};
use doorward::{Engine, Login, Name, SessionDigest, SessionToken, User, UserState};
use indicatif::ProgressBar;

use crate::client::Connection;
use crate::place::{engine, rules};

const USERS: u32 = 10_000;

pub(crate) fn measure(doorward: &Path, sessions: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("bench.db");
    let rules = rules("http://127.0.0.1:9", &data, "127.0.0.1:0");
    let file = folder.path().join("doorward.toml");
    std::fs::write(&file, &rules)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let tokens = runtime.block_on(async { fill(&*engine(&rules, &data).await?, sessions).await })?;
    let mut server = Server::start(doorward, &file)?;
    println!("idle, before the first request: {:.1} MB (goal: at most 30)", server.memory()?);
    let start = Instant::now();
    let mut connection = Connection::open(server.address)?;
    let first = connection.get("/user/me", &cookie(&tokens[0]))?;
    ensure!(first == 200, "the first answer was {first}");
    println!("first answer with {sessions} sessions stored: {:.1} ms", start.elapsed().as_secs_f64() * 1_000.0);
    let bar = ProgressBar::new(u64::from(sessions));
    for token in &tokens {
        let status = connection.get("/user/me", &cookie(token))?;
        ensure!(status == 200, "a session was answered with {status}");
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{sessions} sessions of {USERS} users in memory: {:.1} MB (goal: at most 150)", server.memory()?);
    server.end()
}

fn cookie(token: &str) -> String {
    format!("doorward-default={token}")
}

/// Ten thousand users, and their sessions. Gives back the tokens.
async fn fill(engine: &Engine, sessions: u32) -> anyhow::Result<Vec<String>> {
    let store = engine.store();
    let bar = ProgressBar::new(u64::from(USERS + sessions));
    let mut users = Vec::new();
    for number in 0..USERS {
        let new = NewUser {
            realm: Name::parse("default")?,
            id: None,
            login: Login::parse(&format!("user{number}@example.com"))?,
            name: format!("User {number}"),
            email: None,
            roles: Vec::new(),
            state: UserState::Active,
            attributes: Default::default(),
            password: None,
            created: engine.now(),
        };
        users.push(store.commit(Change::CreateUser(new), vec![]).await?.user.context("a user")?);
        bar.inc(1);
    }
    let mut tokens = Vec::with_capacity(sessions as usize);
    let mut waiting = Vec::new();
    for number in 0..sessions {
        let token = SessionToken::random()?;
        let session = session(engine, &users[(number % USERS) as usize], &token);
        tokens.push(token.expose().to_owned());
        let store = store.clone();
        let change = Change::CreateSession { session, replaces: None, limit: None };
        waiting.push(tokio::spawn(async move { store.commit(change, vec![]).await.map(drop) }));
        if waiting.len() == 512 || number + 1 == sessions {
            for commit in waiting.drain(..) {
                commit.await??;
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok(tokens)
}

fn session(engine: &Engine, user: &User, token: &SessionToken) -> StoredSession {
    let now = engine.now();
    StoredSession {
        digest: SessionDigest::of(token.expose()),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: now,
        last_seen: now,
        idle_end: now + 43_200,
        absolute_end: now + 43_200,
        authenticated: now,
        remembered: false,
        bearer: false,
        address: "192.0.2.7".into(),
        device: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
            .into(),
    }
}

/// The real binary, serving.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(doorward: &Path, file: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(doorward)
            .args(["serve", "--config"])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", doorward.display()))?;
        let output = child.stdout.take().context("stdout")?;
        let log = child.stderr.take().context("stderr")?;
        let (told, addresses) = std::sync::mpsc::channel();
        for output in [Box::new(output) as Box<dyn std::io::Read + Send>, Box::new(log)] {
            let told = told.clone();
            // Read to the end, so that the server never waits for a reader.
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let address = line.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':')));
                    let address = address
                        .filter_map(|word| word.trim_matches(':').parse::<SocketAddr>().ok())
                        .find(|found| found.port() > 0);
                    if let Some(address) = address.filter(|_| line.to_lowercase().contains("listen")) {
                        let _ = told.send(address);
                    }
                }
            });
        }
        match addresses.recv_timeout(std::time::Duration::from_secs(20)) {
            Ok(address) => Ok(Self { child, address }),
            Err(_) => {
                let _ = child.kill();
                bail!("{} did not say where it listens", doorward.display())
            }
        }
    }

    /// Resident memory in MB.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes * 1_024.0 / 1e6)
    }

    /// CPU seconds so far, in user mode and in the kernel.
    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        cpu_of(self.child.id())
    }

    pub(crate) fn end(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU seconds of a process, of which the kernel counts a hundred ticks a second.
pub(crate) fn cpu_of(process: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / 100.0)
}
