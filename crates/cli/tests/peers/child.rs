//! A program that a test runs, and ends.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;

/// A program that runs. It ends with this.
pub struct Child {
    name: String,
    process: std::process::Child,
    said: Arc<Mutex<String>>,
}

impl Child {
    /// Starts a program. What it says is kept.
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let said = Arc::<Mutex<String>>::default();
        listen(process.stdout.take().expect("a pipe"), &said);
        listen(process.stderr.take().expect("a pipe"), &said);
        Self { name, process, said }
    }

    /// All that it has said so far, on both pipes.
    pub fn said(&self) -> String {
        self.said.lock().expect("not poisoned").clone()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it has said what is looked for.
    pub fn until<T>(&mut self, what: &str, mut find: impl FnMut(&str) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            // Asked first: what it said before it ended is read below.
            let ended = self.process.try_wait().expect("it can be asked");
            if ended.is_some() {
                thread::sleep(Duration::from_millis(100));
            }
            let said = self.said();
            if let Some(found) = find(&said) {
                return found;
            }
            let name = &self.name;
            if let Some(status) = ended {
                panic!("{name} ended ({status}) before {what}:\n{said}");
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain for {name}: {what}\n{said}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to do something.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.process.id().cast_signed()).expect("a number");
        kill_process(pid, signal).expect("it runs");
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Waits until it has ended.
    pub fn wait(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().expect("it can be asked") {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "{} does not end:\n{}", self.name, self.said());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("--- {} said:\n{}", self.name, self.said());
        }
    }
}

fn listen(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            said.lock().expect("not poisoned").push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
}
