//! What SECURITY.md claims is proved by tests that are there, in files that are there.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::book::{Document, root};

#[test]
fn each_claim_names_a_file_and_tests_that_are_there() {
    let (tests, vectors) = (functions(), vectors());
    let mut wrong = Vec::new();
    let mut claims = 0;
    for (number, cells) in rows() {
        let [_, place, proof] = &cells[..] else { continue };
        for path in in_backticks(place).filter(|text| text.starts_with("crates/")) {
            if !root().join(path).is_file() {
                wrong.push(format!("SECURITY.md:{number}: there is no file {path}"));
            }
        }
        let named: Vec<&str> = in_backticks(proof).collect();
        let quoted: Vec<&str> = proof.split('“').skip(1).filter_map(|rest| rest.split('”').next()).collect();
        let unknown = named.iter().filter(|name| !tests.contains(**name));
        wrong.extend(unknown.map(|name| format!("SECURITY.md:{number}: there is no test {name}")));
        let unknown = quoted.iter().filter(|name| !vectors.contains(**name));
        wrong.extend(unknown.map(|name| format!("SECURITY.md:{number}: there is no vector “{name}”")));
        if named.is_empty() && quoted.is_empty() {
            wrong.push(format!("SECURITY.md:{number}: nothing proves it"));
        }
        claims += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(claims > 90, "only {claims} claims were read");
}

/// The rows of the tables about attempts, with their lines.
fn rows() -> Vec<(usize, Vec<String>)> {
    let document = Document::read("SECURITY.md");
    let prose = document.prose().into_iter();
    let lines = prose
        .skip_while(|(_, line)| *line != "## What somebody may try")
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("## "));
    let rows = lines
        .filter(|(_, line)| line.starts_with("| ") && !line.contains("| proved by |") && !line.starts_with("| ---"));
    rows.map(|(number, line)| {
        (number, line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
    })
    .collect()
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of all functions of the repository that are tests, or are called by one.
fn functions() -> HashSet<String> {
    let mut names = HashSet::new();
    each_file(&root().join("crates"), "rs", &mut |text| {
        for rest in text.split("fn ").skip(1) {
            names.insert(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
        }
    });
    names
}

/// The names of the rows of the shared tables.
fn vectors() -> HashSet<String> {
    let mut names = HashSet::new();
    each_file(&root().join("crates/doorward/vectors"), "toml", &mut |text| {
        names.extend(
            text.lines().filter_map(|line| Some(line.strip_prefix("name = \"")?.strip_suffix('"')?.to_owned())),
        );
    });
    names
}

fn each_file(folder: &Path, ending: &str, read: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, ending, read);
        } else if path.extension().is_some_and(|known| known == ending) {
            read(&fs::read_to_string(&path).expect("a text"));
        }
    }
}
