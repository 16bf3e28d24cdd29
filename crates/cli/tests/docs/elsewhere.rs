//! Commands that do not run here, each for a reason: what they name must be there all the same.

use std::fs;
use std::process::Command;

use crate::book::{Block, root};

/// How such a command begins, why it does not run, and what must be there for it.
const KNOWN: [(&str, &str, &[&str]); 11] = [
    ("cargo xtask test", "it is what runs this", &["xtask/src/test.rs"]),
    ("cargo xtask bench", "it measures for minutes", &["xtask/src/bench.rs"]),
    ("cargo install --path crates/cli", "it builds for minutes, and installs", &["crates/cli/Cargo.toml"]),
    ("cargo build --release", "it builds for minutes", &["Cargo.toml"]),
    ("install -m ", "it installs for everybody, as root", &[]),
    ("install -d ", "it makes folders of the system, as root", &[]),
    ("useradd ", "it adds a user to the system, as root", &[]),
    ("systemctl ", "it needs systemd, and root", &["contrib/doorward.service"]),
    ("doorward --config /etc/doorward/doorward.toml ", "it writes into a folder of the system, as root", &[]),
    ("mysqldump ", "it needs the database of an installation", &[]),
    ("sudo -u doorward doorward --config /etc/doorward/doorward.toml ", "it needs the user of the service", &[]),
];

/// Checks that each line is a command that is known not to run here, and that what it names is there.
pub fn look_through(block: &Block) {
    let joined = block.text.replace("\\\n", " ");
    for line in joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let known = KNOWN.iter().find(|(begin, _, _)| line.starts_with(begin));
        let (_, _, needed) =
            known.unwrap_or_else(|| panic!("{}: nothing says why this does not run: {line}", block.place));
        for path in *needed {
            assert!(root().join(path).exists(), "{}: there is no {path}", block.place);
        }
        for word in line.split_whitespace().filter(|word| is_ours(word)) {
            assert!(root().join(word).exists(), "{}: there is no {word}", block.place);
        }
        if let Some(names) = line.strip_prefix("cargo xtask bench") {
            check_figures(names, block);
        }
        let command = line.strip_prefix("sudo -u doorward ").unwrap_or(line);
        if let Some(arguments) = command.strip_prefix("doorward ") {
            check_verb(arguments, block);
        }
    }
}

/// Whether a word names a file of this repository.
fn is_ours(word: &str) -> bool {
    ["contrib/", "crates/", "docs/", "examples/", "xtask/"].iter().any(|folder| word.starts_with(folder))
}

/// What is asked for is a figure, or a group of them.
fn check_figures(names: &str, block: &Block) {
    let list = fs::read_to_string(root().join("bench/figures.txt")).expect("the list of figures");
    let known: Vec<&str> = list.split_whitespace().chain(["instructions"]).collect();
    for name in names.split_whitespace().take_while(|word| !word.starts_with('#') && !word.starts_with("--")) {
        assert!(known.contains(&name), "{}: there is no figure {name}", block.place);
    }
}

/// The verb is one, and has these options.
fn check_verb(arguments: &str, block: &Block) {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let verbs = words.iter().skip_while(|word| word.starts_with('-') || word.contains('/'));
    let verbs: Vec<&str> =
        verbs.take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())).take(2).copied().collect();
    let help = |verbs: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_doorward")).args(verbs).arg("--help").output().expect("the program");
        (output.status.success(), String::from_utf8(output.stdout).expect("text"))
    };
    let (known, text) = help(&verbs);
    assert!(known, "{}: there is no `doorward {}`", block.place, verbs.join(" "));
    for option in words.iter().filter(|word| word.starts_with("--")) {
        let name = option.split('=').next().unwrap_or_default();
        assert!(text.contains(name), "{}: `doorward {}` has no {name}", block.place, verbs.join(" "));
    }
}
