use proptest::prelude::*;

use super::*;

const PASSWORD: &str = "correct horse battery staple";
/// Wrapping is as cheap as it can be here.
const CHEAP: Cost = Cost { memory: 64, passes: 1 };

fn written(hash: &'static str) -> Written<'static> {
    Written { hash, ..Written::default() }
}

fn of(scheme: &'static str, hash: &'static str) -> Written<'static> {
    Written { scheme: Some(scheme), login: "editor", ..written(hash) }
}

fn stored(written: Written<'_>) -> PasswordHash {
    let incoming = Incoming::read(written).unwrap_or_else(|error| panic!("{}: {error}", written.hash));
    incoming.stored(CHEAP, &mut Scratch::default()).expect("memory")
}

fn verified(hash: &PasswordHash, password: &[u8]) -> HashOutcome {
    super::super::verify::verify(Some(hash), password, CHEAP, &mut Scratch::default())
}

/// Made with PHP's and Python's own functions; the last five, and those of Symfony that are not as usual, with Python's alone.
/// Whether each is kept wrapped.
fn vectors() -> Vec<(Written<'static>, bool)> {
    let magento = |hash| of("magento", hash);
    let site = Written { site: Some("ez.no"), ..of("ez3", "904974e0584e72a133c7c8dd551b2863") };
    let symfony = Written {
        salt: Some("a1b2c3d4"),
        ..of(
            "symfony-sha512",
            "KUYzNVRdScfBYS0p2GhPZXQZtM9Qo/2V/rwzp6McDjGovWWkVydn6OXxvzzytoh53oZdsZN0fZ/JYOPf13pXyQ==",
        )
    };
    vec![
        (magento("3c42e6dc86e653f69e540dceb591d9d5:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:0"), true),
        (
            magento(
                "1d192f2a25d7137ad88c2e8836ed0d4f26ec9d412ec2e780b2dfc93e4f5b47e6:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:1",
            ),
            true,
        ),
        (
            magento(
                "81351b44bad9ff23d97a89aadcabad862a17ff77fe11ec6a866f3ab67047540f:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:2",
            ),
            false,
        ),
        (
            magento(
                "81351b44bad9ff23d97a89aadcabad862a17ff77fe11ec6a866f3ab67047540f:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:3_32_2_67108864",
            ),
            false,
        ),
        (
            magento(
                "20975aea9f5fbc4fcbc99570a1a85b219079195ce042d585a4c6a43b63a08457:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:1:3_32_2_67108864",
            ),
            false,
        ),
        (
            magento(
                "8b6d382b00a51b5e8e47e4c1aba93a2068bc47e64d1f861033a1c0709fa4fd2a:Zk3rT9qLw0XcVb7NhYs2Me5UaPd8GfJ1:0:1:2",
            ),
            false,
        ),
        (magento("1abb1a7d41814968165ba0743d08efc415c0f0d3aeed5e2d33984029fd2db9f5:abc:2"), false),
        (of("ez1", "9cc2ae8a1ba7a93da39b46fc1019c481"), true),
        (of("ez2", "3db13c228d7d90631ee72b0b647d1e67"), true),
        (site, true),
        (symfony, true),
        (
            Written {
                salt: Some("a1b2c3d4"),
                ..of(
                    "symfony-sha512:12000",
                    "52x7fO4t23aFb+o0CdZRb+1D7B1QVVeTScl8p04js1PRjvCm15IJHcnCE0XV8Dw9YOWOuwQW/ogsiE4hQJFyLg==",
                )
            },
            true,
        ),
        (
            Written { salt: Some("a1b2c3d4"), ..of("symfony-sha256", "GaEaXjU3rFq0aHv6ZmsBiTqMfNaJfp6moV1691JMncU=") },
            true,
        ),
        (Written { salt: Some("a1b2c3d4"), ..of("symfony-sha1:1", "OV21ajrxBapffFvG1A3PzMnifKo=") }, true),
        (Written { salt: Some("a1b2c3d4"), ..of("symfony-md5:100", "6mYDKOF5ooIVmjzYUMkhWQ==") }, true),
        (written("$P$HKsMty6/5iOkgP39bYf7x5F1y4QK9m1"), true),
        (written("{SSHA}UaNeUB887x2YtjqGYuMltzPpPmDLmbPW"), true),
        (written("{SHA}q/eq1kOINtvlJqojGr3i0O73TUI="), true),
        (written("{SSHA256}5nkRUMHxwXZiWgW2m9E8TdZaRU8gJFbrB+5OIjsKD2BxTukdo3SulQ=="), true),
        (written("pbkdf2_sha256$600000$hj70Dj7mCe3X$xYM2MuVfI13KBopxABKKjXeFvXWVtEBeuj9mnz5WN0o="), false),
        (written("pbkdf2_sha1$20000$kaa9V6aizoFu$vr2SlmhTRcoWMBOKH1hViB3li8o="), true),
        (
            written(
                "{SSHA512}FGWXA6PRtGT7C+8A4gauhBptMwnqlxdNEe6N7PuMaIyw7cJtv+N0n4NnCONo+9cGG+1TdSd6/vs3/U0ndl0fk3NhbHR5c2Fs",
            ),
            true,
        ),
        (written("$scrypt$ln=14,r=8,p=1$c2FsdHlzYWx0MTZieXRlcw$/GnhQtd2oO201QvlTL/EbyTnTvNGN/nT6/xoOi1yq5w"), false),
        (
            written("$pbkdf2-sha256$i=100000,l=32$c2FsdHlzYWx0MTZieXRlcw$8N14kMDOzokm3G8ht8ZZglIen2jdjlN2SNQWa4pagNQ"),
            false,
        ),
        (written("$pbkdf2-sha256$29000$c2FsdHlzYWx0MTZieXRlcw$rDmo7l6bqJ.L69D7AOaAlnuiOBuI4uios8SBpidrHfY"), true),
        (
            written(
                "$pbkdf2-sha512$120000$c2FsdHlzYWx0MTZieXRlcw$K/meYrCucqGmIoo6NggeHd4a2mTj8awu8/kVoX4hLhzrjeAu99MxMlhpNMXHAU1QIGY90iDi7jWkSeLOSpVGoA",
            ),
            false,
        ),
    ]
}

