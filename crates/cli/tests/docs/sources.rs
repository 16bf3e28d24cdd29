//! Rules and programs that documents show are real: rules pass `doorward check`, and Rust stands in an example that is built.
//!
//! Behind `toml` may stand `fails`, when it is shown because it is refused, `warns`, and `may-warn` where that depends on the
//! build; without any of them nothing about it is doubtful. Behind `rust` stands `from=FILE`, and may behind commands that a test of that file runs.

use std::fs;

use crate::book::{Block, Document, root};
use crate::kit::Place;

#[test]
fn rules_are_valid_unless_they_are_shown_because_they_are_not() {
    for document in Document::all() {
        for block in document.blocks().iter().filter(|block| block.language == "toml") {
            // The certificates that they name are nowhere here.
            let ran = Place::with(&block.text).run("check --rules-only");
            let doubtful = ran.stdout.contains("warning: ") && !block.is("may-warn");
            let expected = (i32::from(block.is("fails")) * 2, block.is("warns"));
            assert_eq!((ran.code, doubtful), expected, "{}:\n{}{}", block.place, ran.stdout, ran.stderr);
        }
    }
}

#[test]
fn what_is_shown_from_a_file_stands_there() {
    for document in Document::all() {
        for block in document.blocks() {
            let Some(from) = block.value("from") else {
                assert_ne!(block.language, "rust", "{}: from where?", block.place);
                continue;
            };
            let source = fs::read_to_string(root().join(from)).unwrap_or_else(|error| panic!("{from}: {error}"));
            assert!(bare(&source).contains(&bare(&block.text)), "{}: not in {from}", block.place);
        }
    }
}

#[test]
fn each_block_says_what_it_is() {
    let known =
        ["", "sh", "text", "json", "toml", "rust", "python", "yaml", "js", "html", "nginx", "ini", "csv", "php"];
    for document in Document::all() {
        for Block { place, language, .. } in document.blocks() {
            assert!(known.contains(&language.as_str()), "{place}: {language}");
        }
    }
}

/// Without what a formatter may change, and what makes lines the head of a file.
fn bare(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("//!"));
    lines.flat_map(str::split_whitespace).collect::<String>().replace(",)", ")")
}
