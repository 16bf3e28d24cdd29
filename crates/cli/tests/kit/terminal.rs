//! Somebody at a terminal, by way of the program `script`, which gives one to what it runs.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::Place;

/// The program at a terminal of its own.
pub struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    /// What has been shown.
    pub shown: String,
}

impl Terminal {
    /// Runs a line there.
    pub fn run(place: &Place, line: &str) -> Self {
        let program = place.program();
        let mut command = std::process::Command::new("script");
        let line = format!("{} {line}", program.get_program().to_string_lossy());
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(place.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` is installed");
        let (keys, screen) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Self { child, keys, screen, shown: String::new() }
    }

    /// Waits for a question, and types the answer.
    pub fn answer(&mut self, question: &str, text: &str) {
        let seen = self.shown.len();
        while !self.shown[seen..].contains(question) {
            let mut byte = [0];
            let read = self.screen.read(&mut byte).expect("a screen");
            assert_eq!(read, 1, "it ended: {}", self.shown);
            self.shown.push(char::from(byte[0]));
        }
        writeln!(self.keys, "{text}").expect("typed");
    }

    /// Waits for its end, and says with which code.
    pub fn end(mut self) -> (i32, String) {
        self.screen.read_to_string(&mut self.shown).expect("text");
        (self.child.wait().expect("it ends").code().unwrap_or(-1), self.shown)
    }
}