#[test]
fn no_scheme_reads_a_password_that_is_longer_than_any_can_be() {
    for (length, is_read) in [(1_024, true), (1_025, false), (64 << 10, false)] {
        let password = vec![b'x'; length];
        let phpass = recipe::Recipe::Phpass(phpass::Phpass { power: 7, salt: *b"saltsalt" });
        let digest = phpass.digest(&password, &mut Scratch::default()).expect("memory");
        let hash = Foreign::plain(phpass, digest).text();
        assert_eq!(matches!(verified(&hash, &password), HashOutcome::Right { .. }), is_read, "{length}");
    }
}

#[test]
fn each_scheme_verifies_its_password_and_no_other_and_is_outdated() {
    for (written, wraps) in vectors() {
        let hash = stored(written);
        let text = hash.expose();
        assert!(matches!(verified(&hash, PASSWORD.as_bytes()), HashOutcome::Right { outdated: true }), "{text}");
        assert!(matches!(verified(&hash, b"correct horse battery stapl"), HashOutcome::Wrong), "{text}");
        assert!(matches!(verified(&hash, b""), HashOutcome::Wrong), "{text}");
        assert_eq!(text.contains("$argon2id$"), wraps, "{text}");
        assert!(is_foreign(&hash), "{text}");
    }
}

