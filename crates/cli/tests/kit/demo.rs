//! A running `doorward demo`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::{Place, Ran};

/// A demo in a process of its own, on free ports. It is killed when it is dropped.
pub struct Demo {
    child: Child,
    /// What it printed.
    pub text: String,
    /// `http://127.0.0.1:40123`.
    pub base: String,
    /// Where administration is.
    pub admin: String,
}

/// A line to try, and the status that it promises.
pub struct Stop {
    pub caption: String,
    pub status: u16,
    pub command: String,
}

impl Demo {
    pub fn start(place: &Place, more: &[&str]) -> Self {
        let mut command = place.program();
        command.args(["demo", "--listen", "127.0.0.1:0"]).args(more).stdout(Stdio::piped()).stderr(Stdio::inherit());
        // A demo that is killed leaves its folder behind.
        command.env("TMPDIR", place.path());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut text = String::new();
        loop {
            let line = lines.next().expect("it says how to end it").expect("text");
            text.push_str(&line);
            text.push('\n');
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        // Whatever it says later must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let after = |begin: &str| {
            let rest = text.split(begin).nth(1).expect("an address");
            rest.split([',', '\n']).next().expect("an address").trim_end_matches('.').to_owned()
        };
        let (base, admin) = (after("Doorward is at "), after("Administration is at "));
        Self { child, text, base, admin }
    }

    /// The lines to try.
    pub fn stops(&self) -> Vec<Stop> {
        let mut stops = Vec::new();
        let mut caption = None;
        for line in self.text.lines() {
            if let Some(text) = line.strip_prefix("# ") {
                let (text, status) = text.rsplit_once(" -> ").expect("a status");
                caption = Some((text.to_owned(), status.parse().expect("a status")));
            } else if line.starts_with("curl ") {
                let (caption, status) = caption.take().expect("a caption before each line");
                stops.push(Stop { caption, status, command: line.to_owned() });
            }
        }
        stops
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it is there");
    }

    /// Waits for its end, and says with which code.
    pub fn end(&mut self) -> i32 {
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Stop {
    /// Runs the line as it is printed, in a shell.
    pub fn run(&self) -> Ran {
        let output = Command::new("sh").args(["-c", &self.command]).output().expect("a shell");
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
