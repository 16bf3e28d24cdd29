//! Every store keeps the contract, each behaviour as a test of its own: `cargo nextest run -p doorward-store --test contract`.
//!
//! The names of these tests come from a list, so this file runs them itself. It understands what test runners say:
//! `--list`, `--exact`, `--ignored`, and parts of names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use doorward::MemoryStore;
use doorward::contract::{self, Check};
use doorward_store::Sqlite;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let says = |word: &str| arguments.iter().any(|argument| argument == word);
    let parts: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let is_meant = |name: &str| {
        let fits = |part: &&String| {
            if says("--exact") { name == part.as_str() } else { name.contains(part.as_str()) }
        };
        // `--format terse` leaves its value among the parts.
        parts.is_empty() || says("--list") || parts.iter().any(fits)
    };
    // None is ever ignored.
    let tests: Vec<Test> = tests().into_iter().filter(|test| is_meant(&test.name) && !says("--ignored")).collect();
    if says("--list") {
        tests.iter().for_each(|test| println!("{}: test", test.name));
        return ExitCode::SUCCESS;
    }
    let mut failed = 0;
    for Test { name, run } in &tests {
        let passed = catch_unwind(AssertUnwindSafe(run)).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += usize::from(!passed);
    }
    println!("\n{} passed, {failed} failed", tests.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Test {
    name: String,
    run: Box<dyn Fn()>,
}

fn tests() -> Vec<Test> {
    let memory = contract::checks().into_iter().map(|check| Test {
        name: format!("memory::{}", check.name()),
        run: Box::new(move || check.run(Arc::new(MemoryStore::new()))),
    });
    let sqlite = contract::checks()
        .into_iter()
        .map(|check| Test { name: format!("sqlite::{}", check.name()), run: Box::new(move || in_a_file(&check)) });
    memory.chain(sqlite).collect()
}

fn in_a_file(check: &Check) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&folder.path().join("doorward.db")).expect("a database");
    check.run(Arc::new(store));
}
