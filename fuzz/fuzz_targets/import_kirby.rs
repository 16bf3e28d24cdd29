//! Kirby's files: whatever they say, nothing panics, mistakes have their line, and the rules that are written pass the check
//! and grant what the blueprint says.

#![no_main]
#![allow(
    dead_code,
    unused_imports,
    reason = "the importer is part of a program, and some of it is for its other parts"
)]

/// The readers, as the program has them.
#[path = "../../crates/cli/src/import"]
mod import {
    pub mod magento {
        pub mod finding;
        pub mod php;
    }
    pub mod users {
        pub mod record;
        pub use record::{Record, Wrong};
    }
    pub mod kirby {
        pub mod account;
        pub mod options;
        pub mod permissions;
        pub mod rules;
    }
}

use std::collections::BTreeMap;

use doorward::policy::kirby::PERMISSIONS;
use doorward::policy::{Draft, Policy, Settings};
use import::kirby::permissions::Role;
use import::kirby::{account, options, rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.split('\n').count();
    assert!(options::names(text).iter().all(|name| !name.contains(char::is_control)));
    match account::read("aB3dE6gH", text, Some(text)) {
        Ok(account) => assert!(!account.record.login.is_empty() && !account.record.login.contains('\0')),
        Err(wrong) => assert!(wrong.line >= 1 && wrong.line <= lines, "{wrong:?}"),
    }
    let role = match Role::read(text) {
        Ok(role) => role,
        Err(wrong) => return assert!(wrong.line >= 1 && !wrong.text.is_empty()),
    };
    let exceptions = role.exceptions.clone();
    let allows = role.allows_by_default;
    let written = rules::text(&BTreeMap::from([("editor".to_owned(), role)]), text);
    let (settings, rules) = Settings::parse("kirby.toml", &written, &|_| None).expect("TOML that can be read");
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("rules that pass the check");
    let grants = policy.roles()["editor"].grants();
    for (category, actions) in PERMISSIONS {
        for action in actions {
            let id = policy.resources().find(&format!("Kirby::{category}.{action}")).expect("a resource");
            assert_eq!(grants.has(id), allows != exceptions.contains(&(category, *action)));
        }
    }
});
