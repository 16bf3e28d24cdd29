//! The example runs, and every line of its head does what it says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends the example with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_line_in_the_head_of_the_example_answers_as_it_says() {
    let (address, _running) = start();
    let source = include_str!("../examples/layer.rs");
    let head = source.split("//! ```").nth(1).expect("a block of commands");
    let lines = head.lines().filter_map(|line| line.strip_prefix("//! ")).filter(|line| !line.starts_with("cargo run"));
    let (mut script, mut expected) = (String::from("set -eu\n"), Vec::new());
    for line in lines {
        let (command, comment) =
            line.rsplit_once(" # ").map_or((line, ""), |(command, comment)| (command, comment.trim()));
        let command = command.replace("http://localhost:3000", &address);
        script += &command.replace("curl -i", "curl -s -o answer -w '%{http_code}\\n'");
        script += "\n";
        expected.extend(comment.get(..3).filter(|_| command.starts_with("curl")).map(str::to_owned));
    }

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let ran = Command::new("sh").args(["-c", &script]).current_dir(&folder).output().expect("a shell");
    std::fs::remove_dir_all(&folder).expect("the folder goes");

    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{}\n{script}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{script}");
    assert!(expected.len() >= 9, "{expected:?}");
}

/// Starts the example on a port that is free.
fn start() -> (String, Running) {
    let tests = std::env::current_exe().expect("this test");
    let example = tests.ancestors().nth(2).expect("the folder of the build").join("examples/layer");
    let mut command = Command::new(&example);
    let running = command.arg("0").stdout(Stdio::piped()).spawn();
    let mut running =
        running.unwrap_or_else(|error| panic!("{}: {error}; `cargo build --examples` first", example.display()));
    let mut line = String::new();
    let stdout = running.stdout.take().expect("its output");
    BufReader::new(stdout).read_line(&mut line).expect("its address");
    (line.trim().to_owned(), Running(running))
}
