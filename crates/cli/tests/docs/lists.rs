//! What documents list is what the code has: codes of problems, figures, kinds of events, headers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::book::{Document, root};

#[test]
fn every_code_of_a_problem_is_told_and_none_besides() {
    let mut known = BTreeSet::new();
    for file in ["doorward/src/refusal.rs", "doorward/src/policy/force.rs", "server/src/fault.rs"] {
        let text = read(&format!("crates/{file}"));
        let bodies = text.split("fn code(").skip(1).filter_map(|rest| rest.split("\n    }\n").next());
        known.extend(bodies.flat_map(|body| words_behind(body, "=>")));
    }
    for text in sources() {
        for place in ["Reason::Realm(", "let code =", "code) ="] {
            known.extend(words_behind(&text, place));
        }
        // A status and its code: `Problem::new(StatusCode::CONFLICT, "role_changed", …)`.
        for rest in text.split("StatusCode::").skip(1) {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_');
            known.extend(after.strip_prefix(',').and_then(first_word));
        }
    }
    let told: Vec<String> = Document::read("docs/gateway.md").column_below("## What is refused");
    let told: BTreeSet<String> = told.iter().flat_map(|cell| cell.split("`, `")).map(str::to_owned).collect();
    assert_eq!(told, known, "told in docs/gateway.md, and known to the code");
}

#[test]
fn every_figure_is_told_and_none_besides() {
    let families = read("crates/server/src/metrics.rs");
    let known: BTreeSet<String> =
        words_behind(families.split("#[cfg(test)]").next().unwrap_or_default(), "family(").collect();
    let told: BTreeSet<String> = Document::read("docs/operations.md").column_below("## Metrics").into_iter().collect();
    assert_eq!(told, known, "told in docs/operations.md, and known to the code");
}

#[test]
fn every_kind_of_event_is_told_and_none_besides() {
    let text = read("crates/doorward/src/audit.rs");
    let body = text.split("fn code(").nth(1).and_then(|rest| rest.split("\n    }\n").next()).expect("codes");
    let known: BTreeSet<String> = words_behind(body, "=>").collect();
    let told: BTreeSet<String> =
        Document::read("docs/operations.md").column_below("## The audit log").into_iter().collect();
    assert_eq!(told, known, "told in docs/operations.md, and known to the code");
}

#[test]
fn every_identity_header_is_told() {
    let text = read("crates/doorward/src/identity.rs");
    let constants = text.split("HeaderName::from_static(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let told: Vec<String> = Document::read("docs/gateway.md").column_below("## Headers to the upstream");
    for name in constants.filter(|name| name.starts_with("x-doorward-")) {
        assert!(told.iter().any(|cell| cell.eq_ignore_ascii_case(name)), "{name}");
    }
}

#[test]
fn every_own_resource_is_told() {
    let text = Document::read("docs/api.md").text;
    for route in doorward::policy::builtin::own() {
        let path = route
            .path
            .split('/')
            .map(|step| step.strip_prefix(':').map_or(step.to_owned(), |name| format!("{{{name}}}")));
        let path = path.collect::<Vec<_>>().join("/");
        for method in route.methods.split(',') {
            let line = format!("`{method} {path}`");
            assert!(text.contains(&line), "docs/api.md says nothing of {line}");
        }
    }
}

#[test]
fn every_file_on_the_map_is_there() {
    let text = Document::read("ARCHITECTURE.md").text;
    let mut there = Vec::new();
    gather_names(&root().join("crates"), &mut there);
    for name in text.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".rs")) {
        let ending = format!("/{name}");
        assert!(there.iter().any(|path| path.ends_with(&ending)), "ARCHITECTURE.md names {name}");
    }
}

fn gather_names(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather_names(&path, names);
        } else {
            names.push(path.display().to_string());
        }
    }
}

/// The words in quotes that stand right behind this.
fn words_behind<'t>(text: &'t str, place: &'t str) -> impl Iterator<Item = String> + 't {
    text.split(place).skip(1).filter_map(first_word)
}

/// The word in quotes that a text begins with.
fn first_word(text: &str) -> Option<String> {
    let word = text.trim_start().strip_prefix('"')?.split('"').next()?;
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_word.then(|| word.to_owned())
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The sources of the library and the server, without their tests.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    for folder in ["crates/doorward/src", "crates/server/src"] {
        gather(&root().join(folder), &mut texts);
    }
    texts
}

fn gather(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match () {
            () if path.is_dir() && name != "tests" => gather(&path, texts),
            () if name.ends_with(".rs") && name != "tests.rs" => {
                let text = fs::read_to_string(&path).expect("a source");
                texts.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
            }
            () => {}
        }
    }
}
