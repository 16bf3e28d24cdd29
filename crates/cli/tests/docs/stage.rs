//! Where the commands of one document run: a folder, the program, and an address of this machine that nobody else has.

use std::env;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::book::Block;
use crate::kit::{PATIENCE, Place, Ran};

/// The address that documents name, at which many run at the same time.
const DOCUMENTED: &str = "127.0.0.1";
/// Files that say an address.
const WRITTEN: [&str; 4] = ["toml", "yaml", "py", "sh"];

/// A document's own machine, as far as it can tell.
pub struct Stage {
    /// Where commands run.
    place: Place,
    /// What is no business of theirs: the program's link, and variables between two blocks.
    backstage: Place,
    address: String,
    running: Vec<(u16, Child)>,
}

impl Stage {
    /// An empty one. `number` tells documents apart whose tests share a process.
    pub fn new(number: usize) -> Self {
        let process = std::process::id();
        let address = format!("127.{}.{}.{}", 64 + number, (process >> 8) & 0xff, process & 0xff);
        let stage = Self { place: Place::new(), backstage: Place::new(), address, running: Vec::new() };
        symlink(env!("CARGO_BIN_EXE_doorward"), stage.backstage.file("doorward")).expect("a link");
        stage
    }

    /// Writes a file, or adds to it.
    pub fn write(&self, name: &str, text: &str, add: bool) {
        let path = self.place.file(name);
        let before = if add { fs::read_to_string(&path).expect("a file to add to") + "\n" } else { String::new() };
        fs::write(path, before + &self.here(text)).expect("written");
    }

    /// Runs a block in a shell that stops at the first failure. Variables live on in the next one.
    pub fn run(&self, block: &Block) -> Ran {
        let state = self.backstage.file("variables");
        let state = state.display();
        let commands = self.here(&program(&block.text));
        let script = format!(
            "exec 2>&1\nif [ -f {state} ]; then . {state}; fi\nset -ea\n{commands}\nset +a\nexport -p > {state}\n"
        );
        let seconds = PATIENCE.as_secs().to_string();
        let mut shell = self.shell("timeout");
        shell.args(["--kill-after=5", &seconds, "sh", "-c", &script]);
        let output = shell.output().expect("a shell");
        self.settle();
        let stdout = String::from_utf8(output.stdout).expect("text").replace(&self.address, DOCUMENTED);
        Ran { code: output.status.code().unwrap_or(-1), stdout, stderr: String::new() }
    }

    /// Starts what goes on while the document does, and waits until it takes connections. What had this port before ends.
    pub fn start(&mut self, block: &Block, port: u16) {
        self.end(|used| used == port);
        let mut command = program(&block.text).trim().to_owned();
        if command.starts_with("doorward demo") && !command.contains("--listen") {
            command += " --listen 127.0.0.1:8080";
        }
        let log = self.backstage.file("log");
        let file = fs::File::create(&log).expect("a log");
        let mut shell = self.shell("sh");
        shell
            .args(["-c", &self.here(&format!("exec {command}"))])
            .stdout(file.try_clone().expect("a log"))
            .stderr(file);
        self.running.push((port, shell.spawn().expect("a shell")));
        let address: SocketAddr = format!("{}:{port}", self.address).parse().expect("an address");
        let began = Instant::now();
        let text = || fs::read_to_string(&log).unwrap_or_default();
        // The demonstration listens before everybody in it is there, and says when they are.
        let is_demo = command.starts_with("doorward demo");
        while TcpStream::connect(address).is_err() || (is_demo && !text().contains("Ctrl-C")) {
            assert!(began.elapsed() < PATIENCE, "{}: nothing listens at {address}:\n{}", block.place, text());
            let ended = self.running.last_mut().and_then(|(_, child)| child.try_wait().ok()?);
            assert!(ended.is_none(), "{}: it ended at once:\n{}", block.place, text());
            sleep(Duration::from_millis(20));
        }
        self.settle();
    }

    /// Ends what runs at such a port, as Ctrl-C does.
    fn end(&mut self, is_meant: impl Fn(u16) -> bool) {
        for (port, child) in &mut self.running {
            if !is_meant(*port) {
                continue;
            }
            let _ = kill_process(Pid::from_child(child), Signal::INT);
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(5) && matches!(child.try_wait(), Ok(None)) {
                sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        self.running.retain(|(port, _)| !is_meant(*port));
    }

    /// A shell as a reader has one, and nothing that this machine set up otherwise.
    fn shell(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.current_dir(self.place.path()).stdin(Stdio::null()).env_clear();
        let paths = env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{paths}", self.backstage.path().display()));
        command.env("HOME", self.place.path()).env("TMPDIR", self.backstage.path()).env("LANG", "C.UTF-8");
        command
    }

    /// What commands have written names our address too.
    fn settle(&self) {
        for entry in fs::read_dir(self.place.path()).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            let is_written = path.extension().is_some_and(|ending| WRITTEN.iter().any(|known| ending == *known));
            let Some(text) = is_written.then(|| fs::read_to_string(&path).ok()).flatten() else { continue };
            if text.contains(DOCUMENTED) {
                fs::write(path, self.here(&text)).expect("written");
            }
        }
    }

    fn here(&self, text: &str) -> String {
        text.replace(DOCUMENTED, &self.address)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.end(|_| true);
    }
}

/// The program is built already.
fn program(text: &str) -> String {
    text.replace("cargo run --release -- ", "doorward ")
}
