//! A running `doorward serve`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use super::{PATIENCE, Place};

/// A server in a process of its own. It is killed when it is dropped.
pub struct Server {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    /// Where it listens: `http://127.0.0.1:40123`.
    pub base: String,
}

impl Server {
    /// Starts one in a place whose file says `listen = "127.0.0.1:0"`.
    pub fn start(place: &Place) -> Self {
        Self::by(place.program().arg("serve"))
    }

    /// Starts one by this command.
    pub fn by(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let log = Arc::<Mutex<Vec<String>>>::default();
        let lines = log.clone();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.lock().expect("no panic").push(line);
            }
        });
        let mut server = Self { child, log, base: String::new() };
        server.base = server.said("listening on ").split("listening on ").nth(1).expect("an address").to_owned();
        // The last thing that is said at the start.
        server.said(" of them still access");
        server
    }

    /// The first line of the log that has this in it, as soon as there is one.
    #[track_caller]
    pub fn said(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            if let Some(line) = self.lines().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            assert!(began.elapsed() < PATIENCE, "{text:?} is not in the log:\n{}", self.lines().join("\n"));
            thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    pub fn lines(&self) -> Vec<String> {
        self.log.lock().expect("no panic").clone()
    }

    /// All addresses where it listens, in the order of the file.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.places("listening on ")
    }

    /// Where it listens first.
    pub fn address(&self) -> SocketAddr {
        self.addresses()[0]
    }

    /// Where it listens first for those who administer.
    pub fn admin_address(&self) -> SocketAddr {
        self.places("administration on ")[0]
    }

    fn places(&self, what: &str) -> Vec<SocketAddr> {
        let place = |line: &String| line.split(what).nth(1)?.split("://").nth(1)?.parse().ok();
        self.lines().iter().filter_map(place).collect()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it is there");
    }

    /// Waits for its end, and says with which code.
    pub fn end(&mut self) -> i32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code().unwrap_or(-1);
            }
            assert!(began.elapsed() < PATIENCE, "it does not end:\n{}", self.lines().join("\n"));
            thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
