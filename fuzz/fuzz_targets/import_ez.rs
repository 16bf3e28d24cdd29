//! eZ's tables: whatever a dump says, nothing panics, mistakes have their line, and the rules that are written pass the check.

#![no_main]
#![allow(
    dead_code,
    unused_imports,
    reason = "the importer is part of a program, and some of it is for its other parts"
)]

/// The readers, as the program has them.
#[path = "../../crates/cli/src/import"]
mod import {
    pub mod users {
        pub mod record;
        pub use record::{Record, Wrong};
    }
    pub mod ez {
        pub mod grant;
        pub mod limitation;
        pub mod people;
        pub mod rules;
        pub mod spreadsheet;
        pub mod sql;
        pub mod table;
        pub mod token;
    }
}

use std::sync::Arc;

use doorward::policy::{Draft, Policy, Settings};
use import::ez::limitation::Siteaccesses;
use import::ez::people::{Installation, People};
use import::ez::table::{Tables, WANTED};
use import::ez::{grant, rules, spreadsheet, sql};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    let file: Arc<str> = "dump".into();
    let mut tables = Tables::default();
    if let Err(wrong) = sql::read(bytes, &file, &mut tables) {
        assert!((1..=lines).contains(&wrong.line), "{wrong:?}");
    }
    for wanted in 0..WANTED.len() {
        if let Err(wrong) = spreadsheet::read(bytes, wanted, &file, &mut tables) {
            assert!((1..=lines).contains(&wrong.line), "{wrong:?}");
        }
    }
    let mut wrong = Vec::new();
    let served = ["site".to_owned()];
    let roles = grant::read(&tables, &Siteaccesses(&served), &mut wrong);
    for role in roles.values() {
        // A limitation is said, or it is met by every request here: none is left out of sight.
        let said = |grant: &grant::Grant| {
            let others = grant.limitations.iter().filter(|one| one.identifier != "SiteAccess");
            others.count() == 0 || !grant.limits.is_empty()
        };
        assert!(role.grants.iter().all(said));
    }
    let people = People::read(&tables, &roles, &Installation { site: Some("ez.no"), anonymous: 10 });
    for record in &people.records {
        let is_known = |name: &String| roles.values().chain(people.assigned.values()).any(|role| role.name == *name);
        assert!(record.roles.iter().flatten().all(is_known));
    }
    let all: Vec<&grant::Role> = roles.values().chain(people.assigned.values()).collect();
    let written = rules::text(&all);
    let (settings, rules) = Settings::parse("ez.toml", &written, &|_| None).expect("TOML that can be read");
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("rules that pass the check");
    assert!(all.iter().all(|role| policy.roles().contains_key(role.name.as_str())));
});
