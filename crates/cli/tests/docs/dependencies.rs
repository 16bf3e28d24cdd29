//! Each dependency has a line that says what it is for, and each line has a dependency.

use std::collections::BTreeSet;
use std::fs;

use toml::Table;

use crate::book::{Document, root};

/// Sections of the document, and the crates whose dependencies they tell.
const SECTIONS: [(&str, &str); 4] = [
    ("## The library, `doorward`", "doorward"),
    ("## The store, `doorward-store`", "store"),
    ("## The server, `doorward-server`", "server"),
    ("## The command line, `doorward-cli`", "cli"),
];

#[test]
fn each_dependency_is_told_and_each_that_is_told_is_one() {
    let document = Document::read("docs/dependencies.md");
    let mut before = BTreeSet::new();
    for (heading, folder) in SECTIONS {
        let known = dependencies(folder);
        let told: BTreeSet<String> = document.column_below(heading).iter().flat_map(|cell| names(cell)).collect();
        let untold: Vec<_> = known.difference(&told).filter(|name| !before.contains(*name)).collect();
        assert!(untold.is_empty(), "{heading} says nothing of {untold:?}");
        let gone: Vec<_> = told.difference(&known).collect();
        assert!(gone.is_empty(), "{heading} tells of {gone:?}, which are not there");
        before.extend(told);
    }
}

/// What a crate depends on, but for the others of this repository.
fn dependencies(folder: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("crates").join(folder).join("Cargo.toml")).expect("a manifest");
    let manifest: Table = toml::from_str(&text).expect("a manifest");
    let names = manifest["dependencies"].as_table().expect("dependencies").keys();
    names.filter(|name| !name.starts_with("doorward")).cloned().collect()
}

/// The names in a cell, without the features that are said in brackets.
fn names(cell: &str) -> Vec<String> {
    let plain = cell.split(['(', ')']).step_by(2).collect::<String>();
    plain.split([',', '`', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