#[test]
fn what_is_kept_of_a_fast_hash_does_not_have_it() {
    let hash = stored(of("ez1", "9cc2ae8a1ba7a93da39b46fc1019c481"));
    assert!(hash.expose().starts_with("$doorward$ez1$$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.expose());
    let again = stored(of("ez1", "9cc2ae8a1ba7a93da39b46fc1019c481"));
    assert_ne!(hash.expose(), again.expose(), "two users with one password are not seen to have one");
}

#[test]
fn a_stored_text_is_read_as_it_was_written() {
    for (written, _) in vectors() {
        let hash = stored(written);
        let again = Foreign::parse(hash.expose()).expect("a foreign hash").text();
        assert_eq!(again.expose(), hash.expose());
    }
}

#[test]
fn the_same_hash_is_known_again_under_another_salt() {
    let scratch = &mut Scratch::default();
    for (written, _) in vectors() {
        let incoming = Incoming::read(written).expect("a hash");
        assert!(incoming.is_stored_as(&stored(written), scratch), "{}", written.hash);
    }
    let one = Incoming::read(of("ez2", "3db13c228d7d90631ee72b0b647d1e67")).expect("a hash");
    let other = Written { login: "Editor", ..of("ez2", "3db13c228d7d90631ee72b0b647d1e67") };
    assert!(!one.is_stored_as(&stored(other), scratch));
    assert!(!one.is_stored_as(&stored(of("ez2", "00000000000000000000000000000000")), scratch));
}

#[test]
fn bcrypt_and_argon2_are_kept_as_they_stand() {
    for text in [
        "$2y$10$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC",
        "$argon2i$v=19$m=65536,t=4,p=1$RGo5LkFZTFFBZ293alh5aA$TaxoVxZr2DeiETGkS9pM+MkQ8UrR32+FbACbtCJLR3Y",
        "$argon2id$v=19$m=65536,t=4,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A",
    ] {
        for scheme in [None, Some("ez7")] {
            let hash = stored(Written { scheme, ..written(text) });
            assert_eq!(hash.expose(), text);
            assert!(matches!(verified(&hash, PASSWORD.as_bytes()), HashOutcome::Right { .. }), "{text}");
        }
    }
}

#[test]
fn a_password_in_plain_text_is_hashed_at_once() {
    let hash = stored(of("ez5", PASSWORD));
    assert!(hash.expose().starts_with("$argon2id$"), "{}", hash.expose());
    assert!(matches!(verified(&hash, PASSWORD.as_bytes()), HashOutcome::Right { outdated: false }));
}

/// The vectors of crypt_blowfish.
#[test]
fn bcrypt_with_the_old_mistake_is_verified_with_it() {
    let right = |text: &str, password: &[u8]| {
        matches!(verified(&PasswordHash::new(text.into()), password), HashOutcome::Right { outdated: true })
    };
    let old = "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e";
    let new = "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq";
    assert!(right(old, b"\xa3") && right(new, b"\xa3"));
    assert!(!right(old, b"\xa4") && !right(new, b"\xa4"));
    assert!(right("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", b"U*U"));
}

#[test]
fn what_cannot_move_in_is_told_why() {
    let refused = |written| Incoming::read(written).err();
    assert_eq!(refused(of("ez4", "x")), Some(Unreadable::Scheme));
    assert_eq!(refused(written("9cc2ae8a1ba7a93da39b46fc1019c481")), Some(Unreadable::Unnamed));
    assert_eq!(refused(of("magento", "9cc2ae8a1ba7a93da39b46fc1019c481")), Some(Unreadable::Keyed));
    assert_eq!(refused(of("magento", "9cc2ae8a1ba7a93da39b46fc1019c481:salt")), Some(Unreadable::Keyed));
    assert_eq!(refused(of("ez3", "904974e0584e72a133c7c8dd551b2863")), Some(Unreadable::SiteMissing));
    let symfony = |scheme| refused(Written { salt: Some("s"), ..of(scheme, "6mYDKOF5ooIVmjzYUMkhWQ==") });
    assert_eq!((symfony("symfony-md5:1"), symfony("symfony-md5:200000")), (None, None));
    for scheme in ["symfony-md5:0", "symfony-md5:200001", "symfony-sha1", "symfony-sha512:1"] {
        assert_eq!(symfony(scheme), Some(Unreadable::Malformed), "{scheme}");
    }
    for scheme in
        ["symfony-", "symfony-sha3", "symfony-md5:", "symfony-md5:x", "symfony-md5:1:1", "symfony-md5:99999999999"]
    {
        assert_eq!(symfony(scheme), Some(Unreadable::Scheme), "{scheme}");
    }
    assert_eq!(refused(of("symfony-sha512", "AAAA")), Some(Unreadable::SaltMissing));
    for (scheme, hash) in [
        (Some("ez1"), "9cc2ae8a1ba7a93da39b46fc1019c48"),
        (Some("ez1"), "9cc2ae8a1ba7a93da39b46fc1019c48é"),
        (Some("ez5"), ""),
        (Some("ez6"), "$1$abcdefgh$0123456789012345678901"),
        (Some("magento"), "3c42e6dc86e653f69e540dceb591d9d5:salt:4"),
        (Some("magento"), "3c42e6dc86e653f69e540dceb591d9d5:salt:1"),
        (Some("magento"), "81351b44bad9ff23d97a89aadcabad862a17ff77fe11ec6a866f3ab67047540f::2"),
        // More work than is allowed.
        (Some("magento"), "81351b44bad9ff23d97a89aadcabad862a17ff77fe11ec6a866f3ab67047540f:salt:3_32_2_4294966272"),
        (Some("magento"), "81351b44bad9ff23d97a89aadcabad862a17ff77fe11ec6a866f3ab67047540f:salt:2:2:2"),
        (Some("magento"), "3c42e6dc86e653f69e540dceb591d9d5:salt:0:0:0:0:0:0:0:0:0"),
        (None, "$P$SKsMty6/5iOkgP39bYf7x5F1y4QK9m1"),
        (None, "pbkdf2_sha256$600000000$hj70Dj7mCe3X$xYM2MuVfI13KBopxABKKjXeFvXWVtEBeuj9mnz5WN0o="),
        (None, "$scrypt$ln=24,r=8,p=1$c2FsdHNhbHQ$xYM2MuVfI13KBopxABKKjXeFvXWVtEBeuj9mnz5WN0o"),
        (None, "$2y$31$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC"),
        (None, "$argon2id$v=19$m=4194304,t=2,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A"),
        (None, "{SSHA}q/eq1kOINtvlJqojGr3i0O73TUI="),
        (None, "{SHA}UaNeUB887x2YtjqGYuMltzPpPmDLmbPW"),
    ] {
        assert_eq!(refused(Written { scheme, ..written(hash) }), Some(Unreadable::Malformed), "{hash}");
    }
    let braces = Written { salt: Some("a}"), ..vectors()[10].0 };
    assert_eq!(refused(braces), Some(Unreadable::Malformed));
}

#[test]
fn a_stored_text_that_was_never_written_is_wrong() {
    for text in [
        "$doorward$",
        "$doorward$ez1$",
        "$doorward$ez1$$",
        "$doorward$ez9$$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$ez1$,$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$ez2$login=ZWRpdG9y,$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$ez2$login=ZWRpdG9y,site=ZWRpdG9y$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$phpass$power=30,salt=YWJjZGVmZ2g$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$phpass$power=08,salt=YWJjZGVmZ2g$nMKuihunqT2jm0b8EBnEgQ",
        "$doorward$ez1$$argon2id$v=19$m=4194304,t=2,p=1$MWJRVWhKMDRtMmozZlFDdg$LHEI5M0O4E71SWwuJdgglBtAm58X3RomYDBKn/Mru3A",
    ] {
        assert!(Foreign::parse(text).is_none(), "{text}");
        assert!(matches!(verified(&PasswordHash::new(text.into()), b""), HashOutcome::Wrong), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_itself_or_not_at_all(text in "\\$doorward\\$(ez[1-3]|ldap|magento|phpass)\\$[a-z0-9=,:_]{0,24}\\$[A-Za-z0-9+/$=,]{0,30}") {
        if let Some(foreign) = Foreign::parse(&text) {
            let again = foreign.text();
            prop_assert_eq!(again.expose(), text.as_str());
        }
    }

    #[test]
    fn whatever_is_written_is_read_or_refused(hash in "\\PC{0,60}", salt in "\\PC{0,20}", which in 0..=Written::SCHEMES.len()) {
        let scheme = Written::SCHEMES.get(which).copied().filter(|scheme| *scheme != "ez5");
        let written = Written { hash: &hash, scheme, salt: Some(&salt), login: &salt, site: Some(&salt) };
        if let Ok(Incoming::Old(foreign)) = Incoming::read(written) {
            let text = foreign.text();
            prop_assert!(Foreign::parse(text.expose()).is_some());
        }
    }
}
