//! Users in CSV or JSON lines: each is on the line that is told, and a file with a mistake has no users.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/cli/src/import/users/reader.rs"]
mod reader;
#[allow(dead_code, reason = "the program uses all of it")]
#[path = "../../crates/cli/src/import/users/record.rs"]
mod record;

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    match reader::read(bytes) {
        Ok(records) => {
            assert!(!records.is_empty());
            // A lone CR ends a row, but no line.
            let mut before = 1;
            for record in records {
                assert!(record.line >= before && record.line <= lines, "{} of {lines}", record.line);
                before = record.line;
                assert!(!record.login.is_empty());
                let texts = [&record.name, &record.email, &record.hash, &record.realm, &record.state];
                assert!(texts.into_iter().flatten().all(|text| !text.is_empty() && !text.contains('\0')));
            }
        }
        Err(wrong) => {
            assert!((1..=50).contains(&wrong.len()));
            assert!(wrong.iter().all(|wrong| (1..=lines).contains(&wrong.line) && !wrong.text.is_empty()));
        }
    }
});
