//! Hashes of other systems: what is stored has one text, and nothing that is cheap to guess is ready to be stored.

#![no_main]

use doorward::PasswordHash;
use doorward::password::foreign::{Foreign, Incoming, Written, is_foreign};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // What is stored is read as itself, or not at all.
    if let Some(foreign) = Foreign::parse(text) {
        assert_eq!(foreign.text().expose(), text);
        assert!(is_foreign(&PasswordHash::new(text.into())));
    }
    // Whatever an export says is read or refused, under each scheme.
    let lines: Vec<&str> = text.split('\n').collect();
    let beside = lines.get(1).copied();
    for scheme in Written::SCHEMES.map(Some).into_iter().chain([None, beside]) {
        let written = Written { hash: lines[0], scheme, salt: beside, login: beside.unwrap_or("editor"), site: beside };
        let Ok(incoming) = Incoming::read(written) else { continue };
        match &incoming {
            Incoming::Ready(hash) => assert_eq!(hash.expose(), lines[0]),
            Incoming::Old(foreign) => {
                let stored = foreign.text();
                let again = Foreign::parse(stored.expose()).expect("what is written is read");
                assert_eq!(again.is_bare(), incoming.is_slow_to_store());
                assert!(!stored.expose().contains(['\n', '\0']));
            }
            Incoming::Password(password) => assert_eq!(password.as_slice(), lines[0].as_bytes()),
        }
    }
});
