use super::*;

fn verify(stored: Option<&str>, password: &[u8]) -> HashOutcome {
    let hash = stored.map(|text| PasswordHash::new(text.into()));
    let job = HashJob::Verify { hash, password: password.to_vec().into(), cost: Cost::default() };
    job.execute(&mut Scratch::default())
}

fn is_right(stored: &str, password: &[u8]) -> bool {
    matches!(verify(Some(stored), password), HashOutcome::Right { .. })
}

fn hashed(password: &[u8]) -> String {
    let job = HashJob::Hash { password: password.to_vec().into(), cost: Cost::default() };
    match job.execute(&mut Scratch::default()) {
        HashOutcome::Hashed(hash) => hash.expose().to_owned(),
        _ => panic!("hashing works"),
    }
}

/// Made with PHP's own functions for the password `correct horse battery staple`.
const BCRYPT: &str = "$2y$10$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC";
const ARGON2I: &str =
    "$argon2i$v=19$m=65536,t=4,p=1$RGo5LkFZTFFBZ293alh5aA$TaxoVxZr2DeiETGkS9pM+MkQ8UrR32+FbACbtCJLR3Y";
const ARGON2ID: &str =
    "$argon2id$v=19$m=65536,t=4,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A";

#[test]
fn a_password_is_verified_byte_for_byte() {
    let stored = hashed(b"correct horse battery staple");
    assert!(is_right(&stored, b"correct horse battery staple"));
    for wrong in ["correct horse battery staple ", "Correct horse battery staple", "correct horse battery", ""] {
        assert!(!is_right(&stored, wrong.as_bytes()), "{wrong:?}");
    }
    let long = [b'x'; 1_024];
    assert!(is_right(&hashed(&long), &long));
    assert!(!is_right(&hashed(&long), &long[..1_023]));
    assert!(!is_right(&hashed(b"a\0b"), b"a\0c"));
}

#[test]
fn hashes_of_other_systems_are_verified_and_called_outdated_where_they_are() {
    let password = b"correct horse battery staple";
    assert!(matches!(verify(Some(BCRYPT), password), HashOutcome::Right { outdated: true }));
    assert!(matches!(verify(Some(ARGON2I), password), HashOutcome::Right { outdated: true }));
    assert!(matches!(verify(Some(ARGON2ID), password), HashOutcome::Right { outdated: false }));
    assert!(!is_right(BCRYPT, b"wrong"));
}

#[test]
fn bcrypt_never_verifies_half_a_password() {
    let long = "x".repeat(73);
    let stored = bcrypt::hash(&long[..72], 4).expect("bcrypt hashes");
    assert!(is_right(&stored, &long.as_bytes()[..72]));
    assert!(!is_right(&stored, long.as_bytes()));
    assert!(!is_right(&stored, b"x\0y"));
}

#[test]
fn a_stored_hash_cannot_order_more_work_than_allowed() {
    for text in [
        "$argon2id$v=19$m=4194304,t=2,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A",
        "$argon2id$v=19$m=19456,t=4000,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A",
        "$2y$31$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC",
        "not a hash",
        "",
    ] {
        assert!(matches!(verify(Some(text), b"x"), HashOutcome::Wrong), "{text}");
    }
    assert!(matches!(verify(None, b"x"), HashOutcome::Wrong));
}

#[test]
fn a_password_is_long_enough_or_refused() {
    let policy = PasswordPolicy::default();
    assert_eq!(policy.judge(b"qhwjkzpvmxnrty", &[]), Err(PasswordRefusal::TooShort(15)));
    assert_eq!(policy.judge(b"qhwjkzpvmxnrtyl", &[]), Ok(()));
    assert_eq!(policy.judge("\u{1F511}".repeat(14).as_bytes(), &[]), Err(PasswordRefusal::TooShort(15)));
    assert_eq!(policy.judge(&[b'q'; 1_025], &[]), Err(PasswordRefusal::TooLong));
    assert_eq!(PasswordPolicy::new(8, "").judge(b"qhwjkzpv", &[]), Ok(()));
}

#[test]
fn what_many_people_use_is_refused() {
    let policy = PasswordPolicy::new(15, "company picnic 2026\n");
    for common in [
        "passwordpassword",
        "PasswordPassword1!",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "abcdefghijklmnop",
        "qwertyqwertyqwerty",
        "Company Picnic 2026",
    ] {
        assert_eq!(policy.judge(common.as_bytes(), &[]), Err(PasswordRefusal::Common), "{common}");
    }
    let context = ["anna.karenina@example.com", "Anna Karenina", "customer"];
    for obvious in ["anna.karenina@example.com", "anna.karenina1234", "customercustomer", "doorward-doorward"] {
        assert_eq!(policy.judge(obvious.as_bytes(), &context), Err(PasswordRefusal::Obvious), "{obvious}");
    }
    assert_eq!(policy.judge(b"the horse of anna karenina", &context), Ok(()));
}

#[test]
fn every_common_password_that_is_long_enough_is_refused() {
    let policy = PasswordPolicy::default();
    let long: Vec<_> = PasswordPolicy::common_lines().filter(|line| line.chars().count() >= 15).collect();
    assert!(long.len() >= 3_000, "{} entries of 15 characters and more", long.len());
    for line in long {
        assert!(policy.judge(line.as_bytes(), &[]).is_err(), "{line}");
    }
}

#[test]
fn the_memory_of_one_computation_serves_the_next_until_it_is_given_back() {
    let mut scratch = Scratch::default();
    let first = scratch.blocks(64).as_ptr();
    assert_eq!(scratch.blocks(32).as_ptr(), first);
    assert_eq!(scratch.blocks(64).as_ptr(), first);
    scratch.release();
    assert_eq!(scratch.0.capacity(), 0);
}
